// What the benchmarks measure with: a stopwatch, a folder on the disk that is measured, a process of its own for work
// whose memory counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace syncwell::bench {

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// User and system time of this process so far.
[[nodiscard]] double processor_seconds();

// The folder of this executable.
[[nodiscard]] std::filesystem::path program_folder();

// A new folder that goes with the object, in SYNCWELL_BENCH_FOLDER or else beside the executable: /tmp may be memory,
// where a sync to disk costs nothing.
class ScratchFolder {
 public:
  ScratchFolder();  // throws std::filesystem::filesystem_error
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A positive number from the environment; `otherwise` where it is not set. Throws std::invalid_argument for anything
// else.
[[nodiscard]] std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise);

struct ChildOutcome {
  std::vector<double> numbers;
  double peak_resident_mib =
      0;  // of the child alone: what this process holds at the fork counts, what it held before not
};

// Runs `work` in a forked child and brings back the numbers it returns. Only while this process has no other threads.
// internal: the child failed; it has said why on standard error.
[[nodiscard]] Result<ChildOutcome> in_child_process(const std::function<Result<std::vector<double>>()>& work);

}  // namespace syncwell::bench
