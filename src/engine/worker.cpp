#include "engine/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/cancellation.hpp"

namespace syncwell::engine {

namespace asio = boost::asio;

Worker::Worker(queue::Queue& queue, JobRunner& runner, Runtime& runtime, WorkerSettings settings)
    : queue_(queue),
      runner_(runner),
      runtime_(runtime),
      settings_(settings),
      claimers_(runtime.executor()),
      jobs_(runtime.executor()) {}

void Worker::start() { claimers_.spawn(claim()); }

Async<void> Worker::stop(Duration grace) {
  if (!stopping_) {
    stopping_ = true;
    claimers_.cancel_all();
  }
  co_await claimers_.wait_empty();
  const Steady until = runtime_.steady_now() + grace;
  while (jobs_.size() > 0 && runtime_.steady_now() < until) {
    auto slept = co_await runtime_.sleep_for(std::min(Duration{20}, until - runtime_.steady_now()));
    if (!slept) break;
  }
  jobs_.cancel_all();
  co_await jobs_.wait_empty();
}

Async<void> Worker::claim() {
  while (!stopping_) {
    co_await jobs_.wait_below(settings_.concurrent_jobs);
    if (stopping_) co_return;
    const std::size_t most = std::min(queue::max_receive_batch, settings_.concurrent_jobs - jobs_.size());
    auto messages = co_await queue_.receive(most, queue::max_wait);
    if (!messages) {
      // The store is in trouble (disk full, read-only): nothing is lost, look again in a while.
      auto slept = co_await runtime_.sleep_for(std::chrono::seconds{1});
      if (!slept) co_return;
      continue;
    }
    for (auto& message : *messages) jobs_.spawn(handle(std::move(message)));
  }
}

Async<void> Worker::handle(queue::Message message) {
  ++counters_.running;
  auto job = job_message_from_body(message.body);
  JobResult result;
  if (job) {
    result = co_await run_while_extending(*job, message.receipt);
  } else {
    result.outcome = fail(std::move(job.error()));
  }
  // What follows must happen even if this task was cancelled: it is what gives the job back.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  // A failure here is a failure of the store: the message becomes visible again by itself.
  (void)co_await carry_out(message, job.value_or(JobMessage{}), result);
  --counters_.running;
}

Async<JobResult> Worker::run_while_extending(JobMessage job, std::string receipt) {
  const Executor executor = co_await asio::this_coro::executor;
  auto [order, job_error, result, extension_error, extension] =
      co_await asio::experimental::make_parallel_group(
          asio::co_spawn(executor, without_cancellation_exceptions(runner_.run(std::move(job), {})), asio::deferred),
          asio::co_spawn(executor, without_cancellation_exceptions(keep_visibility(std::move(receipt))),
                         asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable_t<Executor>{});
  if (was_cancelled(job_error)) result.outcome = fail(ErrorCode::cancelled, "the job was cancelled before it began");
  if (was_cancelled(extension_error))
    extension = fail(ErrorCode::cancelled, "the job was over before its first extension");
  const bool extension_came_first = order[0] == 1;
  if (extension_came_first && !extension && !result.outcome && result.outcome.error().code == ErrorCode::cancelled) {
    result.outcome = fail(std::move(extension.error()));
  }
  co_return result;
}

Async<Result<void>> Worker::keep_visibility(std::string receipt) {
  while (true) {
    auto slept = co_await runtime_.sleep_for(settings_.visibility_timeout / 3);
    if (!slept) co_return fail(std::move(slept.error()));
    auto extended = co_await queue_.extend(receipt, settings_.visibility_timeout);
    if (!extended) co_return fail(std::move(extended.error()));
  }
}

Async<Result<void>> Worker::carry_out(const queue::Message& message, const JobMessage& job, const JobResult& result) {
  const int attempts = job.failures + message.receive_count;
  const Disposition disposition = dispose(result.outcome, attempts, settings_.retry, runtime_.random());
  count(disposition, result.duplicate);
  if (!result.outcome && result.outcome.error().code == ErrorCode::lease_lost) {
    co_return Result<void>{};  // somebody else has the message or the sync: it is theirs now
  }
  if (!result.outcome && !job.job_id.empty()) {
    auto recorded = co_await runner_.record_outcome(
        job.job_id, disposition.status, disposition.attempt_used ? attempts : attempts - 1, result.outcome.error());
    if (!recorded) co_return fail(std::move(recorded.error()));
  }
  switch (disposition.kind) {
    case Disposition::Kind::acknowledge:
      co_return co_await queue_.remove(message.receipt);
    case Disposition::Kind::hide:
      co_return co_await queue_.extend(message.receipt, disposition.delay);
    case Disposition::Kind::dead_letter:
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
