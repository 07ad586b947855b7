#include "providers/json/json_provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "model/arbitrary_record.hpp"
#include "providers/json/json_fixture.hpp"

namespace syncwell::providers::json {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using model::Record;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(JsonProviderTest, ReadsAndWritesEveryType) {  // PROV-1
  const Capabilities& capabilities = provider_->capabilities();
  EXPECT_EQ(capabilities.key, "json");
  EXPECT_EQ(capabilities.kind, ProviderKind::file);
  EXPECT_TRUE(capabilities.full_history_each_time);
  EXPECT_EQ(provider_->oauth(), nullptr);
  for (const DataType type : model::all_data_types) {
    const TypeCapability* capability = capabilities.find(type);
    ASSERT_NE(capability, nullptr);
    EXPECT_TRUE(capability->can_read && capability->can_write && capability->can_delete);
    EXPECT_TRUE(capability->absence_means_deleted);
    EXPECT_EQ(capability->overwrite, Overwrite::any_record);
  }
}

TEST_F(JsonProviderTest, AWrittenRecordReadsBackUnderItsExternalId) {  // INT-5
  const Record record = steps_at(0);
  const auto outcomes = push({create("sw1", record)});
  ASSERT_THAT(outcomes, SizeIs(1));
  ASSERT_TRUE(outcomes[0].has_value()) << outcomes[0].error().message;
  EXPECT_EQ(outcomes[0]->destination_id, "sw1");
  EXPECT_FALSE(outcomes[0]->already_existed);
  restart();
  const Fetched fetched = fetch();
  EXPECT_THAT(fetched.records, ElementsAre(written_as(record, "sw1")));
  EXPECT_THAT(fetched.warnings, IsEmpty());
  EXPECT_FALSE(fetched.partial);
  EXPECT_EQ(read_file(), model::to_json(written_as(record, "sw1")) + "\n");
}

TEST_F(JsonProviderTest, WhateverIsWrittenReadsBack) {
  EXPECT_TRUE(rc::check([this](const Record& record) {
    std::filesystem::remove_all(folder());
    push_well({create("sw1", record)}, record.type);
    restart();
    RC_ASSERT(fetch(all_time, record.type).records == std::vector{written_as(record, "sw1")});
  }));
}

TEST_F(JsonProviderTest, CreatingWhatIsThereIsSuccess) {  // INT-5, ALG-7
  const Record record = steps_at(0);
  push_well({create("sw1", record)});
  const std::string before = read_file();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto outcomes = push({create("sw1", record), create("sw1", steps_at(5))});
    ASSERT_TRUE(outcomes[0] && outcomes[1]);
    EXPECT_TRUE(outcomes[0]->already_existed && outcomes[1]->already_existed);
    EXPECT_EQ(outcomes[0]->destination_id, "sw1");
    restart();
  }
  EXPECT_EQ(read_file(), before);
  const auto twice = push({create("sw2", record), create("sw2", record)});
  EXPECT_FALSE(twice[0]->already_existed);
  EXPECT_TRUE(twice[1]->already_existed);
  EXPECT_THAT(fetch().records, SizeIs(2));
}

TEST_F(JsonProviderTest, RecordsFromElsewhereKeepTheirIds) {
  Record with_both = steps_at(1);
  with_both.external_id = "swother";
  write_file(model::to_json(steps_at(0)) + "\n" + model::to_json(with_both) + "\n");
  EXPECT_THAT(fetch().records, ElementsAre(steps_at(0), with_both));
  const auto outcomes = push({create("swother", steps_at(1)), create("source-0", steps_at(0))});
  EXPECT_TRUE(outcomes[0]->already_existed && outcomes[1]->already_existed);
  EXPECT_EQ(outcomes[0]->destination_id, "source-1") << "the id that a fetch gives";
}

TEST_F(JsonProviderTest, AnUpdateReplacesTheLineInPlace) {  // DEC-7
  const std::vector records = {steps_at(0), steps_at(1), steps_at(2)};
  push_well({create("a", records[0]), create("b", records[1]), create("c", records[2])});
  const Record longer = steps_at(30, 123456.75, 60);
  const auto outcomes = push({update("b", longer, "b")});
  ASSERT_TRUE(outcomes[0].has_value());
  EXPECT_EQ(outcomes[0]->destination_id, "b");
  const std::vector expected = {written_as(records[0], "a"), written_as(longer, "b"), written_as(records[2], "c")};
  EXPECT_EQ(fetch().records, expected);
  EXPECT_THAT(fetch({day_start + 1min, day_start + 2min}).records, IsEmpty()) << "the old time is forgotten";
  EXPECT_THAT(fetch({day_start + 60min, day_start + 61min}).records, ElementsAre(expected[1]));
  restart();
  EXPECT_EQ(fetch().records, expected);
}

