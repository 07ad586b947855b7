// Conflict detection and resolution (ARCH-7, CON-1 … CON-4, CON-6, DEC-4, DEC-9): a pure function of two lists of time
// ranges, the strategy and the threshold. The order of the input does not matter; every decision carries its reason.
// Cost: O((n + m) log(n + m) + conflicts). No threads, no errors, no allocation beyond the result's order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace syncwell::engine {

enum class Strategy { source_wins, destination_wins, newest_wins };

[[nodiscard]] std::string_view name_of(Strategy strategy) noexcept;  // "source_wins", "dest_wins", "newest_wins"
[[nodiscard]] std::optional<Strategy> parse_strategy(std::string_view name);

inline constexpr Duration default_conflict_threshold = std::chrono::seconds{60};
inline constexpr Duration min_conflict_threshold = std::chrono::seconds{10};
inline constexpr Duration max_conflict_threshold = std::chrono::seconds{300};

// What resolution needs to know of a record. All records of one call are of one data type (DEC-4).
struct Candidate {
  Instant start{};
  Instant end{};                      // == start: an instant
  std::optional<Instant> modified{};  // unknown: the end of the record counts as its last change
  std::string_view id{};              // breaks ties, so that the result does not depend on the input's order
  bool changeable = true;             // destination records: may we overwrite or delete it (DEC-9)
};

// CON-1 and DEC-4 for one pair.
[[nodiscard]] bool in_conflict(const Candidate& left, const Candidate& right, Duration threshold);

struct Conflict {
  std::uint32_t source = 0;
  std::uint32_t destination = 0;
  auto operator<=>(const Conflict&) const = default;
};

// Every pair in conflict, sorted.
[[nodiscard]] std::vector<Conflict> find_conflicts(const std::vector<Candidate>& source,
                                                   const std::vector<Candidate>& destination, Duration threshold);

enum class Action { write, overwrite, skip };
enum class Reason {
  no_conflict,
  source_wins,
  source_is_newer,  // or of the same time (CON-4)
  destination_wins,
  destination_is_newer,
  not_overwritable,  // DEC-9
};
[[nodiscard]] std::string_view name_of(Action action) noexcept;
[[nodiscard]] std::string_view name_of(Reason reason) noexcept;

// What happens to one source record. A destination record is named by at most one decision as `update` or in `erase`.
struct Decision {
  Action action = Action::write;
  Reason reason = Reason::no_conflict;
  std::optional<std::uint32_t> update{};   // overwrite: becomes this destination record
  std::vector<std::uint32_t> erase{};      // overwrite: these go as well
  std::optional<std::uint32_t> because{};  // the destination record that decided, where there is a conflict
  bool operator==(const Decision&) const = default;
};

// One decision per source record, at its index. A source record is skipped only because of destination records that
// stay: where another source record overwrites the only one in its way, it is written.
[[nodiscard]] std::vector<Decision> resolve(const std::vector<Candidate>& source,
                                            const std::vector<Candidate>& destination, Strategy strategy,
                                            Duration threshold);

}  // namespace syncwell::engine
