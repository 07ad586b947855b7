// The SQLite adapter against the contract of every port it implements.
#include <sqlite3.h>

#include "adapters/sqlite/test_storage.hpp"
#include "conformance/event_bus_conformance.hpp"
#include "conformance/queue_conformance.hpp"
#include "conformance/table_conformance.hpp"
#include "conformance/vault_conformance.hpp"

namespace syncwell::conformance {
namespace {

class SqliteHarness {
 public:
  SqliteHarness() { open(); }

  VirtualRuntime& runtime() { return runtime_; }
  store::Table& table() { return storage_->table(); }
  queue::Queue& queue() { return storage_->queue("first"); }
  queue::Queue& second_queue() { return storage_->queue("second"); }
  bus::EventBus& bus() { return storage_->bus(); }
  vault::Vault& vault() { return storage_->vault(); }

  // The files as they are, opened elsewhere: closing the storage properly would put more into them.
  void restart() {
    folders_.push_back(std::make_unique<sqlite::TemporaryFolder>());
    for (const char* name : {"syncwell.db", "syncwell.db-wal"}) {
      std::filesystem::copy_file((*(folders_.end() - 2))->path() / name, folders_.back()->path() / name);
    }
    storage_.reset();
    open();
  }

  void damage_secret(const std::string& pointer) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((folders_.back()->path() / "syncwell.db").c_str(), &connection), SQLITE_OK);
    const std::string change =
        "UPDATE secret SET sealed=randomblob(length(sealed)) WHERE pointer=CAST('" + pointer + "' AS BLOB)";
    EXPECT_EQ(sqlite3_exec(connection, change.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }

 private:
  void open() {
    if (folders_.empty()) folders_.push_back(std::make_unique<sqlite::TemporaryFolder>());
    sqlite::StorageOptions options;
    options.folder = folders_.back()->path();
    options.master_key = sqlite::test_key();
    options.queues = {{"first", queue_settings}, {"second", queue_settings}};
    options.rules = {{std::string(wanted_type), "first"},
                     {std::string(wanted_twice_type), "first"},
                     {std::string(wanted_twice_type), "second"},
                     {std::string(half_refused_type), "no such queue"},
                     {std::string(half_refused_type), "first"}};
    auto opened = sqlite::Storage::open(std::move(options), clock_, runtime_.executor());
    if (!opened) throw std::runtime_error(opened.error().message);
    storage_ = std::move(*opened);
  }

  VirtualRuntime runtime_;
  sqlite::RuntimeClock clock_{runtime_};
  std::vector<std::unique_ptr<sqlite::TemporaryFolder>> folders_;
  std::unique_ptr<sqlite::Storage> storage_;
};

using SqliteHarnesses = testing::Types<SqliteHarness>;
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, TableConformance, SqliteHarnesses);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, QueueConformance, SqliteHarnesses);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, EventBusConformance, SqliteHarnesses);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, VaultConformance, SqliteHarnesses);

}  // namespace
}  // namespace syncwell::conformance
