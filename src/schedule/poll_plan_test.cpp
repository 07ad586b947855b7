// How often and when a sync is looked at.
#include "schedule/poll_plan.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace syncwell::schedule {
namespace {

using namespace std::chrono_literals;
using store::Tier;

const Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 29} +
                   12h};  // Europe's clocks change on that day

// Test vectors of MurmurHash3_x86_32: those of Wikipedia's "MurmurHash" (2024), which agree with SMHasher's.
TEST(Murmur3, GivesThePublishedValues) {  // TRIG-3
  struct Vector {
    std::string text;
    std::uint32_t seed;
    std::uint32_t hash;
  };
  const std::vector<Vector> vectors{{"", 0x00000000, 0x00000000},
                                    {"", 0x00000001, 0x514E28B7},
                                    {"", 0xFFFFFFFF, 0x81F16F39},
                                    {"test", 0x00000000, 0xBA6BD213},
                                    {"test", 0x9747B28C, 0x704B81DC},
                                    {"Hello, world!", 0x00000000, 0xC0363E43},
                                    {"Hello, world!", 0x9747B28C, 0x24884CBA},
                                    {"The quick brown fox jumps over the lazy dog", 0x00000000, 0x2E4FF723},
                                    {"The quick brown fox jumps over the lazy dog", 0x9747B28C, 0x2FA826CD}};
  for (const auto& [text, seed, hash] : vectors) EXPECT_EQ(murmur3(text, seed), hash) << text << " " << seed;
}

TEST(Shards, PeopleAreSpreadEvenly) {  // TRIG-3
  std::map<std::uint32_t, int> count;
  constexpr int people = 16'000;
  for (int i = 0; i < people; ++i) ++count[shard_of(fmt::format("user{}", i))];
  ASSERT_EQ(count.size(), shards);
  for (const auto& [shard, size] : count) {
    EXPECT_LT(shard, shards);
    EXPECT_NEAR(size, people / static_cast<int>(shards), 150);
  }
}

TEST(PollInterval, FollowsTierAndVelocity) {  // TRIG-3, TRIG-4
  EXPECT_EQ(poll_interval({Tier::pro, 10}), 15min);
  EXPECT_EQ(poll_interval({Tier::pro, active_items_per_day}), 15min);
  EXPECT_EQ(poll_interval({Tier::pro, active_items_per_day / 2}), 30min);
  EXPECT_EQ(poll_interval({Tier::pro, 0}), 48h);
  EXPECT_EQ(poll_interval({Tier::free, 1000}), 24h);
  EXPECT_EQ(poll_interval({Tier::free, 1.0 / 7}), 48h);
  EXPECT_EQ(poll_interval({Tier::free, 0}), 48h);
}

TEST(PollInterval, ANewSyncCountsAsActive) {  // TRIG-4
  EXPECT_EQ(poll_interval({Tier::pro, 0, true}), 15min);
  EXPECT_EQ(poll_interval({Tier::free, 0, true}), 24h);
}

TEST(PollInterval, AWebhookLeavesASafetyNet) {  // TRIG-2
  EXPECT_EQ(poll_interval({Tier::pro, 10, false, true}), 6h);
  EXPECT_EQ(poll_interval({Tier::free, 10, false, true}), 24h);
  EXPECT_EQ(poll_interval({Tier::pro, 0, false, true}), 48h);
}

TEST(PollInterval, WhatFailsForGoodIsTriedOnceADay) {  // SUP: the dead-letter queue is no log
  EXPECT_EQ(poll_interval({Tier::pro, 10, false, false, true}), 24h);
  EXPECT_EQ(poll_interval({Tier::pro, 10, false, false, true, 20min}), 24h);
  EXPECT_EQ(poll_interval({Tier::free, 0, false, false, true}), 48h);
}

TEST(PollInterval, AChosenFrequencyHoldsWithinTheTiersFloor) {  // TRIG-3
  EXPECT_EQ(poll_interval({Tier::pro, 0, false, false, false, 20min}), 20min);
  EXPECT_EQ(poll_interval({Tier::pro, 10, false, true, false, 20min}), 20min) << "also where webhooks tell";
  EXPECT_EQ(poll_interval({Tier::pro, 0, false, false, false, 15min - 1ms}), 15min);
  EXPECT_EQ(poll_interval({Tier::free, 0, false, false, false, 20min}), 24h) << "chosen as PRO, now FREE";
  EXPECT_EQ(poll_interval({Tier::free, 0, false, false, false, max_poll_interval + 1ms}), max_poll_interval);
}

RC_GTEST_PROP(PollIntervalProperty, IsWithinItsBoundsAndFallsWithVelocity, ()) {  // TRIG-4
  const auto needs = [](double velocity) {
    return PollNeeds{*rc::gen::element(Tier::pro, Tier::free), velocity, *rc::gen::arbitrary<bool>(),
                     *rc::gen::arbitrary<bool>()};
  };
  PollNeeds slow = needs(*rc::gen::inRange(0, 1000) / 70.0);
  const Duration interval = poll_interval(slow);
  RC_ASSERT(interval >= floor_of(slow.tier));
  RC_ASSERT(interval <= idle_interval);
  PollNeeds fast = slow;
  fast.new_items_per_day += *rc::gen::inRange(0, 1000) / 70.0;
  RC_ASSERT(poll_interval(fast) <= interval);
}

