#include "measuring.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace syncwell::bench {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

// Never returns to the code of the parent: its destructors belong to the parent.
[[noreturn]] void run_child(int output, const std::function<Result<std::vector<double>>()>& work) {
  int status = EXIT_FAILURE;
  try {
    const auto numbers = work();
    if (numbers) {
      const std::size_t bytes = numbers->size() * sizeof(double);
      if (::write(output, numbers->data(), bytes) == static_cast<ssize_t>(bytes)) status = EXIT_SUCCESS;
    } else {
      fmt::print(stderr, "syncwell_bench: {}\n", numbers.error().message);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "syncwell_bench: {}\n", error.what());
  }
  ::_exit(status);
}

}  // namespace

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

std::filesystem::path program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

ScratchFolder::ScratchFolder() {
  const char* wanted = std::getenv("SYNCWELL_BENCH_FOLDER");
  const std::filesystem::path parent = wanted != nullptr ? std::filesystem::path(wanted) : program_folder();
  std::string pattern = (parent / "syncwell-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::filesystem::filesystem_error("cannot make a folder for the benchmark; set SYNCWELL_BENCH_FOLDER", parent,
                                            std::error_code(errno, std::generic_category()));
  }
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  if (text == nullptr) return otherwise;
  const std::string_view digits = text;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number == 0) {
    throw std::invalid_argument(fmt::format("{} has to be a positive whole number", name));
  }
  return number;
}

Result<ChildOutcome> in_child_process(const std::function<Result<std::vector<double>>()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) return fail(ErrorCode::internal, "no pipe to a child process");
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    run_child(ends[1], work);
  }
  ::close(ends[1]);
  ChildOutcome outcome;
  double number = 0;
  // A write of a few doubles to a pipe is atomic, so they are read whole.
  while (::read(ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number))
    outcome.numbers.push_back(number);
  ::close(ends[0]);
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0) {
    return fail(ErrorCode::internal, "the measuring child process failed");
  }
  outcome.peak_resident_mib = static_cast<double>(usage.ru_maxrss) / 1024;
  return outcome;
}

}  // namespace syncwell::bench
