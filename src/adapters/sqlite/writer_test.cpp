// Group commit, isolation of failures, durability under power cuts, and the end after a lost fsync.
#include "adapters/sqlite/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "adapters/sqlite/fault_file_system.hpp"
#include "adapters/sqlite/test_storage.hpp"

namespace syncwell::sqlite {
namespace {

using namespace std::chrono_literals;

class WriterTest : public testing::Test {
 protected:
  std::unique_ptr<Storage> open(const std::filesystem::path& folder, std::uint64_t max_data_bytes = 0) {
    auto options = test_options(folder);
    options.file_system = files_.name();
    options.max_data_bytes = max_data_bytes;
    options.writer_limits = limits_;
    options.on_fatal = [this](std::string_view reason) { fatal_.emplace_back(reason); };
    auto opened = Storage::open(std::move(options), clock_, runtime_.executor());
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return opened ? std::move(*opened) : nullptr;
  }
  // Starts sends that all arrive before the writer's next batch.
  void start_sends(Storage& storage, int count, std::size_t bytes = 100) {
    for (int i = 0; i < count; ++i) {
      boost::asio::co_spawn(
          runtime_.executor(),
          without_cancellation_exceptions(storage.queue("hot").send(std::string(bytes, 'b'), Duration{0})),
          [this](std::exception_ptr, Result<std::string> sent) { sent_.push_back(std::move(sent)); });
    }
  }
  int succeeded() const {
    return static_cast<int>(std::ranges::count_if(sent_, [](const auto& sent) { return sent.has_value(); }));
  }

