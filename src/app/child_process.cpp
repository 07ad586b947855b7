#include "app/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace syncwell::app {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(std::vector<std::string> arguments,
                                         std::vector<std::string> extra_environment) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return fail(ErrorCode::internal, std::strerror(errno));
  arguments.insert(arguments.begin(), "syncwell");
  for (char** entry = environ; *entry != nullptr; ++entry) extra_environment.emplace_back(*entry);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, pointers(arguments).data(),
                                  pointers(extra_environment).data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_ends[1]);
  if (error != 0) {
    ::close(pipe_ends[0]);
    return fail(ErrorCode::internal, std::string("cannot start a child process: ") + std::strerror(error));
  }
  std::string line;
  for (char c = 0; ::read(pipe_ends[0], &c, 1) == 1 && c != '\n';) line += c;
  ChildProcess child(pid, pipe_ends[0], std::move(line));
  if (child.first_line_.empty()) return fail(ErrorCode::internal, "syncwell " + arguments[1] + " did not start");
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      output_(std::exchange(other.output_, -1)),
      first_line_(std::move(other.first_line_)) {}

bool ChildProcess::running() const { return pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0; }

ChildProcess::~ChildProcess() {
  if (pid_ != 0) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  if (output_ >= 0) ::close(output_);
}

}  // namespace syncwell::app
