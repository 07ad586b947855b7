// What a person set, and how far the sync has come.
#include "store/sync_configs.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

using namespace std::chrono_literals;
using testing::UnorderedElementsAre;

class SyncConfigsTest : public TableTest {
 protected:
  SyncConfig config(const std::string& id, const std::string& user = "user") {
    return {id, user, "conn_a", "conn_b", model::DataType::sleep, "newest_wins", {}, {}, false, runtime.now()};
  }
  std::optional<SyncConfig> get(const std::string& id, const std::string& user = "user") {
    return runtime.run(configs.get(user, id)).value();
  }
  SyncProgress progress(const std::string& id = "sync_1") { return runtime.run(configs.progress(id)).value(); }

  SyncConfigs configs{table()};
};

TEST_F(SyncConfigsTest, EveryMemberReadsBack) {
  SyncConfig written = config("sync_1");
  written.since = runtime.now() - 24h;
  written.until = runtime.now() + 24h;
  written.reading_opt_in = true;
  ASSERT_TRUE(runtime.run(configs.add(written)));
  const SyncConfig read = get("sync_1").value();
  EXPECT_EQ(read.id, written.id);
  EXPECT_EQ(read.user, written.user);
  EXPECT_EQ(read.source_connection, written.source_connection);
  EXPECT_EQ(read.destination_connection, written.destination_connection);
  EXPECT_EQ(read.data_type, written.data_type);
  EXPECT_EQ(read.strategy, written.strategy);
  EXPECT_EQ(read.since, written.since);
  EXPECT_EQ(read.until, written.until);
  EXPECT_TRUE(read.reading_opt_in);
  EXPECT_EQ(read.created, written.created);
  EXPECT_EQ(read.version, 1U);
}

TEST_F(SyncConfigsTest, EveryDataTypeReadsBackAndAnOpenRangeStaysOpen) {
  for (const auto type : model::all_data_types) {
    SyncConfig written = config("sync_" + std::string(model::name_of(type)));
    written.data_type = type;
    ASSERT_TRUE(runtime.run(configs.add(written)));
    const SyncConfig read = get(written.id).value();
    EXPECT_EQ(read.data_type, type);
    EXPECT_FALSE(read.since);
    EXPECT_FALSE(read.until);
    EXPECT_FALSE(read.reading_opt_in) << "consent is never assumed (PROV-9)";
  }
}

TEST_F(SyncConfigsTest, AnotherUsersConfigIsNotThere) {
  ASSERT_TRUE(runtime.run(configs.add(config("sync_1"))));
  EXPECT_FALSE(get("sync_1", "user2"));
  EXPECT_FALSE(get("sync_2"));
  EXPECT_TRUE(runtime.run(configs.list("use")).value().empty());
  EXPECT_TRUE(runtime.run(configs.add(config("sync_1", "user2")))) << "ids are the user's own";
}

TEST_F(SyncConfigsTest, TheListIsCompletePastOnePage) {
  const std::size_t count = max_query_page + 1;
  for (std::size_t begin = 0; begin < count; begin += max_transaction_items) {
    std::vector<Write> writes;
    for (std::size_t i = begin; i < std::min(count, begin + max_transaction_items); ++i) {
      writes.push_back(
          {Write::Kind::put, Item{SyncConfigs::key_of("user", fmt::format("sync_{}", i)), {{"type", "steps"}}}});
    }
    ASSERT_TRUE(write(std::move(writes)));
  }
  EXPECT_EQ(runtime.run(configs.list("user")).value().size(), count);
}

TEST_F(SyncConfigsTest, AnIdIsGivenOnce) {
  ASSERT_TRUE(runtime.run(configs.add(config("sync_1"))));
  EXPECT_EQ(code_of(runtime.run(configs.add(config("sync_1")))), ErrorCode::already_exists);
}

TEST_F(SyncConfigsTest, AChangeHoldsForTheVersionThatWasSeenOnly) {  // INT-4
  ASSERT_TRUE(runtime.run(configs.add(config("sync_1"))));
  SyncConfig mine = get("sync_1").value();
  SyncConfig theirs = mine;
  theirs.strategy = "dest_wins";
  EXPECT_EQ(runtime.run(configs.update(theirs)).value(), 2U);
  EXPECT_EQ(code_of(runtime.run(configs.update(mine))), ErrorCode::version_conflict);
  EXPECT_EQ(code_of(runtime.run(configs.erase(mine))), ErrorCode::version_conflict);
  EXPECT_EQ(get("sync_1")->strategy, "dest_wins");
  EXPECT_TRUE(runtime.run(configs.erase(get("sync_1").value())));
  EXPECT_FALSE(get("sync_1"));
  EXPECT_EQ(code_of(runtime.run(configs.update(theirs))), ErrorCode::version_conflict) << "erased stays erased";
}

TEST_F(SyncConfigsTest, MarkAndCursorMoveTogether) {  // ALG-8, DEC-12
  EXPECT_EQ(progress().version, 0U);
  EXPECT_FALSE(progress().last_sync_time);
  ASSERT_TRUE(
      write({SyncConfigs::advance("sync_1", {.last_sync_time = runtime.now(), .cursor = "cursor 1", .version = 0})}));
  EXPECT_EQ(progress().last_sync_time, runtime.now());
  EXPECT_EQ(progress().cursor, "cursor 1");
  EXPECT_EQ(progress("sync_2").version, 0U);
}