RC_GTEST_PROP(NextPollProperty, IsNeverBeforeTheFloorNorPastTheBound, ()) {  // TRIG-4
  const std::string id = fmt::format("sync_{}", *rc::gen::arbitrary<std::uint64_t>());
  const Instant now = noon + Duration{*rc::gen::inRange<std::int64_t>(0, 1'000'000'000)};
  const Duration interval = *rc::gen::element<Duration>(15min, 20min, 6h, 24h, 100h, 168h);
  const Instant next = next_poll(now, interval, id, Step::in_step);
  RC_ASSERT(next >= now + interval);
  RC_ASSERT(next <= now + longest_gap(interval));
  RC_ASSERT(next == next_poll(now, interval, id, Step::in_step));
  const Instant anew = next_poll(now, interval, id, Step::anew);
  RC_ASSERT(anew >= now + interval / 2);
  RC_ASSERT(anew < now + interval * 3 / 2);
  RC_ASSERT(anew < now + furthest_poll);
  RC_ASSERT(first_poll(now, id) >= now);
  RC_ASSERT(first_poll(now, id) < now + first_poll_spread);
}

RC_GTEST_PROP(NextPollProperty, AnIdleSyncComesHomeAndStaysThere, ()) {  // TRIG-4
  const std::string id = fmt::format("sync_{}", *rc::gen::arbitrary<std::uint64_t>());
  const Instant now = noon + Duration{*rc::gen::inRange<std::int64_t>(0, 1'000'000'000)};
  const Step step = *rc::gen::element(Step::in_step, Step::anew);
  const Instant home = next_poll(now, idle_interval, id, step);
  RC_ASSERT(home > now + idle_interval / 2 - near_its_place);
  RC_ASSERT(home < now + idle_interval * 3 / 2);
  const Duration late{*rc::gen::inRange<std::int64_t>(0, 2000)};
  RC_ASSERT(next_poll(home + late, idle_interval, id, step) == home + late + idle_interval);
}

TEST(NextPoll, ActiveMeans15To20MinutesAndIdleExactly48Hours) {  // TRIG-4
  EXPECT_EQ(longest_gap(15min), 20min);
  EXPECT_EQ(longest_gap(24h), 25h);
  EXPECT_EQ(longest_gap(48h), 48h);
}

TEST(NextPoll, OnlyThoseInStepKeepTheirPlace) {  // TRIG-4
  EXPECT_EQ(step_of(std::nullopt, noon, noon, 15min), Step::anew) << "the first";
  EXPECT_EQ(step_of(noon - 15min, noon, noon + 1s, 15min), Step::in_step);
  EXPECT_EQ(step_of(noon - 15min, noon, noon + 5min, 15min), Step::in_step);
  EXPECT_EQ(step_of(noon - 15min, noon, noon + 5min + 1ms, 15min), Step::anew) << "after an outage";
  EXPECT_EQ(step_of(noon - 24h, noon, noon + 6h, 24h), Step::in_step);
  EXPECT_EQ(step_of(noon - 24h, noon, noon + 6h + 1ms, 24h), Step::anew);
  EXPECT_EQ(step_of(noon - 24h, noon, noon - 5h, 24h), Step::in_step) << "the clock was set back";
}

// The most of them in one bucket, as a multiple of the mean over [from, until).
double crowding(const std::vector<Instant>& times, Instant from, Instant until, Duration bucket) {
  std::vector<int> counts(static_cast<std::size_t>((until - from) / bucket), 0);
  int total = 0;
  for (const Instant at : times) {
    if (at < from || at >= until) continue;
    ++counts.at(static_cast<std::size_t>((at - from) / bucket));
    ++total;
  }
  return *std::ranges::max_element(counts) * static_cast<double>(counts.size()) / total;
}

TEST(NextPoll, AHundredThousandImportedAtOnceAreFlatFromTheSecondPollOn) {  // TRIG-3: no thundering herd
  constexpr int people = 100'000;
  std::vector<Instant> firsts;
  std::vector<Instant> seconds;
  std::vector<Instant> thirds;
  for (int i = 0; i < people; ++i) {
    const std::string id = fmt::format("sync_{}", i);
    firsts.push_back(first_poll(noon, id));
    seconds.push_back(next_poll(firsts.back(), 24h, id, step_of(std::nullopt, firsts.back(), firsts.back(), 24h)));
    thirds.push_back(next_poll(seconds.back(), 24h, id, step_of(firsts.back(), seconds.back(), seconds.back(), 24h)));
  }
  EXPECT_LT(crowding(firsts, noon, noon + first_poll_spread, 1s), 1.6);
  EXPECT_LT(crowding(seconds, noon + 13h, noon + 35h, 15min), 1.15);
  EXPECT_LT(crowding(thirds, noon + 39h, noon + 59h, 15min), 1.15);
}

TEST(NextPoll, IdleOnesThatWereBunchedAreFlatFromTheNextPollOn) {  // TRIG-4: what has no jitter has a place
  constexpr int people = 100'000;
  std::vector<Instant> next;
  for (int i = 0; i < people; ++i)
    next.push_back(next_poll(noon + Duration{i % 60'000}, idle_interval, fmt::format("sync_{}", i), Step::in_step));
  EXPECT_LT(crowding(next, noon + 25h, noon + 71h, 15min), 1.2);
}

TEST(NextPoll, AfterAnOutageTheOverdueAreFlatOneIntervalLater) {  // TRIG-4
  constexpr int people = 100'000;
  std::vector<Instant> next;
  for (int i = 0; i < people; ++i) {
    const std::string id = fmt::format("sync_{}", i);
    const Instant due_at = noon - 1h + Duration{i * 9};  // over 15 minutes, an hour ago
    next.push_back(next_poll(noon, 15min, id, step_of(due_at - 15min, due_at, noon, 15min)));
  }
  EXPECT_LT(crowding(next, noon + 450s, noon + 1350s, 1s), 1.6);
}

}  // namespace
}  // namespace syncwell::schedule
