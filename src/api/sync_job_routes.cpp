#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/describe.hpp"
#include "api/json_body.hpp"
#include "api/page_cursor.hpp"
#include "api/problem.hpp"
#include "base/task_group.hpp"
#include "engine/job_message.hpp"

namespace syncwell::api {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

net::Response accepted(const store::Job& job) {
  auto answer =
      json_answer(202, {{"id", job.id}, {"syncConfigId", job.config_id}, {"status", store::name_of(job.status)}});
  answer.headers.set("Location", "/v1/sync-jobs/" + job.id);
  return answer;
}

Async<void> publish_into(bus::EventBus& bus, bus::Event event, Result<void>& published) {
  published = co_await bus.publish(std::move(event));
}

}  // namespace

void Api::add_sync_job_routes() {
  using enum Router::Access;
  router_.add("POST", "/v1/sync-jobs", user, [this](Call call) { return create_job(std::move(call)); });
  router_.add("GET", "/v1/sync-jobs", user, [this](Call call) { return list_jobs(std::move(call)); });
  router_.add("GET", "/v1/sync-jobs/{id}", user, [this](Call call) { return get_job(std::move(call)); });
  router_.add("GET", "/v1/sync-jobs/{id}/events", user, [this](Call call) { return watch_job(std::move(call)); });
}

// TRIG-1 and INT-2 on the hot path, without a separate answer to keep: the job's id follows from the key, so the job
// record itself says whether this key was used and with which body. Record first, event second: a crash between the
// two is repaired by the caller's repetition, which publishes again as long as no worker has taken the job.
Async<net::Response> Api::create_job(Call call) {
  auto key = idempotency_key(call.request);
  if (!key) co_return problem(key.error());
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  const std::string config_id = body->required_text("syncConfigId");
  const std::string priority_name = body->optional_text("priority");
  const auto priority = engine::parse_priority(priority_name.empty() ? "high" : priority_name);
  if (!priority) body->refuse("priority", "must be high, medium or low");
  if (body->error()) co_return problem(*body->error());

  store::Job job;
  const std::string key_digest = services_.vault.digest("job-key", call.user + "\n" + *key);
  job.id = store::Jobs::id_of(key_digest);
  job.request_digest = services_.vault.digest("request-body", call.request.body);
  auto existing = co_await jobs_.get(job.id);
  if (!existing) co_return problem(existing.error());
  if (*existing) {
    // A record that the worker had to make from the message says nothing of the request.
    const auto& first = (*existing)->request_digest;
    if (!first.empty() && first != job.request_digest) {
      co_return problem(422, "idempotency_key_reused", "This Idempotency-Key was used with another request body.");
    }
    job = **existing;
    if (job.status != store::JobStatus::accepted) {
      job.status = store::JobStatus::accepted;
      co_return accepted(job);
    }
  } else {
    auto config = co_await configs_.get(call.user, config_id);
    if (!config) co_return problem(config.error());
    if (!*config) co_return problem(404, "not_found", "There is no sync config with this id.");
    job.user = call.user;
    job.cause = "manual";
    job.config_id = config_id;
    job.data_type = model::name_of((*config)->data_type);
    job.correlation_id = correlation_id_of(call.trace.trace_id);
    if (job.correlation_id.empty()) job.correlation_id = services_.runtime.random().uuid4();
    job.created = job.updated = services_.runtime.now();
  }
  engine::JobMessage message{job.id, call.user, job.config_id, job.correlation_id, *priority};
  message.span_id = call.trace.span_id;
  auto event = engine::to_event(message, services_.runtime.random().uuid4(), services_.runtime.now());
  auto queued = *existing ? co_await services_.bus.publish(std::move(event)) : co_await enqueue(job, std::move(event));
  // Somebody with the same key was faster by a moment: now there is a record to compare with.
  if (!queued && queued.error().code == ErrorCode::already_exists) co_return co_await create_job(std::move(call));
  if (!queued) co_return problem(queued.error());
  co_return accepted(job);
}

// Record and event at once, in this order: a store makes them durable together, and the caller waits for one commit
// and not for two. What a crash or an error leaves of them is sound: a record without its event is taken up by the
// repetition of the call (INT-2), an event without its record makes the worker write one, and a message that does not
// belong to its job's record runs nothing.
Async<Result<void>> Api::enqueue(store::Job job, bus::Event event) {
  // The other half must not outlive this call.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  Result<void> published;
  TaskGroup publishing(services_.runtime.executor());
  publishing.spawn(publish_into(services_.bus, std::move(event), published));  // begins when add() waits
  auto added = co_await jobs_.add(std::move(job));
  co_await publishing.wait_empty();
  if (!added) co_return added;
  co_return published;
}

Async<net::Response> Api::list_jobs(Call call) {
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  auto listed = co_await jobs_.list(call.user, page->limit, page->after);
  if (!listed) co_return problem(listed.error());
  json::array items;
  for (const auto& job : listed->jobs) items.push_back(describe(job));
  json::object answer{{"syncJobs", std::move(items)}};
  if (listed->next) answer["next"] = to_cursor(*listed->next);
  co_return json_answer(200, answer);
}

Async<net::Response> Api::get_job(Call call) {
  auto job = co_await jobs_.get(call.path["id"]);
  if (!job) co_return problem(job.error());
  if (!*job || (*job)->user != call.user) co_return problem(404, "not_found", "There is no sync job with this id.");
  co_return json_answer(200, describe(with_progress(std::move(**job), services_.progress)));
}

Async<net::Response> Api::watch_job(Call call) {
  auto job = co_await jobs_.get(call.path["id"]);
  if (!job) co_return problem(job.error());
  if (!*job || (*job)->user != call.user) co_return problem(404, "not_found", "There is no sync job with this id.");
  auto place = event_streams_.take_place(call.user);
  if (place == nullptr)
    co_return problem(429, "too_many_requests", "You are watching too many jobs already; end one of those streams.");
  net::Response answer{200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}}};
  // Asks the proxies that know it to pass events on as they come.
  answer.headers.set("X-Accel-Buffering", "no");
  answer.stream = std::make_shared<JobEvents>(services_.table, services_.progress, services_.runtime, std::move(**job),
                                              std::move(place));
  co_return answer;
}

}  // namespace syncwell::api
