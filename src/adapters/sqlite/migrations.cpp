#include "adapters/sqlite/migrations.hpp"

#include <fmt/format.h>

#include <array>

namespace syncwell::sqlite {

namespace {

// Keys, bodies and attributes are blobs: compared byte by byte, as the ports promise. Times are milliseconds since
// 1970.
constexpr const char* version_1 = R"sql(
CREATE TABLE setting(
  name BLOB PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- store::Table. `indexes` repeats the item's index entries (item_codec.hpp), so that a write knows the old ones.
CREATE TABLE item(
  partition_key BLOB NOT NULL,
  sort_key BLOB NOT NULL,
  version INTEGER NOT NULL,
  expires_at INTEGER,
  indexes BLOB NOT NULL,
  attributes BLOB NOT NULL,
  PRIMARY KEY(partition_key, sort_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_by_expiry ON item(expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE item_index(
  index_name BLOB NOT NULL,
  index_partition BLOB NOT NULL,
  index_sort BLOB NOT NULL,
  partition_key BLOB NOT NULL,
  sort_key BLOB NOT NULL,
  PRIMARY KEY(index_name, index_partition, index_sort, partition_key, sort_key)
) STRICT, WITHOUT ROWID;

-- queue::Queue. Ids rise with time (message_ids.hpp). `receipt` is the fencing token of the newest lease.
CREATE TABLE queue(
  id INTEGER PRIMARY KEY,
  name BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE message(
  id INTEGER PRIMARY KEY,
  queue INTEGER NOT NULL,
  visible_at INTEGER NOT NULL,
  receive_count INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  first_received INTEGER,
  receipt BLOB,
  body BLOB NOT NULL
) STRICT;
-- Finds the next message in O(log n); the two last columns let depth() count without touching the rows.
CREATE INDEX message_by_visibility ON message(queue, visible_at, id, receive_count, sent);

CREATE TABLE dead_letter(
  id INTEGER PRIMARY KEY,
  queue INTEGER NOT NULL REFERENCES queue(id),
  receive_count INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  died INTEGER NOT NULL,
  reason BLOB NOT NULL,
  message BLOB NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX dead_letter_by_queue ON dead_letter(queue, id);

-- bus::EventBus
CREATE TABLE undeliverable_event(
  id INTEGER PRIMARY KEY,
  event BLOB NOT NULL
) STRICT;

-- vault::Vault: nonce and ciphertext
CREATE TABLE secret(
  pointer BLOB PRIMARY KEY,
  version INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

using Migration = Result<void> (*)(Connection&);

Result<void> create_version_1(Connection& connection) { return connection.execute(version_1, "create the data file"); }

constexpr std::array<Migration, data_file_version> migrations{create_version_1};

}  // namespace

Result<void> check_data_file(Connection& connection) {
  const auto version = connection.number("PRAGMA user_version", "open the data file");
  if (!version) return fail(version.error());
  const auto application = connection.number("PRAGMA application_id", "open the data file");
  if (!application) return fail(application.error());
  const auto objects = connection.number("SELECT count(*) FROM sqlite_schema", "open the data file");
  if (!objects) return fail(objects.error());
  const bool empty = *version == 0 && *application == 0 && *objects == 0;
  if (!empty && *application != data_file_application_id) {
    return fail(ErrorCode::storage_failed,
                "the file syncwell.db in the data folder belongs to another program; choose another data folder");
  }
  if (*version > data_file_version) {
    return fail(ErrorCode::storage_newer,
                fmt::format("the data folder was written by a newer SyncWell (data version {}, this program knows {}); "
                            "install that version again, nothing was changed",
                            *version, data_file_version));
  }
  return {};
}

Result<void> migrate(Connection& connection) {
  const auto version = connection.number("PRAGMA user_version", "migrate the data file");
  if (!version) return fail(version.error());
  for (auto next = *version; next < data_file_version; ++next) {
    if (auto begun = connection.execute("BEGIN IMMEDIATE", "migrate the data file"); !begun) return begun;
    auto migrated = migrations.at(static_cast<std::size_t>(next))(connection);
    if (migrated) {
      migrated = connection.execute(
          fmt::format("PRAGMA application_id={}; PRAGMA user_version={}; COMMIT", data_file_application_id, next + 1),
          "migrate the data file");
    }
    if (!migrated) {
      if (connection.in_transaction()) (void)connection.execute("ROLLBACK", "undo the migration");
      return migrated;
    }
  }
  return {};
}

}  // namespace syncwell::sqlite
