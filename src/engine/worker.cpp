#include "engine/worker.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <ranges>

#include "base/log.hpp"

namespace syncwell::engine {

namespace asio = boost::asio;

namespace {

constexpr std::size_t max_claimers = 16;
constexpr Duration look_again_after_storage_error = std::chrono::seconds{1};
constexpr Duration look_at_running_jobs{20};  // while stopping

}  // namespace

// A message that is being worked on.
struct Worker::Job {
  queue::Message message;
  RunningJob run;
  Steady end;  // the job time limit
  Steady began{};
  Instant began_at{};
  TraceContext trace{};  // of this attempt, where somebody observes
  std::list<JobPointer>::iterator position{};
  TaskGroup::Task* task = nullptr;
  bool over = false;             // its message is nobody's business any more but carry_out()'s
  std::optional<Error> stopped;  // why stop() cancelled it
};

Worker::Worker(queue::Queue& queue, JobRunner& runner, Runtime& runtime, WorkerSettings settings)
    : queue_(queue),
      runner_(runner),
      runtime_(runtime),
      settings_(settings),
      claimers_(runtime.executor()),
      keeper_(runtime.executor()),
      renewals_(runtime.executor()) {
  const std::size_t claimers =
      std::clamp(settings.concurrent_jobs / queue::max_receive_batch, std::size_t{1}, max_claimers);
  slots_per_claimer_ = std::max(std::size_t{1}, settings.concurrent_jobs / claimers);
  for (std::size_t i = 0; i < claimers; ++i) slots_.emplace_back(runtime.executor());
}

void Worker::start() {
  keeper_.spawn(keep_alive());
  for (auto& slots : slots_) claimers_.spawn(claim(slots));
}

Async<void> Worker::stop(Duration grace) {
  if (!stopping_) {
    stopping_ = true;
    claimers_.cancel_all();
  }
  co_await claimers_.wait_empty();
  const Steady until = runtime_.steady_now() + grace;
  while (!running_.empty() && runtime_.steady_now() < until) {
    auto slept = co_await runtime_.sleep_for(std::min(look_at_running_jobs, until - runtime_.steady_now()));
    if (!slept) break;
  }
  for (auto& slots : slots_) slots.cancel_all();
  for (auto& slots : slots_) co_await slots.wait_empty();
  keeper_.cancel_all();
  co_await keeper_.wait_empty();
  co_await renewals_.wait_empty();
}

Async<void> Worker::claim(TaskGroup& slots) {
  while (!stopping_) {
    co_await slots.wait_below(slots_per_claimer_);
    if (stopping_) co_return;
    const std::size_t most = std::min(queue::max_receive_batch, slots_per_claimer_ - slots.size());
    auto messages = co_await queue_.receive(most, queue::max_wait);
    if (!messages) {
      // The store is in trouble (disk full, read-only): nothing is lost, look again in a while.
      auto slept = co_await runtime_.sleep_for(look_again_after_storage_error);
      if (!slept) co_return;
      continue;
    }
    for (auto& message : *messages) {
      auto job = std::make_shared<Job>(std::move(message), RunningJob{},
                                       runtime_.steady_now() + runner_.settings().job_time_limit);
      job->position = running_.insert(running_.end(), job);
      job->task = &slots.spawn(handle(job));
    }
  }
}

Async<void> Worker::handle(JobPointer job) {
  ++counters_.running;
  auto parsed = job_message_from_body(job->message.body);
  job->began = runtime_.steady_now();
  job->began_at = runtime_.now();
  if (parsed && runner_.settings().observer != nullptr)
    job->trace = {trace_id_of(parsed->correlation_id), new_span_id(runtime_.random())};
  JobResult result;
  if (parsed && parsed->failures + job->message.receive_count > settings_.retry.max_attempts) {
    // Failures before it was sent anew and deaths since: more than it may have (LIFE).
    result.outcome = fail(ErrorCode::internal, "the process ended during the last of its attempts");
  } else if (parsed) {
    result = co_await runner_.run(*parsed, job->run, progress_of(parsed->job_id), job->trace);
  } else {
    result.outcome = fail(std::move(parsed.error()));
  }
  job->over = true;
  running_.erase(job->position);
  if (job->stopped && !result.outcome && result.outcome.error().code == ErrorCode::cancelled) {
    result.outcome = fail(std::move(*job->stopped));
  }
  // What follows must happen even if this task was cancelled: it is what gives the job back.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  observe(*job, parsed.value_or(JobMessage{}), result);
  // A failure here is a failure of the store: the message becomes visible again by itself.
  (void)co_await carry_out(job->message, parsed.value_or(JobMessage{}), result);
  if (parsed && runner_.settings().progress != nullptr) runner_.settings().progress->forget(parsed->job_id);
  --counters_.running;
}

std::function<void(const RunReport&)> Worker::progress_of(const std::string& job_id) const {
  if (runner_.settings().progress == nullptr) return {};
  return [board = runner_.settings().progress, job_id](const RunReport& report) { board->note(job_id, report.counts); };
}

Async<void> Worker::keep_alive() {
  const Duration beat = std::min(settings_.visibility_timeout, runner_.settings().lease_time) / 3;
  Steady next_beat = runtime_.steady_now() + beat;
  while (true) {
    // A job that starts while this sleeps has its whole time before it.
    Steady wake = std::min(next_beat, runtime_.steady_now() + runner_.settings().job_time_limit);
    const auto oldest = std::ranges::find_if(running_, [](const JobPointer& job) { return !job->stopped; });
    if (oldest != running_.end()) wake = std::min(wake, (*oldest)->end);
    auto slept = co_await runtime_.sleep_until(wake);
    if (!slept) co_return;
    const Steady now = runtime_.steady_now();
    for (const auto& job : running_) {
      if (job->end > now) break;
      stop(*job, {ErrorCode::timeout, "the job took longer than a job may take"});
    }
    if (now < next_beat) continue;
    next_beat = now + beat;
    for (const auto& job : running_) renewals_.spawn(renew(job));
  }
}

Async<void> Worker::renew(JobPointer job) {
  if (job->over) co_return;
  auto renewed = co_await queue_.extend(job->message.receipt, settings_.visibility_timeout);
  if (renewed && !job->over) renewed = co_await runner_.renew(job->run);
  if (!renewed && !job->over) stop(*job, std::move(renewed.error()));
}

void Worker::stop(Job& job, Error why) {
  if (job.stopped) return;
  job.stopped = std::move(why);
  TaskGroup::cancel(*job.task);
}

Async<Result<void>> Worker::carry_out(const queue::Message& message, const JobMessage& job, const JobResult& result) {
  const int attempts = job.failures + message.receive_count;
  const Disposition disposition = dispose(result.outcome, attempts, settings_.retry, runtime_.random());
  count(disposition, result.duplicate);
  tell(job, result, disposition, attempts);
  if (!result.outcome && result.outcome.error().code == ErrorCode::lease_lost) {
    co_return Result<void>{};  // somebody else has the message or the sync: it is theirs now
  }
  if (!result.outcome && !job.job_id.empty()) {
    auto recorded = co_await runner_.record_outcome(job.job_id, disposition.status,
                                                    disposition.attempt_used ? attempts : attempts - 1,
                                                    result.outcome.error(), result.failed_provider);
    if (!recorded) co_return fail(std::move(recorded.error()));
  }
  switch (disposition.kind) {
    case Disposition::Kind::acknowledge:
      co_return co_await queue_.remove(message.receipt);
    case Disposition::Kind::hide:
      co_return co_await queue_.extend(message.receipt, disposition.delay);
    case Disposition::Kind::dead_letter:
      if (!job.job_id.empty()) {
        auto told = co_await runner_.announce_failure(job, attempts, result.outcome.error());
        if (!told) co_return told;
      }
      co_return co_await queue_.dead_letter(message.receipt, std::string(name_of(result.outcome.error().code)),
                                            result.outcome.error().message);
    case Disposition::Kind::send_anew: {
      // First the new message, then the old one goes: a crash between the two leaves a duplicate, which the job's
      // lock suppresses, and never nothing.
      JobMessage anew = job;
      anew.failures = attempts - 1;
      auto sent = co_await queue_.send(bus::to_json(to_event(anew, runtime_.random().uuid4(), runtime_.now())),
                                       disposition.delay);
      if (!sent) co_return fail(std::move(sent.error()));
      co_return co_await queue_.remove(message.receipt);
    }
  }
  co_return Result<void>{};
}

void Worker::observe(const Job& job, const JobMessage& message, const JobResult& result) const {
  auto* observer = runner_.settings().observer;
  if (observer == nullptr || result.duplicate) return;
  JobEnded ended{.job_id = message.job_id,
                 .context = job.trace,
                 .parent_span = message.span_id,
                 .data_type = result.data_type,
                 .provider = result.failed_provider,
                 .attempt = message.failures + job.message.receive_count,
                 .began = job.began_at,
                 .took = runtime_.steady_now() - job.began,
                 .asked = result.asked};
  if (!result.outcome) ended.error = result.outcome.error().code;
  observer->job_ended(ended);
}

// For who has to explain it at 3 a.m.: ids, codes and counts.
void Worker::tell(const JobMessage& job, const JobResult& result, const Disposition& disposition, int attempts) {
  const auto& counts = result.report.counts;
  if (result.outcome) {
    log(LogLevel::debug, result.duplicate ? "job was done before" : "job succeeded",
        {{"jobId", job.job_id},
         {"correlationId", job.correlation_id},
         {"attempt", attempts},
         {"read", counts.read},
         {"written", counts.written},
         {"deleted", counts.deleted},
         {"failed", counts.failed}});
    return;
  }
  const bool is_over = disposition.kind == Disposition::Kind::dead_letter;
  const Error& error = result.outcome.error();
  const LogLevel level = is_over ? LogLevel::error : entry_of(error.code).log_level;
  log(level, store::name_of(disposition.status),
      {{"jobId", job.job_id},
       {"correlationId", job.correlation_id},
       {"attempt", attempts},
       {"error", name_of(error.code)},
       {"detail", error.message}});
}

void Worker::count(const Disposition& disposition, bool duplicate) {
  if (duplicate) ++counters_.duplicates_suppressed;
  switch (disposition.status) {
    case store::JobStatus::succeeded:
      counters_.succeeded += duplicate ? 0 : 1;
      break;
    case store::JobStatus::needs_reauth:
      ++counters_.needs_reauth;
      break;
    case store::JobStatus::retrying:
      ++counters_.retried;
      break;
    case store::JobStatus::dead_lettered:
      ++counters_.dead_lettered;
      break;
    default:
      ++counters_.delayed;
      break;
  }
}

}  // namespace syncwell::engine
