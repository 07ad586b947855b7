#include "adapters/sqlite/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "adapters/sqlite/migrations.hpp"

namespace syncwell::sqlite {

namespace {

constexpr std::string_view opening = "open the data file";
constexpr int writer_cache_kib = 16 * 1024;  // a larger one costs more than it saves: every commit walks it
constexpr int reader_cache_kib = 8 * 1024;
// What is kept of the write-ahead log when it starts over.
constexpr std::int64_t kept_log_bytes = 64 * 1024 * 1024;

Result<void> configure_writer(Connection& connection, std::uint64_t max_data_bytes) {
  const auto settings = fmt::format(
      "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
      "PRAGMA cell_size_check=ON; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-{}; PRAGMA journal_size_limit={};",
      writer_cache_kib, kept_log_bytes);
  if (auto set = connection.execute(settings, opening); !set) return set;
  if (max_data_bytes == 0) return {};
  const auto page_size = connection.number("PRAGMA page_size", opening);
  if (!page_size) return fail(page_size.error());
  return connection.execute(
      fmt::format("PRAGMA max_page_count={}", max_data_bytes / static_cast<std::uint64_t>(*page_size)), opening);
}

Result<void> use_write_ahead_log(Connection& connection) {
  // The pragma answers with the mode that it could set instead of failing.
  bool is_wal = false;
  const auto check = [](void* found, int, char** values, char**) {
    *static_cast<bool*>(found) = values[0] != nullptr && std::string_view(values[0]) == "wal";
    return 0;
  };
  const int code = sqlite3_exec(connection.handle(), "PRAGMA journal_mode=WAL", check, &is_wal, nullptr);
  if (code != SQLITE_OK) return fail(connection.fail_with(code, opening));
  if (!is_wal) {
    return fail(ErrorCode::storage_failed,
                "the data folder's file system cannot hold a write-ahead log (a network disk?); choose a local folder");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options) {
  auto folder = DataFolder::lock(options.folder);
  if (!folder) return fail(std::move(folder.error()));
  std::unique_ptr<Database> database(new Database(std::move(options), std::move(*folder)));
  auto connection = Connection::open(database->folder_.data_file(), Access::read_write, database->options_.file_system);
  if (!connection) return fail(std::move(connection.error()));
  Connection& writer = **connection;
  // Closing a file that turns out not to be ours must not fold its log into it.
  sqlite3_db_config(writer.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (auto ours = check_data_file(writer); !ours) return fail(std::move(ours.error()));
  if (auto set = use_write_ahead_log(writer); !set) return fail(std::move(set.error()));
  if (auto set = configure_writer(writer, database->options_.max_data_bytes); !set) return fail(std::move(set.error()));
  if (auto migrated = migrate(writer); !migrated) return fail(std::move(migrated.error()));
  sqlite3_db_config(writer.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  database->writer_ = std::move(*connection);
  return database;
}

Result<std::unique_ptr<Connection>> Database::open_reader() const {
  auto reader = Connection::open(folder_.data_file(), Access::read_only, options_.file_system);
  if (!reader) return reader;
  const auto settings =
      fmt::format("PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-{};",
                  reader_cache_kib);
  if (auto set = (*reader)->execute(settings, opening); !set) return fail(std::move(set.error()));
  return reader;
}

}  // namespace syncwell::sqlite
