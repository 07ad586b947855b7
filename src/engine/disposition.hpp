// What becomes of a job's message after a run (LIFE, PROV-3, DEC-1, DEC-3): a pure table, carried out by the worker.
//
//   outcome            message                             attempt used   job record
//   success            deleted                             –              succeeded
//   permanent_auth     deleted                             –              needs_reauth
//   delayed            sent anew with a delay, old deleted no             delayed
//   cancelled          sent anew at once, old deleted      no             queued
//   transient          hidden for a backoff                yes            retrying
//   transient, last    dead-lettered                       yes            dead_lettered
//   permanent_request  dead-lettered                       yes            dead_lettered
//   mapping            dead-lettered                       yes            dead_lettered
#pragma once

#include "base/error.hpp"
#include "base/random.hpp"
#include "engine/backoff.hpp"
#include "store/jobs.hpp"

namespace syncwell::engine {

struct Disposition {
  enum class Kind { acknowledge, send_anew, hide, dead_letter } kind = Kind::acknowledge;
  Duration delay{0};  // send_anew: within the queue's maximum; hide: the backoff
  bool attempt_used = false;
  store::JobStatus status = store::JobStatus::succeeded;
};

struct RetryPolicy {
  int max_attempts = 5;  // maxReceiveCount
  BackoffSettings backoff{};
  Duration default_delay = std::chrono::seconds{60};  // delayed without a named wait
};

// `attempts`: this one included.
[[nodiscard]] Disposition dispose(const Result<void>& outcome, int attempts, const RetryPolicy& policy, Random& random);

}  // namespace syncwell::engine
