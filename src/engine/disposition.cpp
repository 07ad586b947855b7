#include "engine/disposition.hpp"

#include "queue/queue.hpp"

namespace syncwell::engine {

using store::JobStatus;
using Kind = Disposition::Kind;

Disposition dispose(const Result<void>& outcome, int attempts, const RetryPolicy& policy, Random& random) {
  if (outcome) return {};
  const Error& error = outcome.error();
  switch (retry_class_of(error.code)) {
    case RetryClass::permanent_auth:
      return {Kind::acknowledge, {}, false, JobStatus::needs_reauth};
    case RetryClass::delayed: {
      // A little more than asked for, drawn at random, so that a thousand delayed jobs do not come back as one.
      const Duration wait = error.retry_after.value_or(policy.default_delay);
      const Duration spread{static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(wait.count() / 10 + 1)))};
      return {Kind::send_anew, std::min(queue::max_delay, wait + spread), false, JobStatus::delayed};
    }
    case RetryClass::cancelled:
      return {Kind::send_anew, {}, false, JobStatus::queued};
    case RetryClass::permanent_request:
    case RetryClass::mapping:
      return {Kind::dead_letter, {}, true, JobStatus::dead_lettered};
    case RetryClass::transient:
      break;
  }
  if (attempts >= policy.max_attempts) return {Kind::dead_letter, {}, true, JobStatus::dead_lettered};
  const Duration wait = std::max(backoff(policy.backoff, attempts, random), error.retry_after.value_or(Duration{0}));
  return {Kind::hide, std::min(wait, queue::max_visibility), true, JobStatus::retrying};
}

}  // namespace syncwell::engine
