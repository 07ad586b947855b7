// The server with nothing to do: from its start until it accepts requests (it then prints its first line), and what it
// holds in memory a second later. The program is the `syncwell` beside this executable.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <thread>
#include <vector>

#include "benchmarks.hpp"
#include "measuring.hpp"
#include "raw_limits.hpp"

namespace syncwell::bench {
namespace {

constexpr double target_start_s = 0.3;
constexpr double target_resident_mib = 40;
constexpr std::size_t restarts = 5;
constexpr std::chrono::seconds settling{1};
constexpr int patience_ms = 30'000;

// The environment of this process without our own settings, and the port that takes a free one.
std::vector<std::string> server_environment() {
  std::vector<std::string> environment{"SYNCWELL_SERVER_PORT=0"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("SYNCWELL_")) environment.emplace_back(*entry);
  }
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// A server that is stopped when the object goes.
class Server {
 public:
  Server(const std::filesystem::path& program, const std::filesystem::path& data) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    output_ = ends[0];
    std::vector<std::string> arguments{program.string(), "serve", "--data", data.string()};
    std::vector<std::string> environment = server_environment();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const bool started = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, pointers_to(arguments).data(),
                                       pointers_to(environment).data()) == 0;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (!started) pid_ = 0;
  }
  ~Server() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      ::waitpid(pid_, nullptr, 0);
    }
    if (output_ >= 0) ::close(output_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // False: it ended, or said nothing for too long.
  [[nodiscard]] bool wait_for_first_line() const {
    char letter = 0;
    pollfd readable{output_, POLLIN, 0};
    while (pid_ > 0 && ::poll(&readable, 1, patience_ms) == 1 && ::read(output_, &letter, 1) == 1) {
      if (letter == '\n') return true;
    }
    return false;
  }

  // 0 where it cannot be told.
  [[nodiscard]] double resident_mib() const {
    std::ifstream status(fmt::format("/proc/{}/status", pid_));
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
  }

 private:
  pid_t pid_ = 0;
  int output_ = -1;
};

struct Start {
  double ready_s = 0;
  double resident_mib = 0;
};

Result<Start> start_server(const std::filesystem::path& program, const std::filesystem::path& data, bool settle) {
  const Stopwatch watch;
  const Server server(program, data);
  if (!server.wait_for_first_line()) {
    return fail(ErrorCode::not_found,
                fmt::format("{} serve does not start; build the target syncwell", program.string()));
  }
  Start start{watch.seconds()};
  if (settle) {
    std::this_thread::sleep_for(settling);
    start.resident_mib = server.resident_mib();
  }
  return start;
}

}  // namespace

Result<void> measure_idle_server(Report& report) {
  const ScratchFolder folder;
  const auto program = program_folder() / "syncwell";
  const auto data = folder.path() / "data";
  auto limit = process_start_limit();
  if (!limit) return fail(std::move(limit.error()));
  report.begin("idle_server", "syncwell serve with an empty data folder, then with an existing one");
  auto first = start_server(program, data, true);
  if (!first) return fail(std::move(first.error()));
  std::array<double, restarts> ready_s{};
  for (double& seconds : ready_s) {
    auto again = start_server(program, data, false);
    if (!again) return fail(std::move(again.error()));
    seconds = again->ready_s;
  }
  std::ranges::nth_element(ready_s, ready_s.begin() + restarts / 2);
  report.add({"first start until ready", first->ready_s, "s", Better::lower, target_start_s, {*limit}});
  report.add({"restart until ready, median", ready_s[restarts / 2], "s", Better::lower, target_start_s, {*limit}});
  report.add({"memory while idle", first->resident_mib, "MiB", Better::lower, target_resident_mib});
  return {};
}

}  // namespace syncwell::bench
