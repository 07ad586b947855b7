#include "sim/journal.hpp"

#include <algorithm>

namespace syncwell::sim {

void Journal::begin_life(const VirtualRuntime& runtime, std::uint64_t life) {
  runtime_ = &runtime;
  life_ = life;
  began_ = runtime.steady_now();
}

void Journal::end_life() {
  before_ = elapsed();
  runtime_ = nullptr;
}

Duration Journal::elapsed() const {
  return runtime_ == nullptr ? before_ : before_ + (runtime_->steady_now() - began_);
}

std::string Journal::ring_of(std::string_view id) const {
  const auto found = rings_.find(id);
  return found == rings_.end() ? std::string{} : found->second;
}

void Journal::violated(std::string_view about, std::string what) {
  if (violation_) return;
  if (tells_) add(about, "VIOLATION: " + what);
  violation_ = Violation{std::move(what), ring_of(about)};
}

void Journal::add(std::string_view about, std::string text) {
  const auto time = elapsed();
  const auto part = [](auto value) { return value.count(); };
  using namespace std::chrono;
  lines_.push_back({ring_of(about), fmt::format("{:02}:{:02}:{:02}.{:03}  life {:<2} {}", part(floor<hours>(time)),
                                                part(floor<minutes>(time)) % 60, part(floor<seconds>(time)) % 60,
                                                time.count() % 1000, life_, std::move(text))});
}

std::vector<std::string> Journal::lines(std::string_view ring, std::size_t most) const {
  std::vector<std::string> found;
  for (auto line = lines_.rbegin(); line != lines_.rend() && found.size() < most; ++line) {
    if (ring.empty() || line->ring.empty() || line->ring == ring) found.push_back(line->text);
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace syncwell::sim
