#include "engine/conflict.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

namespace syncwell::engine {
namespace {

using namespace std::chrono_literals;

constexpr Instant base{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}};

Candidate interval(Duration start, Duration end, std::string_view id = "x") {
  return Candidate{base + start, base + end, std::nullopt, id, true};
}

bool conflict(Duration a, Duration b, Duration c, Duration d) {
  return in_conflict(interval(a, b), interval(c, d), 60s);
}

TEST(Conflict, LongIntervalsNeedMoreThanTheThreshold) {  // CON-1
  EXPECT_FALSE(conflict(0s, 600s, 540s, 1200s));
  EXPECT_TRUE(conflict(0s, 600s, 539s, 1200s));
  EXPECT_FALSE(conflict(0s, 600s, 600s, 1200s));
}

TEST(Conflict, ShortIntervalsNeedHalfOfTheShorter) {  // DEC-4
  EXPECT_TRUE(conflict(0s, 60s, 0s, 60s));
  EXPECT_TRUE(conflict(0s, 60s, 30s, 90s));
  EXPECT_FALSE(conflict(0s, 60s, 31s, 91s));
  EXPECT_TRUE(conflict(0s, 60s, 30s, 3600s));
  EXPECT_FALSE(conflict(0s, 60s, 60s, 120s));
}

TEST(Conflict, InstantsConflictInsideAnIntervalAndWithNearbyInstants) {  // DEC-4
  EXPECT_TRUE(conflict(10s, 10s, 0s, 600s));
  EXPECT_TRUE(conflict(0s, 0s, 0s, 600s));
  EXPECT_FALSE(conflict(600s, 600s, 0s, 600s));
  EXPECT_TRUE(conflict(0s, 0s, 60s, 60s));
  EXPECT_FALSE(conflict(0s, 0s, 61s, 61s));
}

TEST(Conflict, TwoRunsOfOneDayStayTwo) {
  const std::vector<Candidate> source{interval(7h, 8h, "morning"), interval(18h, 19h, "evening")};
  const std::vector<Candidate> destination{interval(7h, 8h, "old")};
  const auto decisions = resolve(source, destination, Strategy::source_wins, 60s);
  EXPECT_EQ(decisions[0].action, Action::overwrite);
  EXPECT_EQ(decisions[1].action, Action::write);
}

TEST(Resolve, SourceWinsOverwrites) {  // CON-2
  const auto decisions =
      resolve({interval(0s, 1h)}, {interval(0s, 30min, "a"), interval(30min, 1h, "b")}, Strategy::source_wins, 60s);
  EXPECT_EQ(decisions[0], (Decision{Action::overwrite, Reason::source_wins, 0, {1}, 0}));
}

TEST(Resolve, DestinationWinsSkips) {  // CON-3
  const auto decisions =
      resolve({interval(0s, 1h), interval(2h, 3h)}, {interval(0s, 1h)}, Strategy::destination_wins, 60s);
  EXPECT_EQ(decisions[0], (Decision{Action::skip, Reason::destination_wins, {}, {}, 0}));
  EXPECT_EQ(decisions[1].action, Action::write);
}

TEST(Resolve, NewestWinsAndTiesGoToTheSource) {  // CON-4
  const auto with_change = [](Duration at) {
    Candidate candidate = interval(0s, 1h);
    candidate.modified = base + at;
    return candidate;
  };
  const auto decide = [&](Duration source, Duration destination) {
    return resolve({with_change(source)}, {with_change(destination)}, Strategy::newest_wins, 60s)[0];
  };
  EXPECT_EQ(decide(2h, 1h).action, Action::overwrite);
  EXPECT_EQ(decide(2h, 2h).action, Action::overwrite);
  EXPECT_EQ(decide(1h, 2h).action, Action::skip);
  EXPECT_EQ(decide(1h, 2h).reason, Reason::destination_is_newer);
}

TEST(Resolve, WhatCannotBeOverwrittenStaysAndIsReported) {  // DEC-9
  Candidate fixed = interval(0s, 1h);
  fixed.changeable = false;
  const auto decisions = resolve({interval(0s, 1h)}, {fixed}, Strategy::source_wins, 60s);
  EXPECT_EQ(decisions[0], (Decision{Action::skip, Reason::not_overwritable, {}, {}, 0}));
}

TEST(Resolve, ARecordIsNotLostBecauseOfOneThatIsOverwrittenAnyway) {
  Candidate older = interval(0s, 30min, "older");
  older.modified = base + 1h;
  Candidate newer = interval(30min, 1h, "newer");
  newer.modified = base + 3h;
  Candidate kept = interval(0s, 1h, "kept");
  kept.modified = base + 2h;
  const auto decisions = resolve({older, newer}, {kept}, Strategy::newest_wins, 60s);
  EXPECT_EQ(decisions[1].action, Action::overwrite);
  EXPECT_EQ(decisions[0].action, Action::write);
}

// Records with few distinct times, so that touching, nested and equal ranges are common.
rc::Gen<std::vector<Candidate>> candidates() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::tuple<int, int, int, bool>>>(
          rc::gen::tuple(rc::gen::inRange(0, 1200), rc::gen::element(0, 1, 30, 59, 60, 61, 120, 300, 600),
                         rc::gen::inRange(0, 5), rc::gen::arbitrary<bool>())),
      [](const auto& rows) {
        std::vector<Candidate> result;
        for (const auto& [start, length, modified, changeable] : rows) {
          result.push_back(Candidate{base + std::chrono::seconds{start}, base + std::chrono::seconds{start + length},
                                     base + std::chrono::seconds{modified}, "", changeable});
        }
        return result;
      });
}

