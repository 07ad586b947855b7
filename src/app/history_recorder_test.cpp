#include "app/history_recorder.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "app/operator_data.hpp"
#include "app/platform.hpp"
#include "store/incidents.hpp"
#include "store/test_table.hpp"

namespace syncwell::app {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

class HistoryRecorderTest : public store::TableTest {
 protected:
  void call(const std::string& provider, std::optional<int> status, Duration took) {
    engine::CallEnded ended{.provider = provider, .method = "GET", .status = status, .took = took, .parent = nobody};
    if (!status) ended.error = ErrorCode::connection_failed;
    observation.call_ended(ended);
  }
  json::object provider(std::string_view key) {
    auto described =
        runtime.run(describe_providers({providers, breakers, limiter, recorder.history(), table()})).value();
    for (const auto& each : described.at("providers").as_array()) {
      if (each.at("key").as_string() == key) return each.as_object();
    }
    return {};
  }
  std::size_t points(std::string_view name) {
    const auto series = recorder.history().series();
    for (const auto& each : series.at("series").as_array()) {
      if (each.at("name").as_string() == name) return each.at("points").as_array().size();
    }
    return 0;
  }
  Async<bool> take() {
    co_await recorder.take();
    co_return true;
  }
  Async<bool> stop() {
    co_await recorder.stop();
    co_return true;
  }

  const TraceContext nobody{};
  Observation observation{false};
  const Configuration configuration = Configuration::load({}, {}).value();
  providers::Registry providers = make_registry(configuration);
  engine::Breakers breakers{engine::BreakerSettings{}};
  engine::InProcessRateLimiter limiter{[this] { return runtime.now(); }, [this] { return runtime.steady_now(); }};
  HistoryRecorder recorder{{storage->queue("hot"), observation, [] { return std::vector<const engine::Worker*>(); }},
                           runtime};
};

TEST_F(HistoryRecorderTest, ReadsWhatTheProcessCountsAnyway) {  // OBS: the console's curves
  ASSERT_TRUE(runtime.run(take()));
  observation.job_ended(
      {.job_id = "job", .context = {}, .parent_span = {}, .data_type = {}, .provider = {}, .took = Duration{200}});
  observation.request_ended({"GET", "/v1/sync-jobs/{id}", 200, Duration{3}});
  call("strava", 200, Duration{100});
  call("strava", 503, Duration{100});
  call("strava", std::nullopt, Duration{100});
  (void)runtime.run(storage->queue("hot").send("waits", Duration{0})).value();
  runtime.run_for(history_step);
  ASSERT_TRUE(runtime.run(take()));
  for (const auto* name : {"jobP50", "jobP95", "jobP99", "apiP95", "providerP95/strava"}) EXPECT_EQ(points(name), 1U);
  const auto strava = provider("strava");
  EXPECT_EQ(strava.at("calls").to_number<std::int64_t>(), 3);
  EXPECT_EQ(strava.at("errors").to_number<std::int64_t>(), 2);
  EXPECT_EQ(strava.at("latencyP50Ms").to_number<std::int64_t>(), 75) << "between 50 and 100 ms";
  const auto text = json::serialize(recorder.history().series());
  EXPECT_THAT(text, HasSubstr(R"("name":"queueVisible","unit":"","points":[[1793491210,1E0]])"));
}

TEST_F(HistoryRecorderTest, TakesASampleEveryTenSecondsUntilItIsStopped) {
  recorder.start();
  runtime.run_for(history_step * 6);
  EXPECT_EQ(points("jobsSucceeded"), 6U);
  ASSERT_TRUE(runtime.run(stop()));
  runtime.run_for(history_step * 6);
  EXPECT_EQ(points("jobsSucceeded"), 6U);
}

TEST_F(HistoryRecorderTest, AProviderIsDescribedWithItsBreakerBudgetAndIncidents) {  // PROV-4, PROV-5, PROV-6
  breakers.set_mode("strava", engine::CircuitBreaker::Mode::read_only);
  store::Incident incident;
  incident.id = "inc_1";
  incident.kind = "outage";
  incident.provider = "strava";
  incident.opened = runtime.now();
  (void)write({store::Incidents::put(incident), store::Incidents::open(incident)}).value();
  const auto strava = provider("strava");
  EXPECT_EQ(strava.at("name").as_string(), "Strava");
  EXPECT_EQ(strava.at("mode").as_string(), "read_only");
  EXPECT_EQ(strava.at("breaker").as_string(), "closed");
  EXPECT_EQ(strava.at("calls").to_number<std::int64_t>(), 0);
  EXPECT_FALSE(strava.contains("latencyP50Ms")) << "no call, no latency";
  EXPECT_EQ(strava.at("openIncidents").to_number<std::int64_t>(), 1);
  EXPECT_EQ(provider("google_health").at("openIncidents").to_number<std::int64_t>(), 0);
  const auto& budget = strava.at("rateBudget").as_array();
  ASSERT_FALSE(budget.empty());
  EXPECT_EQ(budget.at(0).at("scope").as_string(), "app");
  EXPECT_EQ(budget.at(0).at("window").as_string(), "15min");
  EXPECT_EQ(budget.at(0).at("used").to_number<std::int64_t>(), 0);
  EXPECT_TRUE(provider("gpx").empty()) << "files are not called";
}

TEST(OperatorData, SettingsSayWhereTheyComeFromAndKeepSecrets) {  // ARCH-9, DEC-11
  const auto configuration =
      Configuration::load({}, {"SYNCWELL_ADMIN_TOKEN=swordfish", "SYNCWELL_LOG_LEVEL=debug"}).value();
  const auto described = describe_settings(configuration);
  const auto setting = [&](std::string_view name) {
    for (const auto& each : described.at("settings").as_array()) {
      if (each.at("name").as_string() == name) return each.as_object();
    }
    return json::object();
  };
  EXPECT_EQ(described.at("settings").as_array().size(), configuration_keys().size());
  EXPECT_EQ(setting("log.level").at("value").as_string(), "debug");
  EXPECT_EQ(setting("log.level").at("origin").as_string(), "environment SYNCWELL_LOG_LEVEL");
  EXPECT_TRUE(setting("log.level").at("live").as_bool());
  EXPECT_EQ(setting("server.port").at("origin").as_string(), "default");
  EXPECT_FALSE(setting("server.port").at("live").as_bool());
  EXPECT_EQ(setting("admin.token").at("value").as_string(), "********");
  EXPECT_THAT(json::serialize(described), Not(HasSubstr("swordfish")));
}

}  // namespace
}  // namespace syncwell::app