TEST_F(JsonProviderTest, AnUpdateOfAForeignRecordKeepsItsIdAndAddsOurs) {  // CON-2, INT-5
  write_file(model::to_json(steps_at(0)) + "\n");
  const Record ours = steps_at(0, 99);
  const auto outcomes = push({update("source-0", ours, "sw1")});
  ASSERT_TRUE(outcomes[0].has_value());
  EXPECT_EQ(outcomes[0]->destination_id, "source-0");
  Record expected = ours;
  expected.source_id = "source-0";
  expected.external_id = "sw1";
  EXPECT_THAT(fetch().records, ElementsAre(expected));
  EXPECT_TRUE(push({create("sw1", ours)})[0]->already_existed);
}

TEST_F(JsonProviderTest, ErasingIsRepeatable) {  // DEC-7, ALG-7
  push_well({create("a", steps_at(0)), create("b", steps_at(1))});
  push_well({erase("a")});
  EXPECT_THAT(fetch().records, ElementsAre(written_as(steps_at(1), "b")));
  push_well({erase("a"), erase("never")});
  push_well({erase("b")});
  const Fetched empty = fetch();
  EXPECT_THAT(empty.records, IsEmpty());
  EXPECT_FALSE(empty.partial) << "an empty file says that all was deleted";
  EXPECT_EQ(read_file(), "");
}

TEST_F(JsonProviderTest, OperationsOfOnePushSeeOneAnother) {
  push_well({create("a", steps_at(0))});
  const auto outcomes =
      push({erase("a"), create("a", steps_at(5)), create("b", steps_at(6)), update("b", steps_at(7)), erase("b"),
            update("b", steps_at(8)), update("a", steps_at(9)), create("c", steps_at(1))});
  EXPECT_EQ(outcomes[5].error().code, ErrorCode::not_found);
  for (const std::size_t i : {0U, 1U, 2U, 3U, 4U, 6U, 7U}) EXPECT_TRUE(outcomes[i].has_value()) << i;
  EXPECT_FALSE(outcomes[1]->already_existed);
  EXPECT_THAT(fetch().records, ElementsAre(written_as(steps_at(9), "a"), written_as(steps_at(1), "c")));
}

TEST_F(JsonProviderTest, ABadOperationDoesNotHoldUpTheOthers) {
  Record invalid = steps_at(0);
  invalid.time.end.at = invalid.time.start.at - 1ms;
  Record other_type = steps_at(0);
  other_type.type = DataType::floors;
  const auto outcomes = push({create("", steps_at(0)),
                              create("x", invalid),
                              create("y", other_type),
                              {WriteOp::Kind::create, "z", "", nullptr},
                              update("none", steps_at(1)),
                              create("ok", steps_at(2))});
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(outcomes[i].error().code, ErrorCode::invalid_argument) << i;
  EXPECT_EQ(outcomes[4].error().code, ErrorCode::not_found);
  EXPECT_TRUE(outcomes[5].has_value());
  EXPECT_THAT(fetch().records, ElementsAre(written_as(steps_at(2), "ok")));
}

