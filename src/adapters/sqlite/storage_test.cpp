// Opening a data folder: what is created, what is refused, and that refusing damages nothing.
#include "adapters/sqlite/storage.hpp"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/test_storage.hpp"

namespace syncwell::sqlite {
namespace {

using namespace std::chrono_literals;

class StorageTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Storage>> open(StorageOptions options) {
    return Storage::open(std::move(options), clock_, runtime_.executor());
  }
  Result<std::unique_ptr<Storage>> open() { return open(test_options(folder_.path())); }
  ErrorCode refused(StorageOptions options) {
    auto opened = open(std::move(options));
    message_ = opened ? "" : opened.error().message;
    return opened ? ErrorCode::internal : opened.error().code;
  }
  ErrorCode refused() { return refused(test_options(folder_.path())); }
  std::filesystem::path file(const char* name = "syncwell.db") const { return folder_.path() / name; }
  std::string content() const {
    std::ifstream stream(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void change(const std::string& sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
  }

  TemporaryFolder folder_;
  VirtualRuntime runtime_;
  RuntimeClock clock_{runtime_};
  std::string message_;
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

// Runs `body` in a process of its own and returns its exit code.
template <class Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(StorageTest, CreatesAFolderForItsOwnerAlone) {  // DEC-11
  auto options = test_options(folder_.path() / "new" / "data");
  auto storage = open(std::move(options));
  ASSERT_TRUE(storage) << storage.error().message;
  EXPECT_EQ(mode_of(folder_.path() / "new" / "data"), 0700U);
  for (const char* name : {"syncwell.db", "syncwell.db-wal", "syncwell.db-shm", "syncwell.lock"}) {
    EXPECT_EQ(mode_of(folder_.path() / "new" / "data" / name), 0600U) << name;
  }
}

TEST_F(StorageTest, OpensItsOwnFolderAgain) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(open());
}

TEST_F(StorageTest, RefusesAFolderThatIsInUse) {
  auto first = open();
  ASSERT_TRUE(first);
  EXPECT_EQ(refused(), ErrorCode::storage_in_use);
  EXPECT_THAT(message_, testing::HasSubstr("process " + std::to_string(::getpid())));
  first->reset();
  EXPECT_TRUE(open());
}

TEST_F(StorageTest, RefusesAFolderThatAnotherProcessUses) {
  std::array<int, 2> ready{};
  std::array<int, 2> stop{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  ASSERT_EQ(::pipe(stop.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto storage = open();
    char byte = storage ? 'y' : 'n';
    (void)!::write(ready[1], &byte, 1);
    (void)!::read(stop[0], &byte, 1);
    ::_exit(0);  // without closing anything, like a crash
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  EXPECT_EQ(refused(), ErrorCode::storage_in_use);
  EXPECT_THAT(message_, testing::HasSubstr("process " + std::to_string(child)));
  ASSERT_EQ(::write(stop[1], &byte, 1), 1);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(open());  // the lock went with the process
}

TEST_F(StorageTest, RefusesANewerFileAndLeavesItAlone) {
  ASSERT_TRUE(open());
  change("PRAGMA user_version=" + std::to_string(data_file_version + 1));
  const std::string before = content();
  EXPECT_EQ(refused(), ErrorCode::storage_newer);
  EXPECT_THAT(message_, testing::HasSubstr("newer SyncWell"));
  EXPECT_EQ(content(), before);
}

TEST_F(StorageTest, RefusesAnotherProgramsFileAndLeavesItAlone) {
  change("CREATE TABLE notes(text); INSERT INTO notes VALUES('mine')");
  const std::string before = content();
  EXPECT_EQ(refused(), ErrorCode::storage_failed);
  EXPECT_EQ(content(), before);
}

TEST_F(StorageTest, RefusesGarbageAndLeavesItAlone) {
  std::ofstream(file(), std::ios::binary) << std::string(20'000, 'g');
  const std::string before = content();
  EXPECT_EQ(refused(), ErrorCode::storage_failed);
  EXPECT_THAT(message_, testing::HasSubstr("restore a backup"));
  EXPECT_EQ(content(), before);
}

TEST_F(StorageTest, ReportsADamagedFile) {
  {
    auto storage = open();
    ASSERT_TRUE(storage);
    for (int i = 0; i < 200; ++i) {
      store::Item item{store::Key{"p", std::to_string(i)}};
      item.attributes["text"] = std::string(500, 'x');
      ASSERT_TRUE(runtime_.run((*storage)->table().put(std::move(item))));
    }
  }
  const auto size = std::filesystem::file_size(file());
  {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(size / 2));
    for (std::uintmax_t i = 0; i < size / 4; ++i) stream.put('\x5a');
  }
  auto storage = open();
  if (!storage) {
    EXPECT_EQ(storage.error().code, ErrorCode::storage_failed);
    return;
  }
  int failures = 0;
  for (int i = 0; i < 200; ++i) {
    const auto found = runtime_.run((*storage)->table().get({"p", std::to_string(i)}));
    if (!found) EXPECT_EQ(found.error().code, ErrorCode::storage_failed);
    if (!found || !*found) ++failures;
  }
  EXPECT_GT(failures, 0);
}

TEST_F(StorageTest, RefusesTheWrongVaultKey) {
  ASSERT_TRUE(open());
  auto options = test_options(folder_.path());
  options.master_key = test_key(1);
  EXPECT_EQ(refused(std::move(options)), ErrorCode::sealed_by_other_key);
  EXPECT_TRUE(open());
}

TEST_F(StorageTest, RefusesAFolderThatItCannotWrite) {
  ASSERT_TRUE(open());
  const int code = in_child([this] {
    // Root may write everywhere: become nobody.
    constexpr uid_t nobody = 65534;
    if (::getuid() == 0 && (::chown(folder_.path().c_str(), nobody, nobody) != 0 || ::setgroups(0, nullptr) != 0 ||
                            ::setgid(nobody) != 0 || ::setuid(nobody) != 0)) {
      return 99;
    }
    if (::chmod(folder_.path().c_str(), 0500) != 0) return 98;
    const bool is_right = refused() == ErrorCode::storage_read_only;
    ::chmod(folder_.path().c_str(), 0700);
    const auto says = [this](const std::string& text) { return message_.find(text) != std::string::npos; };
    return is_right && says("cannot be written") && says(folder_.path()) ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_TRUE(open());
}

TEST_F(StorageTest, RefusesOptionsThatCannotBe) {
  const auto with = [this](auto change_options) {
    auto options = test_options(folder_.path());
    change_options(options);
    return refused(std::move(options));
  };
  using Options = StorageOptions;
  EXPECT_EQ(with([](Options& o) { o.queues.push_back({"hot", {}}); }), ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.queues.push_back({"", {}}); }), ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.queues.push_back({std::string(max_queue_name_bytes + 1, 'q'), {}}); }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.queues.push_back({"q", {0s, 3}}); }), ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.queues.push_back({"q", {queue::max_visibility + 1ms, 3}}); }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.queues.push_back({"q", {1s, 0}}); }), ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) {
              for (std::size_t i = 0; i < max_queues; ++i) o.queues.push_back({std::to_string(i), {}});
            }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.rules.resize(max_rules + 1, {"T", "hot"}); }), ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.rules = {{"", "hot"}}; }), ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.reader_threads = 0; }), ErrorCode::invalid_argument);
  EXPECT_EQ(with([](Options& o) { o.reader_threads = max_reader_threads + 1; }), ErrorCode::invalid_argument);
  EXPECT_TRUE(open());
}

