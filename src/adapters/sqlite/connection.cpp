#include "adapters/sqlite/connection.hpp"

#include <sqlite3.h>

#include <stdexcept>

#include "adapters/sqlite/sqlite_error.hpp"

namespace syncwell::sqlite {

namespace {

// Nobody else writes this file (the folder is locked); a person's sqlite3 shell may hold it for a moment.
constexpr int busy_timeout_ms = 2000;

// SQLite forgets the errno of a failed COMMIT; the write-ahead log's file still knows it.
int errno_of_failure(sqlite3* handle, int code) {
  const int known = sqlite3_system_errno(handle);
  if (known != 0 || !is_device_error(code)) return known;
  sqlite3_file* log = nullptr;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log)) != SQLITE_OK)
    return 0;
  int last_errno = 0;
  if (log == nullptr || log->pMethods == nullptr ||
      log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &last_errno) != SQLITE_OK) {
    return 0;
  }
  return last_errno;
}

}  // namespace

Query::Query(Connection& connection, sqlite3_stmt* statement, std::optional<Error> error)
    : connection_(connection), statement_(statement), error_(std::move(error)) {
  if (statement_ != nullptr && sqlite3_stmt_busy(statement_) != 0) {
    throw std::logic_error("a prepared statement is used inside its own run");
  }
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::next() {
  if (error_) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) error_ = connection_.fail_with(code, "use the data file");
  return false;
}

Result<void> Query::run() {
  while (next()) {
  }
  if (error_) return fail(*error_);
  return {};
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::optional<Instant> Query::optional_instant(int column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

void Query::bind_one(int index, std::string_view value) {
  if (error_) return;
  // A null pointer would bind NULL instead of an empty blob.
  const char* data = value.data() == nullptr ? "" : value.data();
  const int code = sqlite3_bind_blob64(statement_, index, data, value.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) error_ = connection_.fail_with(code, "use the data file");
}

void Query::bind_one(int index, std::int64_t value) {
  if (error_) return;
  const int code = sqlite3_bind_int64(statement_, index, value);
  if (code != SQLITE_OK) error_ = connection_.fail_with(code, "use the data file");
}

void Query::bind_one(int index, const std::optional<Instant>& value) {
  if (value) bind_one(index, *value);  // parameters are NULL unless bound
}

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file, Access access,
                                                     const std::string& file_system) {
  const int flags = (access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, file_system.empty() ? nullptr : file_system.c_str());
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) return fail(connection->fail_with(code, "open the data file"));
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return connection;
}

Connection::~Connection() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Query Connection::query(Sql sql) {
  if (const auto known = statements_.find(sql.text()); known != statements_.end()) {
    return Query(*this, known->second, std::nullopt);
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return Query(*this, nullptr, fail_with(code, "read the data file's schema"));
  statements_.emplace(sql.text(), statement);
  return Query(*this, statement, std::nullopt);
}

Result<void> Connection::execute(const std::string& sql, std::string_view doing) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(fail_with(code, doing));
  return {};
}

Result<std::int64_t> Connection::number(const std::string& sql, std::string_view doing) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
  std::int64_t value = 0;
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) value = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return fail(fail_with(code, doing));
  return value;
}

std::int64_t Connection::total_changes() const { return sqlite3_total_changes64(handle_); }
std::int64_t Connection::changes() const { return sqlite3_changes64(handle_); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Error Connection::fail_with(int code, std::string_view doing) {
  const int system_errno = handle_ == nullptr ? 0 : errno_of_failure(handle_, code);
  was_full_ = is_full(code, system_errno);
  was_broken_ = is_device_error(code) && !was_full_;
  if (is_lost_sync(code)) lost_sync_ = true;
  return error_of(code, system_errno, doing);
}

}  // namespace syncwell::sqlite