TEST_F(JsonProviderTest, APushHasAMaximum) {
  const Record record = steps_at(0);
  const std::vector<WriteOp> ops(max_push_batch_records + 1, create("a", record));
  EXPECT_EQ(push_error(ops), ErrorCode::too_large);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(JsonProviderTest, FetchesOverlapsOfTheHalfOpenRange) {  // ALG-4
  const Record hour = steps_at(60, 1, 60);
  const Record instant = steps_at(120, 1, 0);
  write_file(model::to_json(hour) + "\n" + model::to_json(instant) + "\n");
  const auto count = [&](int from, int to) {
    return fetch({day_start + std::chrono::minutes{from}, day_start + std::chrono::minutes{to}}).records.size();
  };
  EXPECT_EQ(count(0, 60), 0U);
  EXPECT_EQ(count(0, 61), 1U);
  EXPECT_EQ(count(119, 120), 1U);
  EXPECT_EQ(count(120, 121), 1U);
  EXPECT_EQ(count(0, 121), 2U);
  EXPECT_EQ(count(121, 500), 0U);
}

TEST_F(JsonProviderTest, PagesAreBounded) {
  std::string content;
  for (int i = 0; i < static_cast<int>(2 * max_page_records + 1); ++i) content += model::to_json(steps_at(i)) + "\n";
  write_file(content);
  const Fetched fetched = fetch();
  EXPECT_EQ(fetched.records.size(), 2 * max_page_records + 1);
  EXPECT_EQ(fetched.pages, 3U);
  EXPECT_EQ(fetched.records[2500], steps_at(2500)) << "in the file's order";
}

// The provider against a map, with updates, erasures, duplicates and restarts in any order.
TEST_F(JsonProviderTest, BehavesAsAMapFromIdToRecord) {
  EXPECT_TRUE(rc::check([this] {
    std::filesystem::remove_all(folder());
    restart();
    std::map<std::string, Record> expected;
    const auto rounds = *rc::gen::inRange(1, 8);
    for (int round = 0; round < rounds; ++round) {
      std::vector<Record> records;
      std::vector<std::string> ids;
      std::vector<WriteOp> ops;
      const auto count = *rc::gen::inRange<std::size_t>(1, 12);
      for (std::size_t i = 0; i < count; ++i) {
        records.push_back(steps_at(*rc::gen::inRange(0, 1000), *rc::gen::inRange(0, 99999), *rc::gen::inRange(0, 300)));
        ids.push_back("id" + std::to_string(*rc::gen::inRange(0, 10)));
      }
      for (std::size_t i = 0; i < count; ++i) {
        switch (*rc::gen::inRange(0, 4)) {
          case 0:
            ops.push_back(erase(ids[i]));
            expected.erase(ids[i]);
            break;
          case 1:
            ops.push_back(update(ids[i], records[i], ids[i]));
            if (expected.contains(ids[i])) expected[ids[i]] = written_as(records[i], ids[i]);
            break;
          default:
            ops.push_back(create(ids[i], records[i]));
            expected.try_emplace(ids[i], written_as(records[i], ids[i]));
        }
      }
      (void)push(ops);
      if (*rc::gen::arbitrary<bool>()) restart();
      const auto from = day_start + std::chrono::minutes{*rc::gen::inRange(0, 1000)};
      for (const TimeRange range : {all_time, TimeRange{from, from + 30min}}) {
        std::map<std::string, Record> wanted;
        for (const auto& [id, record] : expected) {
          const bool overlaps = record.time.start.at < range.end &&
                                (record.time.end.at > range.start || record.time.start.at >= range.start);
          if (overlaps) wanted.emplace(id, record);
        }
        std::map<std::string, Record> found;
        for (Record& record : fetch(range).records) {
          std::string id = record.source_id;
          RC_ASSERT(found.emplace(std::move(id), std::move(record)).second);
        }
        RC_ASSERT(found == wanted);
      }
    }
  }));
}

Async<void> fetch_all(JsonProvider& provider, CallContext context, Account account, std::size_t& count, bool& partial) {
  auto stream = provider.fetch(context, account, {DataType::steps, all_time});
  for (bool last = false; !last;) {
    auto page = co_await (*stream)->next();
    if (!page) co_return;
    last = page->last;
    partial = partial || page->partial;
    count += page->records.size();
    (void)co_await context.runtime.sleep_for(1ms);
  }
}

TEST_F(JsonProviderTest, AFetchSeesTheFileAsItWasWhateverIsPushedMeanwhile) {
  std::string content;
  for (int i = 0; i < 5000; ++i) content += model::to_json(steps_at(i)) + "\n";
  write_file(content);
  std::size_t count = 0;
  bool partial = false;
  boost::asio::co_spawn(runtime_.executor(),
                        without_cancellation_exceptions(fetch_all(*provider_, context(), account(), count, partial)),
                        [](std::exception_ptr error) { EXPECT_EQ(error, nullptr); });
  runtime_.run_for(0ms);  // the first page is out
  ASSERT_GT(count, 0U);
  ASSERT_LT(count, 5000U);
  const Record record = steps_at(9999);
  push_well({erase("source-4999"), erase("source-0"), update("source-4000", steps_at(4000, 12345678)),
             create("new", record)});
  runtime_.run();
  EXPECT_EQ(count, 5000U);
  EXPECT_FALSE(partial);
  EXPECT_THAT(fetch().records, SizeIs(4999));
}

TEST_F(JsonProviderTest, ManyCoroutinesMayReadTheSameNewFileAtOnce) {
  std::string content;
  for (int i = 0; i < 3000; ++i) content += model::to_json(steps_at(i)) + "\n";
  write_file(content);
  std::vector<std::size_t> counts(5);
  bool partial = false;
  for (std::size_t& count : counts) {
    boost::asio::co_spawn(runtime_.executor(),
                          without_cancellation_exceptions(fetch_all(*provider_, context(), account(), count, partial)),
                          [](std::exception_ptr error) { EXPECT_EQ(error, nullptr); });
  }
  runtime_.run();
  EXPECT_THAT(counts, testing::Each(3000U));
}

TEST_F(JsonProviderTest, ADeadlineEndsALongReading) {
  std::string content;
  for (int i = 0; i < 1500; ++i) content += model::to_json(steps_at(i)) + "\n";
  write_file(content);
  auto stream = provider_->fetch(context(0ms), account(), {DataType::steps, all_time});
  EXPECT_EQ(runtime_.run((*stream)->next()).error().code, ErrorCode::timeout);
  EXPECT_THAT(fetch().records, SizeIs(1500)) << "and leaves nothing half done";
}

}  // namespace
}  // namespace syncwell::providers::json
