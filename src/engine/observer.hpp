// What the engine tells about its work while it works: for metrics and traces (OBS). Ids, codes and times only.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/trace.hpp"

namespace syncwell::engine {

// A call to a provider: one HTTP request, with its answer or without.
struct CallEnded {
  std::string_view provider;
  std::string_view method;
  std::optional<int> status{};       // of the answer
  std::optional<ErrorCode> error{};  // there was none
  Instant began{};
  Duration took{};
  const TraceContext& parent;  // an empty trace id: the call belongs to no job
};

// An attempt at a job.
struct JobEnded {
  std::string_view job_id;
  TraceContext context;
  std::string_view parent_span;      // of whoever asked for it; empty: not known
  std::string_view data_type;        // empty: it never got as far as to know
  std::string_view provider;         // at which it failed; empty: at none
  std::optional<ErrorCode> error{};  // empty: it succeeded
  int attempt = 1;
  Instant began{};
  Duration took{};
  std::optional<Instant> asked{};  // when the job was made
};

// Called on the threads of the workers, several at a time; returns at once.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void call_ended(const CallEnded& call) = 0;
  virtual void job_ended(const JobEnded& job) = 0;
};

}  // namespace syncwell::engine
