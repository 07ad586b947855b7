// A child process whose output is appended to a file, where it can be searched afterwards. Killed with the object.
// One thread at a time. Errors: internal, with the system's words.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"

namespace syncwell::crash {

class LoggedProcess {
 public:
  // The environment is this process's, except for the names in `environment`, of which the first of a name counts.
  [[nodiscard]] static Result<LoggedProcess> start(const std::string& program, std::vector<std::string> arguments,
                                                   const std::vector<std::string>& environment,
                                                   const std::filesystem::path& log);
  LoggedProcess(LoggedProcess&& other) noexcept;
  LoggedProcess& operator=(LoggedProcess&& other) noexcept;
  ~LoggedProcess();

  // The "http://host:port" that follows `words` in what this process has written; waits for it. Fails when the process
  // ends before or `patience` is over, with the last line that it wrote.
  [[nodiscard]] Result<std::string> wait_for_address(const std::string& words, Duration patience);
  [[nodiscard]] pid_t id() const { return process_; }  // 0: ended
  void send(int signal);
  // The exit code of a process that ends by itself; fails when it has not in time, or a signal ended it.
  [[nodiscard]] Result<int> wait_for_end(Duration patience);
  // What it has written so far.
  [[nodiscard]] std::string output() const;
  // Sends the signal and waits for the end. Does nothing when the process has ended.
  void end(int signal);

 private:
  LoggedProcess(pid_t process, std::filesystem::path log, std::uintmax_t begin)
      : process_(process), log_(std::move(log)), begin_(begin) {}
  [[nodiscard]] bool running();

  pid_t process_;   // 0: ended
  int status_ = 0;  // as of waitpid, of a process that ended by itself
  std::filesystem::path log_;
  std::uintmax_t begin_;  // where this process's output begins
};

// A port of the loopback interface that was free a moment ago; 0 where there is none.
[[nodiscard]] int free_port();

}  // namespace syncwell::crash