RC_GTEST_PROP(Conflict, FindsExactlyWhatTheNaiveComparisonFinds, ()) {  // CON-1, DEC-4
  const auto source = *candidates();
  const auto destination = *candidates();
  const auto threshold = std::chrono::seconds{*rc::gen::element(10, 60, 300)};
  std::vector<Conflict> expected;
  for (std::uint32_t s = 0; s < source.size(); ++s) {
    for (std::uint32_t d = 0; d < destination.size(); ++d) {
      if (in_conflict(source[s], destination[d], threshold)) expected.push_back({s, d});
    }
  }
  RC_ASSERT(find_conflicts(source, destination, threshold) == expected);
}

// The oracle: repeats "whoever has nothing staying in its way wins" until nothing changes, over all pairs.
std::vector<Action> naive_actions(const std::vector<Candidate>& source, const std::vector<Candidate>& destination,
                                  Strategy strategy, Duration threshold) {
  std::vector<bool> wins(source.size(), false);
  std::vector<bool> gone(destination.size(), false);
  const auto blocks = [&](std::size_t s, std::size_t d) {
    if (strategy == Strategy::destination_wins) return true;
    if (strategy == Strategy::newest_wins && *source[s].modified < *destination[d].modified) return true;
    return !destination[d].changeable;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t s = 0; s < source.size(); ++s) {
      bool blocked = false;
      for (std::size_t d = 0; d < destination.size(); ++d) {
        blocked |= !gone[d] && in_conflict(source[s], destination[d], threshold) && blocks(s, d);
      }
      if (blocked || wins[s]) continue;
      wins[s] = changed = true;
      for (std::size_t d = 0; d < destination.size(); ++d) {
        if (in_conflict(source[s], destination[d], threshold)) gone[d] = true;
      }
    }
  }
  std::vector<Action> actions;
  for (std::size_t s = 0; s < source.size(); ++s) actions.push_back(wins[s] ? Action::write : Action::skip);
  return actions;
}

RC_GTEST_PROP(Resolve, AgreesWithTheOracleAndTouchesEachDestinationRecordOnce, ()) {  // CON-2 … CON-4, DEC-9
  const auto source = *candidates();
  const auto destination = *candidates();
  const auto strategy = *rc::gen::element(Strategy::source_wins, Strategy::destination_wins, Strategy::newest_wins);
  const auto decisions = resolve(source, destination, strategy, 60s);
  const auto expected = naive_actions(source, destination, strategy, 60s);
  std::vector<int> touched(destination.size(), 0);
  for (std::size_t s = 0; s < source.size(); ++s) {
    RC_ASSERT((decisions[s].action == Action::skip) == (expected[s] == Action::skip));
    if (decisions[s].update) ++touched[*decisions[s].update];
    for (const auto d : decisions[s].erase) ++touched[d];
    RC_ASSERT((decisions[s].action == Action::overwrite) == decisions[s].update.has_value());
  }
  for (std::size_t d = 0; d < destination.size(); ++d) {
    bool in_the_way_of_a_writer = false;
    for (std::size_t s = 0; s < source.size(); ++s) {
      in_the_way_of_a_writer |= decisions[s].action != Action::skip && in_conflict(source[s], destination[d], 60s);
    }
    RC_ASSERT(touched[d] == (in_the_way_of_a_writer ? 1 : 0));
  }
}

RC_GTEST_PROP(Resolve, TheOrderOfTheInputDoesNotMatter, ()) {  // CON-6
  auto source = *candidates();
  auto destination = *candidates();
  std::vector<std::string> names(source.size() + destination.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = std::to_string(i);
    (i < source.size() ? source[i] : destination[i - source.size()]).id = names[i];
  }
  const auto strategy = *rc::gen::element(Strategy::source_wins, Strategy::destination_wins, Strategy::newest_wins);
  const auto describe = [&] {
    std::map<std::string_view, std::string> by_id;
    const auto decisions = resolve(source, destination, strategy, 60s);
    for (std::size_t s = 0; s < source.size(); ++s) {
      std::string text = std::string(name_of(decisions[s].action)) + " " + std::string(name_of(decisions[s].reason));
      if (decisions[s].update) text += " " + std::string(destination[*decisions[s].update].id);
      std::vector<std::string_view> erased;
      for (const auto d : decisions[s].erase) erased.push_back(destination[d].id);
      std::ranges::sort(erased);
      for (const auto id : erased) text += " -" + std::string(id);
      if (decisions[s].because) text += " because " + std::string(destination[*decisions[s].because].id);
      by_id[source[s].id] = text;
    }
    return by_id;
  };
  const auto first = describe();
  std::mt19937 shuffle(*rc::gen::arbitrary<unsigned>());
  std::ranges::shuffle(source, shuffle);
  std::ranges::shuffle(destination, shuffle);
  RC_ASSERT(describe() == first);
}

TEST(Conflict, NearMissesCostNothing) {
  // 100,000 × 100,000 ranges that all overlap by 50 s only: no conflicts, and no 10^10 comparisons to learn that.
  const std::vector<Candidate> source(100'000, interval(0s, 100s));
  const std::vector<Candidate> destination(100'000, interval(50s, 150s));
  EXPECT_TRUE(find_conflicts(source, destination, 60s).empty());
}

}  // namespace
}  // namespace syncwell::engine