TEST_F(SyncConfigsTest, WhoReadAnOlderMarkMovesNothing) {  // ALG-8: atomic and conditional
  const SyncProgress never = progress();
  ASSERT_TRUE(write({SyncConfigs::advance(
      "sync_1", {.last_sync_time = runtime.now(), .cursor = "first", .version = never.version})}));
  const SyncProgress first = progress();
  const Key other{"something", "else"};
  for (const auto version : {never.version, first.version + 1}) {
    EXPECT_EQ(
        code_of(write({{Write::Kind::put, Item{other}},
                       SyncConfigs::advance(
                           "sync_1", {.last_sync_time = runtime.now() + 1h, .cursor = "stale", .version = version})})),
        ErrorCode::version_conflict);
  }
  EXPECT_EQ(progress().cursor, "first");
  EXPECT_FALSE(runtime.run(table().get(other)).value()) << "what stood in the same transaction is not written either";
  ASSERT_TRUE(write({SyncConfigs::advance(
      "sync_1", {.last_sync_time = runtime.now() + 1h, .cursor = "second", .version = first.version})}));
  EXPECT_EQ(progress().cursor, "second");
}

TEST_F(SyncConfigsTest, EditingAConfigAndMovingItsMarkDoNotDisturbEachOther) {  // INT-4, ALG-8
  ASSERT_TRUE(runtime.run(configs.add(config("sync_1"))));
  const SyncConfig seen = get("sync_1").value();
  const SyncProgress read = progress();
  ASSERT_TRUE(write(
      {SyncConfigs::advance("sync_1", {.last_sync_time = runtime.now(), .cursor = "c", .version = read.version})}));
  ASSERT_TRUE(runtime.run(configs.update(seen)));
  ASSERT_TRUE(write({SyncConfigs::advance(
      "sync_1", {.last_sync_time = runtime.now(), .cursor = "d", .version = progress().version})}));
  EXPECT_EQ(get("sync_1")->version, 2U);
}

TEST_F(SyncConfigsTest, AConfigOfAnUnknownDataTypeIsAnErrorAndNoGuess) {  // the wrong data must not travel
  for (const boost::json::object& attributes :
       {boost::json::object{{"type", "of a newer version"}}, boost::json::object{{"type", 5}}, boost::json::object{}}) {
    put_raw(SyncConfigs::key_of("user", "sync_1"), attributes);
    EXPECT_EQ(code_of(runtime.run(configs.get("user", "sync_1"))), ErrorCode::storage_failed);
    EXPECT_EQ(code_of(runtime.run(configs.list("user"))), ErrorCode::storage_failed);
  }
}

TEST_F(SyncConfigsTest, ADamagedMarkReadsAsNone) {  // DEC-5: reading everything again is safe, skipping is not
  for (const boost::json::value& mark : {boost::json::value("2026"), boost::json::value(1.5), boost::json::value()}) {
    put_raw(SyncConfigs::progress_keys("sync_1").front(), {{"last_sync_time", mark}, {"cursor", 7}});
    EXPECT_FALSE(progress().last_sync_time) << mark.kind();
    EXPECT_EQ(progress().cursor, "");
  }
  EXPECT_TRUE(write({SyncConfigs::advance(
      "sync_1", {.last_sync_time = runtime.now(), .cursor = "c", .version = progress().version})}))
      << "and is repaired";
}

TEST_F(SyncConfigsTest, ADamagedConfigGivesNoConsent) {  // PROV-9
  put_raw(SyncConfigs::key_of("user", "sync_1"),
          {{"type", "steps"}, {"from", 1}, {"strategy", nullptr}, {"reading_opt_in", "1"}});
  const SyncConfig read = get("sync_1").value();
  EXPECT_FALSE(read.reading_opt_in);
  EXPECT_EQ(read.source_connection, "") << "a connection that is not there: the job cannot run";
  EXPECT_EQ(read.strategy, "");
}

TEST_F(SyncConfigsTest, ARewindHoldsUntilASyncThatKnewOfItHasEnded) {  // DEC-5
  ASSERT_TRUE(runtime.run(configs.rewind("sync_1", runtime.now() - 48h)));
  const SyncProgress known = progress();
  EXPECT_EQ(known.rewound_to, runtime.now() - 48h);
  ASSERT_TRUE(write({SyncConfigs::advance("sync_1", known)}));
  EXPECT_EQ(progress().rewound_to, std::nullopt);
  ASSERT_TRUE(runtime.run(configs.rewind("sync_1", runtime.now() - 5h)));
  EXPECT_EQ(progress().rewound_to, runtime.now() - 5h) << "the settled one is forgotten";
}

TEST_F(SyncConfigsTest, RewindsAddUpAndTheOneThatCameDuringASyncOutlivesIt) {  // DEC-5
  ASSERT_TRUE(runtime.run(configs.rewind("sync_1", runtime.now() - 5h)));
  const SyncProgress at_the_start = progress();
  ASSERT_TRUE(runtime.run(configs.rewind("sync_1", runtime.now() - 3h)));
  ASSERT_TRUE(write({SyncConfigs::advance("sync_1", at_the_start)}));
  EXPECT_EQ(progress().rewound_to, runtime.now() - 5h);
  ASSERT_TRUE(runtime.run(configs.rewind("sync_1", runtime.now() - 9h)));
  EXPECT_EQ(progress().rewound_to, runtime.now() - 9h);
}

}  // namespace
}  // namespace syncwell::store
