// Conflict resolution of a million records against a million: intervals of 1 to 15 minutes, of which a few per cent
// overlap one of the other side, once nearly in order (as providers give them) and once shuffled.
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string>

#include "benchmarks.hpp"
#include "engine/conflict.hpp"
#include "measuring.hpp"

namespace syncwell::bench {
namespace {

constexpr std::size_t record_count = 1'000'000;
constexpr double target_s = 1;
constexpr std::chrono::minutes slot{31};  // a record of each side, side by side unless they overlap
constexpr int overlapping_percent = 4;
constexpr std::size_t disorder_distance = 16;  // nearly in order: a record stands at most this far from its place
constexpr std::size_t disordered_every = 20;

struct Sides {
  std::vector<std::string> ids;
  std::vector<engine::Candidate> source;
  std::vector<engine::Candidate> destination;
};

using Engine = std::mt19937_64;

std::int64_t drawn(Engine& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

engine::Candidate candidate(Engine& random, Instant start, const std::string& id) {
  engine::Candidate record;
  record.start = start;
  record.end = start + std::chrono::seconds{drawn(random, 60, 900)};
  record.id = id;
  if (drawn(random, 0, 1) == 0) record.modified = record.end + std::chrono::hours{drawn(random, 0, 240)};
  return record;
}

Sides make_sides() {
  Engine random(1);
  Sides sides;
  sides.ids.reserve(2 * record_count);
  for (std::size_t i = 0; i < record_count; ++i) {
    const Instant begin{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1} + slot * i};
    const Instant source_start = begin + std::chrono::seconds{drawn(random, 0, 20)};
    const bool overlaps = drawn(random, 1, 100) <= overlapping_percent;
    const Instant destination_start =
        overlaps ? source_start + std::chrono::seconds{drawn(random, 0, 120)} : begin + std::chrono::seconds{925};
    sides.source.push_back(candidate(random, source_start, sides.ids.emplace_back(fmt::format("source-{}", i))));
    sides.destination.push_back(
        candidate(random, destination_start, sides.ids.emplace_back(fmt::format("destination-{}", i))));
    sides.destination.back().changeable = drawn(random, 0, 9) != 0;
  }
  return sides;
}

template <class Record>
void disorder(std::vector<Record>& records, Engine& random) {
  for (std::size_t i = 0; i + disorder_distance < records.size(); i += disordered_every) {
    std::swap(records[i], records[i + static_cast<std::size_t>(drawn(random, 1, disorder_distance))]);
  }
}

struct Sortable {
  std::int64_t low;
  std::int64_t high;
  std::uint32_t index;
};
static_assert(sizeof(Sortable) == 24);

// Both sides in one array, in the order in which resolution gets them.
RawLimit sort_limit(const Sides& sides) {
  std::vector<Sortable> records;
  records.reserve(2 * record_count);
  for (const auto* side : {&sides.source, &sides.destination}) {
    for (const auto& record : *side) {
      records.push_back({record.start.time_since_epoch().count(), record.end.time_since_epoch().count(),
                         static_cast<std::uint32_t>(records.size())});
    }
  }
  const Stopwatch watch;
  std::sort(records.begin(), records.end(), [](const auto& left, const auto& right) { return left.low < right.low; });
  return {"std::sort of 2 M 24-byte structs", watch.seconds(), "s"};
}

Result<void> measure_order(Report& report, const Sides& sides, const std::string& order) {
  const std::vector<RawLimit> limits{sort_limit(sides)};
  const Stopwatch finding;
  const auto conflicts = engine::find_conflicts(sides.source, sides.destination, engine::default_conflict_threshold);
  report.add({"find conflicts, " + order, finding.seconds(), "s", Better::lower, std::nullopt, limits});
  const Stopwatch resolving;
  const auto decisions = engine::resolve(sides.source, sides.destination, engine::Strategy::newest_wins,
                                         engine::default_conflict_threshold);
  report.add({"find and resolve, " + order, resolving.seconds(), "s", Better::lower, target_s, limits});
  const auto decided = static_cast<std::size_t>(
      std::ranges::count_if(decisions, [](const auto& d) { return d.reason != engine::Reason::no_conflict; }));
  if (conflicts.empty() || decided == 0)
    return fail(ErrorCode::internal, "no conflicts were found: the input is wrong");
  return {};
}

}  // namespace

Result<void> measure_conflicts(Report& report) {
  Sides sides = make_sides();
  report.begin("conflicts", fmt::format("{0} × {0} records, {1} % overlapping", record_count, overlapping_percent));
  Engine random(2);
  disorder(sides.source, random);
  disorder(sides.destination, random);
  if (auto measured = measure_order(report, sides, "nearly in order"); !measured) return measured;
  std::ranges::shuffle(sides.source, random);
  std::ranges::shuffle(sides.destination, random);
  return measure_order(report, sides, "shuffled");
}

}  // namespace syncwell::bench
