// What was written where, and the three ways of finding it.
#include "store/ledger.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class LedgerTest : public TableTest {
 protected:
  LedgerEntry entry(const std::string& source, LedgerState state = LedgerState::written) {
    return {source, "content of " + source, "day1", "sw_" + source, "dest_" + source, "conn_from", "conn_to",
            state,  runtime.now()};
  }
  void put(const std::string& config, const LedgerEntry& entry) { ASSERT_TRUE(write({Ledger::put(config, entry)})); }

  static std::vector<std::string> sources(const Result<std::vector<LedgerEntry>>& found) {
    std::vector<std::string> names;
    for (const auto& entry : found.value()) names.push_back(entry.source);
    return names;
  }
  auto in_bucket(const std::string& config, const std::string& bucket) {
    return sources(runtime.run(ledger.in_bucket(config, bucket)));
  }
  auto all(const std::string& config) { return sources(runtime.run(ledger.all(config))); }
  auto with_external_id(const std::string& id) { return sources(runtime.run(ledger.with_external_id(id))); }
  auto with_destination(const std::string& connection, const std::string& id) {
    return sources(runtime.run(ledger.with_destination(connection, id)));
  }

  Ledger ledger{table()};
};

TEST_F(LedgerTest, EveryMemberReadsBackInEveryState) {  // DEC-7
  for (const auto state : {LedgerState::intended, LedgerState::written, LedgerState::echo}) {
    const LedgerEntry written = entry("s", state);
    put("c", written);
    const LedgerEntry read = runtime.run(ledger.find("c", {"s"})).value().at("s");
    EXPECT_EQ(read.source, written.source);
    EXPECT_EQ(read.content, written.content);
    EXPECT_EQ(read.bucket, written.bucket);
    EXPECT_EQ(read.external_id, written.external_id);
    EXPECT_EQ(read.destination_id, written.destination_id);
    EXPECT_EQ(read.source_connection, written.source_connection);
    EXPECT_EQ(read.destination_connection, written.destination_connection);
    EXPECT_EQ(read.state, state);
    EXPECT_EQ(read.synced, written.synced);
  }
}

TEST_F(LedgerTest, HoldsIdsDigestsAndTheTimeOfTheSyncOnly) {  // DEC-8: a new attribute has to be argued for here
  std::vector<std::string> names;
  for (const auto& attribute : Ledger::put("c", entry("s")).item.attributes) names.emplace_back(attribute.key());
  EXPECT_THAT(names, UnorderedElementsAre("content", "bucket", "external_id", "destination_id", "from", "to", "state",
                                          "synced"));
}

TEST_F(LedgerTest, FindsAnyNumberOfSourcesAndLeavesOutWhatIsNotThere) {  // DEC-5
  std::vector<std::string> asked;
  for (std::size_t i = 0; i < 2 * max_get_items + 1; ++i) {
    asked.push_back(fmt::format("s{:03}", i));
    if (i % 2 == 0) put("c", entry(asked.back()));
  }
  const auto found = runtime.run(ledger.find("c", asked)).value();
  EXPECT_EQ(found.size(), max_get_items + 1);
  EXPECT_TRUE(found.contains("s200"));
  EXPECT_FALSE(found.contains("s199"));
  EXPECT_THAT(runtime.run(ledger.find("other", asked)).value(), IsEmpty());
  EXPECT_THAT(runtime.run(ledger.find("c", {})).value(), IsEmpty());
}

TEST_F(LedgerTest, AllIsMoreThanOnePage) {
  const std::size_t count = max_query_page + 1;
  for (std::size_t begin = 0; begin < count; begin += max_transaction_items) {
    std::vector<Write> writes;
    for (std::size_t i = begin; i < std::min(count, begin + max_transaction_items); ++i) {
      writes.push_back(Ledger::put("c", entry(fmt::format("s{}", i))));
    }
    ASSERT_TRUE(write(std::move(writes)));
  }
  EXPECT_EQ(all("c").size(), count);
  EXPECT_EQ(in_bucket("c", "day1").size(), count);
}

TEST_F(LedgerTest, ADayOfOneConfigIsFoundAlone) {  // DEC-7: what is missing from a window that was read
  put("c", entry("s1"));
  put("c2", entry("s2"));
  LedgerEntry other_day = entry("s3");
  other_day.bucket = "day2";
  put("c", other_day);
  EXPECT_THAT(in_bucket("c", "day1"), ElementsAre("s1"));
  EXPECT_THAT(in_bucket("c", "day2"), ElementsAre("s3"));
  EXPECT_THAT(in_bucket("c", "day"), IsEmpty());
  EXPECT_THAT(all("c"), ElementsAre("s1", "s3"));
}

TEST_F(LedgerTest, AnEditThatMovesARecordMovesItsEntry) {  // DEC-7
  LedgerEntry moved = entry("s");
  put("c", moved);
  moved.bucket = "day2";
  moved.destination_id = "dest_new";
  put("c", moved);
  EXPECT_THAT(in_bucket("c", "day1"), IsEmpty());
  EXPECT_THAT(in_bucket("c", "day2"), ElementsAre("s"));
  EXPECT_THAT(with_destination("conn_to", "dest_s"), IsEmpty());
  EXPECT_THAT(with_destination("conn_to", "dest_new"), ElementsAre("s"));
}

