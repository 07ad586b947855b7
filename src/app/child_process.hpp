// A child of this program (the demo's server and sandbox): started with an environment of its own, its first line of
// output read, stopped with SIGTERM when the object goes.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.hpp"

namespace syncwell::app {

class ChildProcess {
 public:
  // Runs this program with `arguments` and the environment plus `extra_environment`. Waits for its first line.
  [[nodiscard]] static Result<ChildProcess> start(std::vector<std::string> arguments,
                                                  std::vector<std::string> extra_environment);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  [[nodiscard]] const std::string& first_line() const { return first_line_; }
  [[nodiscard]] bool running() const;

 private:
  ChildProcess(pid_t pid, int output, std::string first_line)
      : pid_(pid), output_(output), first_line_(std::move(first_line)) {}
  pid_t pid_;
  int output_;
  std::string first_line_;
};

}  // namespace syncwell::app