Async<Result<int>> fill(store::Table& table, int most) {
  for (int i = 0; i < most; ++i) {
    store::Item item{store::Key{"p", std::to_string(i)}};
    item.attributes["text"] = std::string(20'000, 'x');
    auto put = co_await table.put(std::move(item));
    if (!put && put.error().code == ErrorCode::storage_full) co_return i;
    if (!put) co_return fail(put.error());
  }
  co_return most;
}

TEST_F(StorageTest, ReportsAFullDataFileAndGoesOnWhenThereIsRoom) {  // INT-1
  auto options = test_options(folder_.path());
  options.max_data_bytes = 400'000;
  auto storage = open(std::move(options));
  ASSERT_TRUE(storage) << storage.error().message;
  auto& table = (*storage)->table();
  const auto written = runtime_.run(fill(table, 100));
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_GT(*written, 5);
  EXPECT_LT(*written, 100);
  for (int i = 0; i < *written; ++i) ASSERT_TRUE(runtime_.run(table.get({"p", std::to_string(i)}))->has_value());
  EXPECT_FALSE(runtime_.run(table.get({"p", std::to_string(*written)}))->has_value());
  ASSERT_TRUE(runtime_.run(table.erase({"p", "0"})));
  ASSERT_TRUE(runtime_.run(table.erase({"p", "1"})));
  store::Item item{store::Key{"p", "late"}};
  item.attributes["text"] = std::string(20'000, 'x');
  EXPECT_TRUE(runtime_.run(table.put(std::move(item))));
}

TEST_F(StorageTest, ReportsAFullDiskAndKeepsWhatItAcknowledged) {  // INT-1
  const int written = in_child([this] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{600'000, 600'000};
    auto storage = open();
    if (!storage || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 0;
    const auto count = runtime_.run(fill((*storage)->table(), 100));
    return count ? *count : 0;  // without closing anything
  });
  ASSERT_GT(written, 5);
  ASSERT_LT(written, 100);
  auto storage = open();
  ASSERT_TRUE(storage) << storage.error().message;
  auto& table = (*storage)->table();
  for (int i = 0; i < written; ++i) EXPECT_TRUE(runtime_.run(table.get({"p", std::to_string(i)}))->has_value()) << i;
  EXPECT_TRUE(runtime_.run(fill(table, 100)));
}

// The log grows with every write, what is kept does not: where the log alone fills the disk, it has to start over.
TEST_F(StorageTest, ALogThatFillsTheDiskStartsOver) {  // INT-1
  constexpr int writes = 200;
  const int written = in_child([this] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{600'000, 600'000};
    auto storage = open();
    if (!storage || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return -1;
    for (int i = 0; i < writes; ++i) {
      store::Item item{store::Key{"p", "the same"}};
      item.attributes["text"] = std::string(20'000, static_cast<char>('a' + i % 26));
      if (!runtime_.run((*storage)->table().put(std::move(item)))) return i;
    }
    return writes;  // without closing anything
  });
  EXPECT_EQ(written, writes);
  auto storage = open();
  ASSERT_TRUE(storage) << storage.error().message;
  const auto kept = runtime_.run((*storage)->table().get({"p", "the same"}));
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->attributes.at("text").as_string().front(), 'a' + (writes - 1) % 26);
}

TEST_F(StorageTest, PublishesNothingWhenOneTargetHasNoRoom) {  // ARCH-2: one transaction
  auto options = test_options(folder_.path());
  options.queues.push_back({"second", {}});
  options.rules = {{"T", "hot"}, {"T", "second"}};
  options.max_data_bytes = 600'000;
  auto storage = open(std::move(options));
  ASSERT_TRUE(storage) << storage.error().message;
  bus::Event event{.id = "1", .type = "T", .source = "test", .time = runtime_.now()};
  event.data["text"] = std::string(60'000, 'x');
  int published = 0;
  while (runtime_.run((*storage)->bus().publish(event))) ++published;
  EXPECT_GT(published, 0);
  const auto first = runtime_.run((*storage)->queue("hot").depth());
  const auto second = runtime_.run((*storage)->queue("second").depth());
  EXPECT_EQ(first->visible, static_cast<std::uint64_t>(published));
  EXPECT_EQ(second->visible, static_cast<std::uint64_t>(published));
}

TEST_F(StorageTest, DropsEventsThatNobodyWantsOnPurpose) {
  auto options = test_options(folder_.path());
  options.rules = {{"SyncSucceeded", ""}};
  auto storage = open(std::move(options));
  ASSERT_TRUE(storage);
  const bus::Event event{.id = "1", .type = "SyncSucceeded", .source = "test", .time = runtime_.now()};
  ASSERT_TRUE(runtime_.run((*storage)->bus().publish(event)));
  EXPECT_TRUE(runtime_.run((*storage)->bus().undeliverable(10))->empty());
}

TEST_F(StorageTest, AMessageStaysVisibleWhenTheClockIsSetBack) {
  {
    auto storage = open();
    ASSERT_TRUE(storage);
    auto& queue = (*storage)->queue("hot");
    ASSERT_TRUE(runtime_.run(queue.send("before", 0s)));
    runtime_.shift_wall_clock(-3h);
    ASSERT_TRUE(runtime_.run(queue.send("after", 0s)));
    EXPECT_EQ(runtime_.run(queue.receive(10, 0s))->size(), 2U);
    runtime_.run_for(60s);  // the leases run out all the same
  }
  auto storage = open();  // also when the clock is wrong at start: leases last no longer than they did
  ASSERT_TRUE(storage);
  runtime_.run_for(60s);
  EXPECT_EQ(runtime_.run((*storage)->queue("hot").receive(10, 0s))->size(), 2U);
}

TEST_F(StorageTest, GivesNoIdTwice) {
  std::string first;
  {
    auto storage = open();
    first = *runtime_.run((*storage)->queue("hot").send("job", 0s));
    const auto messages = runtime_.run((*storage)->queue("hot").receive(1, 0s));
    ASSERT_TRUE(runtime_.run((*storage)->queue("hot").remove(messages->front().receipt)));
  }
  runtime_.run_for(1ms);
  auto storage = open();
  EXPECT_GT(*runtime_.run((*storage)->queue("hot").send("job", 0s)), first);
}

TEST_F(StorageTest, DeletesExpiredItemsSomeTimeLater) {
  auto storage = open();
  ASSERT_TRUE(storage);
  auto& table = (*storage)->table();
  for (int i = 0; i < 2 * static_cast<int>(max_items_per_sweep) + 10; ++i) {
    store::Item item{store::Key{"p", std::to_string(i)}};
    item.indexes = {{"index", "i", "s"}};
    item.expires_at = runtime_.now() + 1s;
    ASSERT_TRUE(runtime_.run(table.put(std::move(item))));
  }
  runtime_.run_for(expired_item_kept + 2s);
  for (int batch = 0; batch < 3; ++batch) ASSERT_TRUE(runtime_.run(table.erase({"any", "write"})));
  storage->reset();
  change(
      "CREATE TEMP TABLE check_empty(n CHECK(n=0)); INSERT INTO check_empty SELECT count(*) FROM item;"
      "INSERT INTO check_empty SELECT count(*) FROM item_index");
}

TEST_F(StorageTest, RefusesCallsAfterStop) {
  auto storage = open();
  ASSERT_TRUE(storage);
  (*storage)->stop();
  (*storage)->stop();
  EXPECT_EQ(runtime_.run((*storage)->queue("hot").send("job", 0s)).error().code, ErrorCode::cancelled);
  EXPECT_EQ(runtime_.run((*storage)->table().get({"p", "s"})).error().code, ErrorCode::cancelled);
}

TEST_F(StorageTest, StopEndsWaitingReceives) {
  auto storage = open();
  ASSERT_TRUE(storage);
  int cancelled = 0;
  for (int i = 0; i < 5; ++i) {
    boost::asio::co_spawn(runtime_.executor(),
                          without_cancellation_exceptions((*storage)->queue("hot").receive(1, queue::max_wait)),
                          [&](std::exception_ptr, Result<std::vector<queue::Message>> received) {
                            cancelled += !received && received.error().code == ErrorCode::cancelled ? 1 : 0;
                          });
  }
  runtime_.run_for(1s);
  EXPECT_EQ(cancelled, 0);
  (*storage)->stop();
  runtime_.run_for(0s);
  EXPECT_EQ(cancelled, 5);
}

TEST_F(StorageTest, RedrivesMoreThanFitsOneTransaction) {  // SUP-5
  auto storage = open();
  ASSERT_TRUE(storage);
  auto& queue = (*storage)->queue("hot");
  constexpr std::uint64_t count = 2 * redrive_chunk + 50;
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSERT_TRUE(runtime_.run(queue.send("job", 0s)));
    const auto message = runtime_.run(queue.receive(1, 0s));
    ASSERT_TRUE(runtime_.run(queue.dead_letter(message->front().receipt, "provider_failed", "")));
  }
  EXPECT_EQ(runtime_.run(queue.redrive_all()), count);
  EXPECT_EQ(runtime_.run(queue.depth())->visible, count);
}

TEST_F(StorageTest, KnowsItsQueuesByName) {
  auto storage = open();
  ASSERT_TRUE(storage);
  EXPECT_THROW((void)(*storage)->queue("cold"), std::out_of_range);
}

TEST_F(StorageTest, StoresNoSecretInTheClear) {  // DEC-11, ARCH-10
  const std::string secret = "refresh-token-hunter2";
  {
    auto storage = open();
    ASSERT_TRUE(storage);
    const auto pointer = runtime_.run((*storage)->vault().put(secret));
    ASSERT_TRUE(runtime_.run((*storage)->vault().replace(*pointer, 1, secret)));
    for (const char* name : {"syncwell.db", "syncwell.db-wal"}) {
      std::ifstream stream(file(name), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
      EXPECT_EQ(bytes.find(secret), std::string::npos) << name;
    }
  }
  EXPECT_EQ(content().find(secret), std::string::npos);
}

}  // namespace
}  // namespace syncwell::sqlite