TEST_F(LedgerTest, AnIntentIsFoundByItsExternalIdBeforeTheDestinationHasToldItsOwn) {  // INT-5, DEC-6
  LedgerEntry intent = entry("s", LedgerState::intended);
  intent.destination_id.clear();
  put("c", intent);
  EXPECT_THAT(with_external_id("sw_s"), ElementsAre("s"));
  EXPECT_THAT(with_destination("conn_to", ""), IsEmpty()) << "no id is not an id that all of them share";
  put("c", entry("s"));
  EXPECT_THAT(with_destination("conn_to", "dest_s"), ElementsAre("s"));
}

TEST_F(LedgerTest, WhatWeWroteIsRecognisedWhicheverConfigWroteIt) {  // DEC-6: a ring of three
  LedgerEntry copy = entry("s2");
  copy.external_id = "sw_s1";
  copy.destination_id = "dest_s1";
  copy.destination_connection = "conn_third";
  put("c1", entry("s1"));
  put("c2", copy);
  EXPECT_THAT(with_external_id("sw_s1"), UnorderedElementsAre("s1", "s2"));
  EXPECT_THAT(with_destination("conn_to", "dest_s1"), ElementsAre("s1")) << "ids are the destination's own";
  EXPECT_THAT(with_destination("conn_third", "dest_s1"), ElementsAre("s2"));
  EXPECT_THAT(with_external_id("sw_s"), IsEmpty());
}

TEST_F(LedgerTest, TwoRecordsOfOneConfigWithOneExternalIdAreBothFound) {  // DEC-6
  LedgerEntry second = entry("s2");
  second.external_id = "sw_s1";
  second.destination_id = "dest_s1";
  put("c", entry("s1"));
  put("c", second);
  EXPECT_THAT(with_external_id("sw_s1"), UnorderedElementsAre("s1", "s2"));
  EXPECT_THAT(with_destination("conn_to", "dest_s1"), UnorderedElementsAre("s1", "s2"));
}

TEST_F(LedgerTest, WhereTheDestinationTookOurIdTheExternalIdFindsIt) {  // INT-5
  LedgerEntry same = entry("s");
  same.destination_id = same.external_id;
  put("c", same);
  EXPECT_THAT(with_external_id("sw_s"), ElementsAre("s"));
  EXPECT_EQ(Ledger::put("c", same).item.indexes.size(), 2U) << "one index entry less for every record";
}

TEST_F(LedgerTest, AnErasedEntryIsGoneFromEveryWayIn) {  // DEC-7
  put("c", entry("s"));
  put("c2", entry("s"));
  ASSERT_TRUE(write({Ledger::erase("c", "s"), Ledger::erase("c", "never there")}));
  EXPECT_THAT(all("c"), IsEmpty());
  EXPECT_THAT(in_bucket("c", "day1"), IsEmpty());
  EXPECT_THAT(runtime.run(ledger.find("c", {"s"})).value(), IsEmpty());
  EXPECT_THAT(with_external_id("sw_s"), ElementsAre("s")) << "that of the other config";
}

TEST_F(LedgerTest, AStateThatCannotBeReadCountsAsAnIntent) {  // INT-5: nobody knows whether it was written: look again
  put("c", entry("s"));
  Write damaged = Ledger::put("c", entry("s"));
  for (const boost::json::value& state : {boost::json::value("of a newer version"), boost::json::value(3)}) {
    damaged.item.attributes["state"] = state;
    damaged.item.attributes["synced"] = "then";
    ASSERT_TRUE(write({damaged}));
    const auto read = runtime.run(ledger.find("c", {"s"})).value().at("s");
    EXPECT_EQ(read.state, LedgerState::intended);
    EXPECT_EQ(read.synced, Instant{});
    EXPECT_EQ(read.destination_id, "dest_s");
  }
}

TEST_F(LedgerTest, AStorageThatFailsIsSaidAndNotReadAsEmpty) {  // INT-5: "nothing known" would write everything again
  put("c", entry("s"));
  storage->stop();
  EXPECT_EQ(code_of(runtime.run(ledger.find("c", {"s"}))), ErrorCode::cancelled);
  EXPECT_EQ(code_of(runtime.run(ledger.in_bucket("c", "day1"))), ErrorCode::cancelled);
  EXPECT_EQ(code_of(runtime.run(ledger.all("c"))), ErrorCode::cancelled);
  EXPECT_EQ(code_of(runtime.run(ledger.with_external_id("sw_s"))), ErrorCode::cancelled);
  EXPECT_EQ(code_of(runtime.run(ledger.with_destination("conn_to", "dest_s"))), ErrorCode::cancelled);
}

}  // namespace
}  // namespace syncwell::store
