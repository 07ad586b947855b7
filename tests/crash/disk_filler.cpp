#include "disk_filler.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <vector>

namespace syncwell::crash {
namespace {

constexpr int service_unavailable = 503;
constexpr std::uint64_t longest_room_ms = 900;
constexpr std::uint64_t longest_fill_ms = 1200;
constexpr std::uint64_t most_left_bytes = 32 * 1024;
constexpr std::size_t piece_bytes = 4096;

std::filesystem::path filler_in(const std::filesystem::path& folder) { return folder / "filler"; }

std::chrono::milliseconds up_to(std::uint64_t most_ms, Random& random) {
  return std::chrono::milliseconds{1 + static_cast<std::int64_t>(random.below(most_ms))};
}

}  // namespace

Result<void> fill_disk(const std::filesystem::path& folder, std::uint64_t left_bytes) {
  const int file = ::open(filler_in(folder).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return fail(ErrorCode::storage_failed, "the disk cannot be filled");
  const std::vector<char> piece(piece_bytes, 'f');
  while (::write(file, piece.data(), piece.size()) > 0) {
  }
  const auto size = ::lseek(file, 0, SEEK_END);
  const auto kept = size - std::min<off_t>(size, static_cast<off_t>(left_bytes));
  const bool cut = ::ftruncate(file, kept) == 0;
  ::close(file);
  if (!cut) return fail(ErrorCode::storage_failed, "the disk cannot be filled");
  return {};
}

void make_room(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove(filler_in(folder), ignored);
}

DiskFiller::DiskFiller(std::filesystem::path folder, int fills, std::uint64_t seed)
    : folder_(std::move(folder)), most_(fills), random_(seed), thread_([this] { run(); }) {}

DiskFiller::~DiskFiller() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void DiskFiller::set_jobs_running(bool running) {
  const std::lock_guard lock(mutex_);
  jobs_running_ = running;
  changed_.notify_all();
}

void DiskFiller::aim() {
  const std::lock_guard lock(mutex_);
  aimed_ = true;
  changed_.notify_all();
}

bool DiskFiller::done() const {
  const std::lock_guard lock(mutex_);
  return fills_ >= most_ || failure_;
}

std::optional<std::string> DiskFiller::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

bool DiskFiller::excuses(const Error& error) const {
  return error.http_status == service_unavailable && error.message.find("no room left") != std::string::npos;
}

int DiskFiller::fills() const {
  const std::lock_guard lock(mutex_);
  return fills_;
}

void DiskFiller::wait_until(std::unique_lock<std::mutex>& lock, SteadyClock::time_point then) {
  changed_.wait_until(lock, then, [&] { return stopping_; });
}

void DiskFiller::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && fills_ < most_ && !failure_) {
    changed_.wait(lock, [&] { return stopping_ || jobs_running_; });
    changed_.wait_until(lock, SteadyClock::now() + up_to(longest_room_ms, random_),
                        [&] { return stopping_ || aimed_; });
    aimed_ = false;
    if (stopping_ || !jobs_running_) continue;
    if (auto filled = fill_disk(folder_, random_.below(most_left_bytes)); !filled) failure_ = filled.error().message;
    ++fills_;
    wait_until(lock, SteadyClock::now() + up_to(longest_fill_ms, random_));
    make_room(folder_);
  }
}

}  // namespace syncwell::crash
