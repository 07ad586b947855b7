#include "raw_limits.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "measuring.hpp"

namespace syncwell::bench {
namespace {

constexpr std::size_t copied_bytes = 256 * 1024 * 1024;
constexpr int copies = 5;
constexpr std::size_t appended_bytes = 4096;
constexpr double appending_s = 2;
constexpr std::size_t process_starts = 21;

}  // namespace

RawLimit copy_limit() {
  const std::vector<char> from(copied_bytes, 'x');
  std::vector<char> to(copied_bytes, 'y');
  double best_s = 1e9;
  for (int i = 0; i < copies; ++i) {
    const Stopwatch watch;
    std::memcpy(to.data(), from.data(), copied_bytes);
    asm volatile("" : : "r"(to.data()) : "memory");  // the copy is looked at: it may not be left out
    best_s = std::min(best_s, watch.seconds());
  }
  return {"memcpy", static_cast<double>(copied_bytes) / 1e6 / best_s, "MB/s"};
}

Result<RawLimit> append_limit(const std::filesystem::path& folder) {
  const auto path = folder / "append";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const std::vector<char> block(appended_bytes, 'x');
  const Stopwatch watch;
  int appended = 0;
  bool sound = file >= 0;
  while (sound && watch.seconds() < appending_s) {
    sound = ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()) && ::fdatasync(file) == 0;
    ++appended;
  }
  const double took_s = watch.seconds();
  if (file >= 0) ::close(file);
  if (!sound) return fail(ErrorCode::storage_failed, "cannot append to a file in the benchmark's folder");
  return RawLimit{"4 KiB append + fdatasync", appended / took_s, "/s"};
}

Result<RawLimit> process_start_limit() {
  std::array<double, process_starts> seconds{};
  for (double& took_s : seconds) {
    std::string program = "/bin/true";
    std::array<char*, 2> arguments{program.data(), nullptr};
    pid_t child = 0;
    int status = 0;
    const Stopwatch watch;
    if (::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0 ||
        ::waitpid(child, &status, 0) != child || status != 0) {
      return fail(ErrorCode::not_found, "/bin/true does not start");
    }
    took_s = watch.seconds();
  }
  std::ranges::nth_element(seconds, seconds.begin() + process_starts / 2);
  return RawLimit{"fork + exec of /bin/true", seconds[process_starts / 2], "s"};
}

}  // namespace syncwell::bench
