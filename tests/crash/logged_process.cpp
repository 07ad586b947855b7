#include "logged_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <utility>

namespace syncwell::crash {
namespace {

using SystemClock = std::chrono::steady_clock;  // a process of the test, not of the system under test
constexpr Duration look_interval = std::chrono::milliseconds{5};

std::vector<std::string> merged(const std::vector<std::string>& environment) {
  std::vector<std::string> result;
  std::set<std::string> names;
  const auto add = [&](std::string entry) {
    if (names.insert(entry.substr(0, entry.find('='))).second) result.push_back(std::move(entry));
  };
  for (const auto& entry : environment) add(entry);
  for (char** entry = environ; *entry != nullptr; ++entry) add(*entry);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Result<LoggedProcess> LoggedProcess::start(const std::string& program, std::vector<std::string> arguments,
                                           const std::vector<std::string>& environment,
                                           const std::filesystem::path& log) {
  arguments.insert(arguments.begin(), program);
  auto entries = merged(environment);
  std::error_code none;
  const auto begin = std::filesystem::exists(log, none) ? std::filesystem::file_size(log, none) : 0;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t process = 0;
  const int error =
      ::posix_spawn(&process, program.c_str(), &actions, nullptr, pointers(arguments).data(), pointers(entries).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(ErrorCode::internal, program + " cannot be started: " + std::strerror(error));
  return LoggedProcess(process, log, begin);
}

LoggedProcess::LoggedProcess(LoggedProcess&& other) noexcept
    : process_(std::exchange(other.process_, 0)), log_(std::move(other.log_)), begin_(other.begin_) {}

LoggedProcess& LoggedProcess::operator=(LoggedProcess&& other) noexcept {
  if (this == &other) return *this;
  end(SIGKILL);
  process_ = std::exchange(other.process_, 0);
  log_ = std::move(other.log_);
  begin_ = other.begin_;
  return *this;
}

LoggedProcess::~LoggedProcess() { end(SIGKILL); }

bool LoggedProcess::running() {
  if (process_ != 0 && ::waitpid(process_, &status_, WNOHANG) == process_) process_ = 0;
  return process_ != 0;
}

std::string LoggedProcess::output() const {
  std::ifstream file(log_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(begin_));
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<std::string> LoggedProcess::wait_for_address(const std::string& words, Duration patience) {
  const auto until = SystemClock::now() + patience;
  while (true) {
    const bool was_running = running();
    const std::string text = output();
    if (const auto found = text.find(words + " http://"); found != std::string::npos) {
      const auto begin = found + words.size() + 1;
      if (const auto end = text.find_first_of(" \n", begin); end != std::string::npos)
        return text.substr(begin, end - begin);
    }
    if (!was_running || SystemClock::now() > until) {
      return fail(ErrorCode::internal,
                  (was_running ? "not ready in time: " : "ended at once: ") + text.substr(0, 1000));
    }
    std::this_thread::sleep_for(look_interval);
  }
}

Result<int> LoggedProcess::wait_for_end(Duration patience) {
  const auto until = SystemClock::now() + patience;
  while (running()) {
    if (SystemClock::now() > until) return fail(ErrorCode::timeout, "the process does not end");
    std::this_thread::sleep_for(look_interval);
  }
  if (!WIFEXITED(status_)) return fail(ErrorCode::internal, "the process was ended by a signal");
  return WEXITSTATUS(status_);
}

void LoggedProcess::send(int signal) {
  if (process_ != 0) ::kill(process_, signal);
}

void LoggedProcess::end(int signal) {
  if (process_ == 0) return;
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

int free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  int port = 0;
  if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
      ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0) {
    port = ntohs(address.sin_port);
  }
  ::close(descriptor);
  return port;
}

}  // namespace syncwell::crash
