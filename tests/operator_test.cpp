// What the staff is shown of the process, held against the API's description.
#include "api_world.hpp"
#include "app/history.hpp"
#include "app/operator_data.hpp"

namespace syncwell::tests {
namespace {

namespace json = boost::json;

Async<Result<json::object>> shown(json::object value) { co_return value; }

class OperatorTest : public ApiWorld {
 protected:
  void open(api::OperatorData data) {
    api.emplace(api::ApiServices{world.storage->table(),
                                 world.storage->vault(),
                                 *world.leases,
                                 world.storage->bus(),
                                 world.storage->queue("hot"),
                                 world.storage->queue("deliveries"),
                                 world.providers,
                                 *connector,
                                 *world.runner,
                                 *world.eraser,
                                 *world.support,
                                 *tokens,
                                 nullptr,
                                 world.runtime,
                                 no_metrics,
                                 nullptr,
                                 {},
                                 nullptr,
                                 [this](const api::RequestEnded& request) { seen.push_back(request); },
                                 std::move(data)},
                api::ApiSettings{"admin-token", requests_per_minute});
  }
  std::vector<api::RequestEnded> seen;
};

TEST_F(OperatorTest, TheStaffSeesFiguresProvidersAndSettings) {  // OBS, SUP-6
  app::History history;
  history.add({.at = world.runtime.now(), .job_seconds = {}, .api_seconds = {}, .providers = {}});
  history.add({.at = world.runtime.now() + app::history_step, .jobs_succeeded = 10, .providers = {{"a", {}}}});
  const auto configuration = app::Configuration::load({}, {}).value();
  open({.history = [&] { return shown(history.series()); },
        .providers =
            [&] {
              return app::describe_providers(
                  {world.providers, *world.breakers, *world.limiter, history, world.storage->table()});
            },
        .configuration = [&] { return shown(app::describe_settings(configuration)); }});
  const auto curves = as_operator("GET", "/admin/history");
  EXPECT_EQ(curves.status, 200);
  EXPECT_EQ(curves.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(body_of(curves).at("series").at(0).at("name").as_string(), "jobsSucceeded");
  EXPECT_EQ(body_of(as_operator("GET", "/admin/providers")).at("providers").at(0).at("key").as_string(), "a");
  EXPECT_GT(body_of(as_operator("GET", "/admin/configuration")).at("settings").as_array().size(), 10U);
}

TEST_F(OperatorTest, NobodyElseSeesThem) {  // API: roles
  for (const auto* path : {"/admin/history", "/admin/providers", "/admin/configuration"}) {
    EXPECT_EQ(call("GET", path).status, 401) << "a person is no member of the staff";
    EXPECT_EQ(call("GET", path, "", "", "").status, 401);
    EXPECT_EQ(as_operator("GET", path).status, 404) << "this process does not tell";
  }
}

TEST_F(OperatorTest, EveryRequestIsToldByTheRouteAndNotByThePath) {  // OBS: few series
  open({});
  (void)call("GET", "/v1/sync-jobs/job_secret");
  (void)call("GET", "/nothing/secret");
  (void)call("DELETE", "/v1/connections");
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].route, "/v1/sync-jobs/{id}");
  EXPECT_EQ(seen[0].status, 404);
  EXPECT_EQ(seen[1].route, "unknown");
  EXPECT_EQ(seen[2].route, "unknown");
  EXPECT_EQ(seen[2].status, 405);
}

}  // namespace
}  // namespace syncwell::tests
