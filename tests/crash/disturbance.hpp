// What goes wrong while a scenario runs: somebody kills the server (killer.hpp) or fills its disk (disk_filler.hpp).
// Every function may be called from any thread.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"

namespace syncwell::crash {

class Disturbance {
 public:
  virtual ~Disturbance() = default;

  // Random trouble happens only while jobs run.
  virtual void set_jobs_running(bool running) = 0;
  // Trouble within a few milliseconds: aimed at a call that is about to be made.
  virtual void aim() = 0;
  // All that was asked for has happened.
  [[nodiscard]] virtual bool done() const = 0;
  // The server did not survive it.
  [[nodiscard]] virtual std::optional<std::string> failure() const = 0;
  // A call of the API that fails like this is repeated with its Idempotency-Key.
  [[nodiscard]] virtual bool excuses(const Error& error) const = 0;
};

}  // namespace syncwell::crash
