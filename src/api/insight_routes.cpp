// What a sync would do and what a job has decided: ids and reasons, never values.
#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/describe.hpp"
#include "api/json_body.hpp"
#include "api/page_cursor.hpp"
#include "api/problem.hpp"
#include "store/decisions.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

constexpr std::size_t max_previews = 8;  // at the same time
constexpr std::size_t max_shown_decisions = 1000;
constexpr std::size_t max_shown_warnings = 100;
constexpr Duration preview_timeout = std::chrono::seconds{25};  // before the server gives up on the request

// Counts the previews that run.
class Place {
 public:
  explicit Place(std::size_t& taken) : taken_(taken) { ++taken_; }
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::size_t& taken_;
};

json::object describe(const std::string& record_id, const std::string& action, const std::string& reason) {
  return {{"recordId", record_id}, {"action", action}, {"reason", reason}};
}

}  // namespace

void Api::add_insight_routes() {
  using enum Router::Access;
  router_.add("GET", "/v1/sync-jobs/{id}/decisions", user,
              [this](Call call) { return list_decisions(std::move(call)); });
  router_.add("POST", "/v1/sync-previews", user, [this](Call call) { return preview(std::move(call)); });
}

Async<net::Response> Api::list_decisions(Call call) {
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  const std::string& id = call.segment("id");
  auto job = co_await jobs_.get(id);
  if (!job) co_return problem(job.error());
  if (!*job || (*job)->user != call.user) co_return problem(404, "not_found", "There is no sync job with this id.");
  if (page->after && page->after->partition != store::Jobs::key_of(id).partition)
    co_return problem(400, "invalid_argument", "after must be the \"next\" of an earlier page of this list");
  auto found = co_await store::Decisions(services_.table).list(id, page->after);
  if (!found) co_return problem(found.error());
  json::array items;
  for (const auto& each : found->decisions) items.push_back(describe(each.record_id, each.action, each.reason));
  json::object answer{{"syncJobId", id}, {"decisions", std::move(items)}, {"truncated", found->truncated}};
  if (found->next) answer["next"] = to_cursor(*found->next);
  co_return json_answer(200, answer);
}

// Reads both sides, writes nothing and keeps nothing.
Async<net::Response> Api::preview(Call call) {
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  const std::string config_id = body->required_text("syncConfigId");
  if (body->error()) co_return problem(*body->error());
  auto config = co_await configs_.get(call.user, config_id);
  if (!config) co_return problem(config.error());
  if (!*config) co_return problem(404, "not_found", "There is no sync config with this id.");
  if (previews_running_ >= max_previews) {
    auto busy = problem(503, "busy", "Too many previews run at this moment.");
    busy.headers.set("Retry-After", "5");
    co_return busy;
  }
  const Place place(previews_running_);
  auto result = co_await services_.runner.preview(**config, engine::Priority::high,
                                                  Deadline::after(services_.runtime, preview_timeout));
  if (!result.outcome) co_return problem(result.outcome.error());
  const auto& report = result.report;
  json::array decisions;
  for (const auto& each : report.decisions) {
    if (decisions.size() == max_shown_decisions) break;
    decisions.push_back(describe(each.record_id, each.action, each.reason));
  }
  json::array warnings;
  for (const auto& each : report.warnings) {
    if (warnings.size() == max_shown_warnings) break;
    warnings.push_back({{"where", each.where}, {"what", each.what}});
  }
  const bool truncated = report.decisions.size() > max_shown_decisions;
  co_return json_answer(200, {{"syncConfigId", config_id},
                              {"counts", describe(report.counts)},
                              {"partial", report.partial},
                              {"decisions", std::move(decisions)},
                              {"truncated", truncated},
                              {"warnings", std::move(warnings)}});
}

}  // namespace syncwell::api
