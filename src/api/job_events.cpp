#include "api/job_events.hpp"

#include <boost/json.hpp>

#include <algorithm>

#include "api/describe.hpp"

namespace syncwell::api {

namespace {

bool is_over(store::JobStatus status) {
  using enum store::JobStatus;
  return status == succeeded || status == needs_reauth || status == dead_lettered || status == cancelled;
}

}  // namespace

std::shared_ptr<void> EventStreams::take_place(const std::string& user) {
  auto& taken = (*counts_)[user];
  if (taken >= max_event_streams_per_person) return nullptr;
  ++taken;
  const auto give_back = [counts = counts_, user](void*) {
    const auto found = counts->find(user);
    if (--found->second == 0) counts->erase(found);
  };
  return {counts_.get(), give_back};
}

store::Job with_progress(store::Job job, const engine::ProgressBoard* progress) {
  if (progress == nullptr || job.status != store::JobStatus::running) return job;
  if (const auto counts = progress->find(job.id)) job.counts = *counts;
  return job;
}

JobEvents::JobEvents(store::Table& table, const engine::ProgressBoard* progress, Runtime& runtime, store::Job job,
                     std::shared_ptr<void> place)
    : jobs_(table),
      progress_(progress),
      runtime_(runtime),
      job_(std::move(job)),
      place_(std::move(place)),
      end_(runtime.steady_now() + job_events_lifetime) {}

std::string JobEvents::event_of(store::Job job) {
  job = with_progress(std::move(job), progress_);
  over_ = is_over(job.status);
  std::string event = "event: job\ndata: " + boost::json::serialize(describe(job)) + "\n\n";
  if (event == told_) return {};
  told_ = event;
  return event;
}

Async<Result<std::string>> JobEvents::next() {
  const std::string end;
  if (over_) co_return end;
  if (told_.empty()) {
    told_at_ = runtime_.steady_now();
    co_return event_of(job_);
  }
  while (runtime_.steady_now() < end_) {
    auto slept = co_await runtime_.sleep_until(std::min(runtime_.steady_now() + job_look_interval, end_));
    if (!slept) co_return end;
    auto job = co_await jobs_.get(job_.id);
    if (!job && job.error().code == ErrorCode::cancelled) co_return end;
    if (!job) co_return fail(std::move(job.error()));
    // Gone, with the person's account perhaps.
    if (!*job || (*job)->user != job_.user) co_return end;
    std::string event = event_of(std::move(**job));
    const Steady now = runtime_.steady_now();
    if (event.empty() && now < told_at_ + job_keep_alive_interval) continue;
    told_at_ = now;
    co_return event.empty() ? std::string(": keep-alive\n\n") : std::move(event);
  }
  co_return end;
}

}  // namespace syncwell::api
