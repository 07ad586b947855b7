// Takes the bytes of a fuzz input apart. Choices come first, one byte each, so that a seed is "a few letters, then the
// document"; parts are divided by 0xff, which is in no UTF-8 text, so that a part may be any text.
#pragma once

#include <cstdint>
#include <string_view>

namespace syncwell::fuzz {

class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  // 0 at the end.
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  // One of `count` things: a letter or digit chooses the same for every reader of a seed.
  std::size_t choice(std::size_t count) { return byte() % count; }
  // Up to the next 0xff, which is skipped, or to the end.
  std::string_view part() {
    const auto end = rest_.find('\xff');
    const std::string_view before = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return before;
  }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace syncwell::fuzz