  TemporaryFolder folder_;
  FaultFileSystem files_{"writer_test"};
  VirtualRuntime runtime_;
  WriterLimits limits_;
  RuntimeClock clock_{runtime_};
  std::vector<std::string> fatal_;
  std::vector<Result<std::string>> sent_;
};

TEST_F(WriterTest, CommitsWhatArrivesTogetherWithOneSync) {
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  const auto before = storage->statistics();
  const auto syncs_before = files_.log_syncs;
  start_sends(*storage, 1000);
  runtime_.run();
  EXPECT_EQ(succeeded(), 1000);
  const auto after = storage->statistics();
  EXPECT_EQ(after.operations - before.operations, 1000U);
  // The runtime picks tasks at random, so the sends reach the writer in some batches, far fewer than there are sends.
  EXPECT_LT(after.batches - before.batches, 50U);
  EXPECT_EQ(files_.log_syncs - syncs_before, after.batches - before.batches);
}

TEST_F(WriterTest, DoesNotSyncWhenNothingChanges) {
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  const auto syncs_before = files_.log_syncs;
  EXPECT_TRUE(runtime_.run(storage->queue("hot").receive(1, 0s))->empty());
  EXPECT_EQ(files_.log_syncs, syncs_before);
}

TEST_F(WriterTest, WaitingReceiversAskForNothing) {
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  const auto before = storage->statistics().operations;
  std::vector<std::optional<Result<std::vector<queue::Message>>>> received(20);
  for (auto& one : received) {
    boost::asio::co_spawn(runtime_.executor(),
                          without_cancellation_exceptions(storage->queue("hot").receive(1, queue::max_wait)),
                          [&one](std::exception_ptr, Result<std::vector<queue::Message>> got) { one = got; });
  }
  runtime_.run_for(queue::max_wait - 1ms);
  EXPECT_EQ(storage->sqlite_queue("hot").waiting(), 20U);
  EXPECT_LE(storage->statistics().operations - before, 40U);  // once each; some looked again while others began
  runtime_.run();
  EXPECT_EQ(storage->sqlite_queue("hot").waiting(), 0U);
  EXPECT_LE(storage->statistics().operations - before, 100U);
}

TEST_F(WriterTest, AFailingOperationHarmsNoNeighbour) {  // INT-4
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  ASSERT_TRUE(runtime_.run(storage->table().put(store::Item{store::Key{"p", "taken"}})));
  int conflicts = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string sort = i % 4 == 0 ? "taken" : std::to_string(i);
    boost::asio::co_spawn(runtime_.executor(),
                          storage->table().put(store::Item{store::Key{"p", sort}}, store::Condition::absent()),
                          [&](std::exception_ptr, Result<std::uint64_t> put) { conflicts += put ? 0 : 1; });
  }
  runtime_.run();
  EXPECT_EQ(conflicts, 5);
  EXPECT_EQ(runtime_.run(storage->table().query("p", "", 100, std::nullopt))->items.size(), 16U);
  EXPECT_EQ(storage->statistics().rollbacks, 0U);
}

TEST_F(WriterTest, WhatFitsIsWrittenWhenSomethingElseDoesNot) {
  auto storage = open(folder_.path(), 500'000);
  ASSERT_TRUE(storage);
  start_sends(*storage, 1, 250'000);
  start_sends(*storage, 1, 250'000);
  start_sends(*storage, 20, 100);
  runtime_.run();
  EXPECT_EQ(succeeded(), 21);
  EXPECT_GT(storage->statistics().rollbacks, 0U);
  for (const auto& sent : sent_) {
    if (!sent) EXPECT_EQ(sent.error().code, ErrorCode::storage_full);
  }
  EXPECT_EQ(runtime_.run(storage->queue("hot").depth())->visible, 21U);
  EXPECT_TRUE(fatal_.empty());
}

TEST_F(WriterTest, RecoversWhenAFullDiskHasRoomAgain) {
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  files_.disk_is_full = true;
  start_sends(*storage, 10);
  runtime_.run();
  EXPECT_EQ(succeeded(), 0);
  for (const auto& sent : sent_) EXPECT_EQ(sent.error().code, ErrorCode::storage_full);
  files_.disk_is_full = false;
  start_sends(*storage, 10);
  runtime_.run();
  EXPECT_EQ(succeeded(), 10);
  EXPECT_EQ(runtime_.run(storage->queue("hot").depth())->visible, 10U);
  EXPECT_TRUE(fatal_.empty());
}

TEST_F(WriterTest, ALostSyncIsFatal) {  // DESIGN 4
  TemporaryFolder image;
  {
    auto storage = open(folder_.path());
    ASSERT_TRUE(storage);
    start_sends(*storage, 5);
    runtime_.run();
    ASSERT_EQ(succeeded(), 5);
    files_.fail_syncs = true;
    start_sends(*storage, 5);
    runtime_.run();
    EXPECT_EQ(succeeded(), 5);
    EXPECT_EQ(fatal_.size(), 1U);
    files_.fail_syncs = false;  // the kernel would report success from now on
    start_sends(*storage, 5);
    runtime_.run();
    EXPECT_EQ(succeeded(), 5);
    for (const auto& sent : sent_) {
      if (!sent) EXPECT_EQ(sent.error().code, ErrorCode::storage_failed);
    }
    EXPECT_EQ(fatal_.size(), 1U);
    files_.save_power_cut_image(folder_.path(), image.path());
  }
  auto recovered = open(image.path());  // every fault test also tests recovery
  ASSERT_TRUE(recovered);
  EXPECT_EQ(runtime_.run(recovered->queue("hot").depth())->visible, 5U);
  EXPECT_TRUE(runtime_.run(recovered->queue("hot").send("job", 0s)));
}

TEST_F(WriterTest, APowerCutLosesNothingThatWasAcknowledged) {  // INT-1
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  Random random(3);
  for (int round = 0; round < 12; ++round) {
    start_sends(*storage, 50, 2000);
    // Stop somewhere in the middle: some acknowledged, some on the way.
    runtime_.run_for(0ms);
    start_sends(*storage, 30, 2000);
    if (random.below(2) == 0) runtime_.run_for(0ms);
    TemporaryFolder image;
    files_.save_power_cut_image(folder_.path(), image.path());
    const int acknowledged = succeeded();
    auto recovered = open(image.path());
    ASSERT_TRUE(recovered);
    const auto depth = runtime_.run(recovered->queue("hot").depth());
    ASSERT_TRUE(depth) << depth.error().message;
    EXPECT_GE(static_cast<int>(depth->visible), acknowledged) << "round " << round;
    recovered.reset();
    runtime_.run();
  }
}

TEST_F(WriterTest, KeepsTheLogShort) {
  limits_.checkpoint_pages = 100;
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  for (int round = 0; round < 20; ++round) {
    start_sends(*storage, 10, 10'000);
    runtime_.run();
    auto received = runtime_.run(storage->queue("hot").receive(10, 0s));
    for (const auto& message : *received) ASSERT_TRUE(runtime_.run(storage->queue("hot").remove(message.receipt)));
  }
  EXPECT_GT(storage->statistics().checkpoints, 5U);
  constexpr std::uintmax_t page_bytes = 4096;
  EXPECT_LT(std::filesystem::file_size(folder_.path() / "syncwell.db-wal"), 300 * page_bytes);
}

TEST_F(WriterTest, TheLogLeavesASmallDiskRoomForTheDataFile) {  // INT-1
  constexpr std::uintmax_t mebibyte = 1024 * 1024;
  const auto pages = [](std::uintmax_t disk_bytes) { return limits_for_disk({}, disk_bytes).checkpoint_pages; };
  EXPECT_EQ(pages(1024 * mebibyte), WriterLimits{}.checkpoint_pages);
  EXPECT_EQ(pages(16 * mebibyte), 256);  // 1 MiB
  EXPECT_EQ(pages(0), 16);
  WriterLimits few;
  few.checkpoint_pages = 10;
  EXPECT_EQ(limits_for_disk(few, 0).checkpoint_pages, 10);
}

TEST_F(WriterTest, AReaderThatStaysDoesNotKeepTheLogGrowing) {
  limits_.checkpoint_pages = 100;
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  // A foreign reader holds its snapshot: the log cannot start over, but checkpoints go on as the log grows.
  auto reader = Connection::open(folder_.path() / "syncwell.db", Access::read_only, files_.name());
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->execute("BEGIN; SELECT count(*) FROM message", "read"));
  for (int round = 0; round < 10; ++round) {
    start_sends(*storage, 10, 10'000);
    runtime_.run();
  }
  EXPECT_EQ(succeeded(), 100);
  reader->reset();
  const auto size = std::filesystem::file_size(folder_.path() / "syncwell.db-wal");
  for (int round = 0; round < 20; ++round) {
    start_sends(*storage, 10, 10'000);
    runtime_.run();
  }
  EXPECT_LE(std::filesystem::file_size(folder_.path() / "syncwell.db-wal"), 2 * size);
  EXPECT_EQ(runtime_.run(storage->queue("hot").depth())->visible, 300U);
}

TEST_F(WriterTest, ALostSyncDuringACheckpointIsFatal) {  // DESIGN 4
  limits_.checkpoint_pages = 50;
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  start_sends(*storage, 1);
  runtime_.run();
  files_.fail_data_syncs = true;
  start_sends(*storage, 50, 10'000);
  runtime_.run();
  EXPECT_EQ(fatal_.size(), 1U);
  const auto refused = runtime_.run(storage->queue("hot").send("late", 0s));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::storage_failed);
}

TEST_F(WriterTest, RefusesWritesPastItsLimits) {
  limits_.max_pending_writes = 10;
  auto storage = open(folder_.path());
  ASSERT_TRUE(storage);
  const auto submit = [&](std::size_t bytes) {
    boost::asio::co_spawn(
        runtime_.executor(),
        storage->writer().write<std::string>([](WriteContext&) -> Result<std::string> { return "done"; }, bytes),
        [this](std::exception_ptr, Result<std::string> result) { sent_.push_back(std::move(result)); });
  };
  for (int i = 0; i < 200; ++i) submit(1);
  runtime_.run();
  EXPECT_EQ(sent_.size(), 200U);
  EXPECT_GE(succeeded(), 10);
  EXPECT_LT(succeeded(), 200);
  for (const auto& sent : sent_) {
    if (sent) continue;
    EXPECT_EQ(sent.error().code, ErrorCode::storage_failed);
    EXPECT_TRUE(sent.error().retry_after);
  }
  sent_.clear();
  submit(limits_.max_pending_bytes);
  runtime_.run();
  EXPECT_EQ(succeeded(), 1);
  submit(limits_.max_pending_bytes + 1);
  runtime_.run();
  EXPECT_EQ(succeeded(), 1);
}

}  // namespace
}  // namespace syncwell::sqlite
