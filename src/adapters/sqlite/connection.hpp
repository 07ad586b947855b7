// One SQLite connection with its prepared statements. A connection is used by one thread at a time (the writer's, or
// whichever reader thread has it in hand); it is opened without SQLite's own mutex.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/time.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace syncwell::sqlite {

// The text of a statement: a literal, because the cache of prepared statements goes by its address.
class Sql {
 public:
  consteval Sql(const char* text) : text_(text) {}
  [[nodiscard]] const char* text() const { return text_; }

 private:
  const char* text_;
};

class Connection;

// One run of a prepared statement. Errors stick: after the first one nothing happens any more and error() tells it.
// Bound texts must live until the query is destroyed; columns live until the next next().
class Query {
 public:
  Query(Connection& connection, sqlite3_stmt* statement, std::optional<Error> error);
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  // All parameters in order, from ?1. Texts are bound as blobs: compared and returned byte by byte.
  template <class... Values>
  Query& bind(const Values&... values) {
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }

  // True: there is a row. False: the end, or an error.
  [[nodiscard]] bool next();
  // Runs a statement that gives no rows.
  [[nodiscard]] Result<void> run();
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(bytes(column)); }
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] Instant instant(int column) const { return Instant{Duration{integer(column)}}; }
  [[nodiscard]] std::optional<Instant> optional_instant(int column) const;

 private:
  void bind_one(int index, std::string_view value);
  void bind_one(int index, std::int64_t value);
  void bind_one(int index, int value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, std::uint64_t value) { bind_one(index, static_cast<std::int64_t>(value)); }
  void bind_one(int index, Instant value) { bind_one(index, std::int64_t{value.time_since_epoch().count()}); }
  void bind_one(int index, const std::optional<Instant>& value);
  void bind_one(int index, const std::string& value) { bind_one(index, std::string_view(value)); }

  Connection& connection_;
  sqlite3_stmt* statement_;
  std::optional<Error> error_;
};

enum class Access { read_only, read_write };

class Connection {
 public:
  // `file_system` names an SQLite VFS; empty for the default. Sets no pragma: see Database.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, Access access,
                                                                const std::string& file_system);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  [[nodiscard]] Query query(Sql sql);
  // One or several statements without parameters, not cached; rows are ignored.
  [[nodiscard]] Result<void> execute(const std::string& sql, std::string_view doing);
  // The single number that a pragma or count answers with.
  [[nodiscard]] Result<std::int64_t> number(const std::string& sql, std::string_view doing);

  // Rows that statements changed since the connection was opened; a difference tells whether something was written.
  [[nodiscard]] std::int64_t total_changes() const;
  // Rows that the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] bool in_transaction() const;
  // An fsync has failed on this connection: nothing that it says from now on can be trusted.
  [[nodiscard]] bool lost_sync() const { return lost_sync_; }

  // The last call failed because there was no room: nothing was lost, the same write may succeed later.
  [[nodiscard]] bool was_full() const { return was_full_; }
  // The last call failed because of the device, in another way.
  [[nodiscard]] bool was_broken() const { return was_broken_; }

  // The error for SQLite's result code of a call on this connection; notes what was_full() and the others tell.
  [[nodiscard]] Error fail_with(int code, std::string_view doing);
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}

  sqlite3* handle_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
  bool lost_sync_ = false;
  bool was_full_ = false;
  bool was_broken_ = false;
};

}  // namespace syncwell::sqlite
