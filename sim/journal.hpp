// What a seed tells people: the first rule that was broken, and, when somebody wants to read it, what led there. Lines
// and violations are about a ring of accounts; whatever belongs to one (account, sync, job) is told by its id.
#pragma once

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/virtual_runtime.hpp"

namespace syncwell::sim {

struct Violation {
  std::string what;
  std::string ring;  // empty: of no ring in particular
};

class Journal {
 public:
  // `tells`: keeps lines. Without, only the first violation is kept.
  explicit Journal(bool tells) : tells_(tells) {}

  // The process whose time it is from now on, and its end.
  void begin_life(const VirtualRuntime& runtime, std::uint64_t life);
  void end_life();
  // Time that passes while there is no process.
  void pass(Duration duration) { before_ += duration; }
  // Time that no clock jump has touched, since the seed began.
  [[nodiscard]] Duration elapsed() const;

  void belongs(std::string id, std::string ring) { rings_.insert_or_assign(std::move(id), std::move(ring)); }
  [[nodiscard]] std::string ring_of(std::string_view id) const;

  // `about`: an id that belongs to a ring; empty: it concerns all.
  template <class... Values>
  void note(std::string_view about, fmt::format_string<Values...> text, Values&&... values) {
    if (tells_) add(about, fmt::format(text, std::forward<Values>(values)...));
  }
  void violated(std::string_view about, std::string what);
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }
  // The last lines that concern a ring; of all rings for the empty one.
  [[nodiscard]] std::vector<std::string> lines(std::string_view ring, std::size_t most) const;

 private:
  struct Line {
    std::string ring;
    std::string text;
  };
  void add(std::string_view about, std::string text);

  bool tells_;
  const VirtualRuntime* runtime_ = nullptr;
  std::uint64_t life_ = 0;
  Steady began_{};
  Duration before_{0};  // this life
  std::map<std::string, std::string, std::less<>> rings_;
  std::vector<Line> lines_;
  std::optional<Violation> violation_;
};

}  // namespace syncwell::sim
