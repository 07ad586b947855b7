#include "store/ledger.hpp"

#include <algorithm>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr const char* by_bucket = "ledger_by_bucket";
constexpr const char* by_external_id = "ledger_by_external_id";
constexpr const char* by_destination = "ledger_by_destination";

LedgerState parse_state(std::string_view text) {
  if (text == "written") return LedgerState::written;
  if (text == "echo") return LedgerState::echo;
  if (text == "deleted") return LedgerState::deleted;
  return LedgerState::intended;
}

std::string_view name_of(LedgerState state) {
  switch (state) {
    case LedgerState::written:
      return "written";
    case LedgerState::echo:
      return "echo";
    case LedgerState::deleted:
      return "deleted";
    case LedgerState::intended:
      break;
  }
  return "intended";
}

LedgerEntry entry_of(const Item& item) {
  const auto& attributes = item.attributes;
  LedgerEntry entry;
  entry.source = item.key.sort;
  entry.content = text_attribute(attributes, "content");
  entry.bucket = text_attribute(attributes, "bucket");
  entry.external_id = text_attribute(attributes, "external_id");
  entry.destination_id = text_attribute(attributes, "destination_id");
  entry.source_connection = text_attribute(attributes, "from");
  entry.destination_connection = text_attribute(attributes, "to");
  entry.state = parse_state(text_attribute(attributes, "state"));
  entry.synced = instant_attribute(attributes, "synced").value_or(Instant{});
  return entry;
}

}  // namespace

std::string Ledger::partition_of(const std::string& config) { return "ledger#" + config; }

Async<Result<std::map<std::string, LedgerEntry>>> Ledger::find(std::string config, std::vector<std::string> sources) {
  std::map<std::string, LedgerEntry> found;
  for (std::size_t begin = 0; begin < sources.size(); begin += max_get_items) {
    std::vector<Key> keys;
    for (std::size_t i = begin; i < std::min(sources.size(), begin + max_get_items); ++i) {
      keys.push_back({partition_of(config), sources[i]});
    }
    auto items = co_await table_.get_many(std::move(keys));
    if (!items) co_return fail(std::move(items.error()));
    for (const Item& item : *items) found.emplace(item.key.sort, entry_of(item));
  }
  co_return found;
}

Async<Result<std::vector<LedgerEntry>>> Ledger::query(std::string index, std::string partition) {
  std::vector<LedgerEntry> entries;
  std::optional<Key> after;
  do {
    auto page = index.empty() ? co_await table_.query(partition, "", max_query_page, after)
                              : co_await table_.query_index(index, partition, "", max_query_page, after);
    if (!page) co_return fail(std::move(page.error()));
    for (const Item& item : page->items) entries.push_back(entry_of(item));
    after = page->next;
  } while (after);
  co_return entries;
}

Async<Result<std::vector<LedgerEntry>>> Ledger::in_bucket(std::string config, std::string bucket) {
  return query(by_bucket, config + "#" + bucket);
}

Async<Result<std::vector<LedgerEntry>>> Ledger::all(std::string config) { return query("", partition_of(config)); }

Async<Result<std::vector<LedgerEntry>>> Ledger::with_external_id(std::string external_id) {
  return query(by_external_id, external_id);
}

Async<Result<std::vector<LedgerEntry>>> Ledger::with_destination(std::string connection, std::string destination_id) {
  return query(by_destination, connection + "#" + destination_id);
}

Write Ledger::put(const std::string& config, const LedgerEntry& entry) {
  Item item{{partition_of(config), entry.source}};
  item.attributes = {{"content", entry.content},         {"bucket", entry.bucket},
                     {"external_id", entry.external_id}, {"destination_id", entry.destination_id},
                     {"from", entry.source_connection},  {"to", entry.destination_connection},
                     {"state", name_of(entry.state)}};
  set_instant(item.attributes, "synced", entry.synced);
  const bool deleted = entry.state == LedgerState::deleted;
  if (deleted) item.expires_at = entry.synced + tombstone_lifetime;
  if (!deleted) item.indexes.push_back({by_bucket, config + "#" + entry.bucket, entry.source});
  if (!entry.external_id.empty()) item.indexes.push_back({by_external_id, entry.external_id, config});
  // Where the destination took our id, the external id finds it already.
  if (!deleted && !entry.destination_id.empty() && entry.destination_id != entry.external_id) {
    item.indexes.push_back({by_destination, entry.destination_connection + "#" + entry.destination_id, config});
  }
  return {Write::Kind::put, std::move(item), Condition::none()};
}

Write Ledger::erase(const std::string& config, const std::string& source) {
  return {Write::Kind::erase, Item{{partition_of(config), source}}, Condition::none()};
}

}  // namespace syncwell::store
