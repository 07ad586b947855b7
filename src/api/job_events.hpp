// A sync job as a stream of events (text/event-stream, WHATWG HTML "Server-sent events"): "event: job" with the job as
// GET /v1/sync-jobs/{id} describes it, at once and whenever it has changed, the last one when it is over. A comment in
// between keeps proxies from closing the connection. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/runtime.hpp"
#include "engine/progress_board.hpp"
#include "net/body_source.hpp"
#include "store/jobs.hpp"

namespace syncwell::api {

inline constexpr Duration job_look_interval{500};
inline constexpr Duration job_keep_alive_interval = std::chrono::seconds{15};
inline constexpr Duration job_events_lifetime = std::chrono::minutes{10};  // who still wants to know asks again
inline constexpr std::size_t max_event_streams_per_person = 8;

// How many streams each person has open.
class EventStreams {
 public:
  // To be kept as long as the stream. Null: this person has too many.
  [[nodiscard]] std::shared_ptr<void> take_place(const std::string& user);

 private:
  // Shared with the places: a stream may outlive its API by a moment.
  using Counts = std::map<std::string, std::size_t>;
  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

// The job as it is now: the record, and for one that runs, how far it has got.
[[nodiscard]] store::Job with_progress(store::Job job, const engine::ProgressBoard* progress);

class JobEvents final : public net::BodySource {
 public:
  // References outlive it. `progress`: null: only what the record says.
  JobEvents(store::Table& table, const engine::ProgressBoard* progress, Runtime& runtime, store::Job job,
            std::shared_ptr<void> place);
  // Ends when the job is over or gone, after job_events_lifetime, or cancelled. Storage errors.
  [[nodiscard]] Async<Result<std::string>> next() override;

 private:
  // The event, or nothing where the client knows it already.
  [[nodiscard]] std::string event_of(store::Job job);

  store::Jobs jobs_;
  const engine::ProgressBoard* progress_;
  Runtime& runtime_;
  store::Job job_;
  std::shared_ptr<void> place_;
  std::string told_;  // the last event
  Steady told_at_{};
  Steady end_;
  bool over_ = false;
};

}  // namespace syncwell::api
