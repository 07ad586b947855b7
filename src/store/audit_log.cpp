#include "store/audit_log.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr std::uint64_t entries_per_partition = 10'000;
constexpr int max_append_tries = 20;
const Key head_key{"audit", "head"};

using Text = std::string AuditEntry::*;
constexpr std::array<std::pair<const char*, Text>, 6> text_names{{{"who", &AuditEntry::who},
                                                                  {"role", &AuditEntry::role},
                                                                  {"action", &AuditEntry::action},
                                                                  {"target", &AuditEntry::target},
                                                                  {"purpose", &AuditEntry::purpose},
                                                                  {"detail", &AuditEntry::detail}}};

Key key_of(std::uint64_t sequence) {
  return {fmt::format("audit#{:010}", sequence / entries_per_partition), fmt::format("{:016}", sequence)};
}

// Over the members as a JSON array, which says without doubt where one ends and the next begins.
std::string hash_of(const AuditEntry& entry, std::string_view before) {
  boost::json::array members{before, entry.sequence, entry.at.time_since_epoch().count()};
  for (const auto& [name, member] : text_names) members.push_back(boost::json::value(entry.*member));
  const std::string text = boost::json::serialize(members);
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

AuditEntry from(const Item& item) {
  AuditEntry entry;
  entry.sequence = static_cast<std::uint64_t>(number_attribute(item.attributes, "sequence"));
  entry.at = instant_attribute(item.attributes, "at").value_or(Instant{});
  for (const auto& [name, member] : text_names) entry.*member = text_attribute(item.attributes, name);
  entry.hash = text_attribute(item.attributes, "hash");
  return entry;
}

Item item_of(const AuditEntry& entry) {
  Item item{key_of(entry.sequence)};
  item.attributes["sequence"] = entry.sequence;
  set_instant(item.attributes, "at", entry.at);
  for (const auto& [name, member] : text_names) item.attributes[name] = entry.*member;
  item.attributes["hash"] = entry.hash;
  return item;
}

// Where a UTF-8 character begins.
void cut(std::string& text) {
  if (text.size() <= max_audit_text_bytes) return;
  std::size_t most = max_audit_text_bytes;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  text.resize(most);
}

}  // namespace

Async<Result<void>> AuditLog::append(AuditEntry entry) {
  cut(entry.purpose);
  cut(entry.detail);
  for (int tries = 0; tries < max_append_tries; ++tries) {
    auto head = co_await table_.get(head_key);
    if (!head) co_return fail(std::move(head.error()));
    entry.sequence =
        *head ? static_cast<std::uint64_t>(number_attribute((*head)->attributes, "sequence")) + 1 : std::uint64_t{1};
    entry.hash = hash_of(entry, *head ? text_attribute((*head)->attributes, "hash") : std::string());
    Item new_head{head_key};
    new_head.attributes = {{"sequence", entry.sequence}, {"hash", entry.hash}};
    std::vector<Write> writes;
    writes.push_back(
        {Write::Kind::put, std::move(new_head), *head ? Condition::version_is((*head)->version) : Condition::absent()});
    writes.push_back({Write::Kind::put, item_of(entry), Condition::absent()});
    auto written = co_await table_.transact(std::move(writes));
    if (written) co_return Result<void>{};
    if (written.error().code != ErrorCode::version_conflict) co_return fail(std::move(written.error()));
  }
  co_return fail(ErrorCode::busy, "the audit log is written by others all the time");
}

Async<Result<AuditLog::Page>> AuditLog::list(std::size_t limit, std::optional<std::uint64_t> before) {
  auto head = co_await table_.get(head_key);
  if (!head) co_return fail(std::move(head.error()));
  Page page;
  if (!*head) co_return page;
  auto sequence = static_cast<std::uint64_t>(number_attribute((*head)->attributes, "sequence"));
  if (before) sequence = std::min(sequence, *before == 0 ? std::uint64_t{0} : *before - 1);
  std::vector<Key> keys;
  for (; sequence > 0 && keys.size() < std::min(limit, max_get_items); --sequence) keys.push_back(key_of(sequence));
  auto items = co_await table_.get_many(std::move(keys));
  if (!items) co_return fail(std::move(items.error()));
  for (const auto& item : *items) page.entries.push_back(from(item));
  std::ranges::sort(page.entries, std::ranges::greater{}, &AuditEntry::sequence);
  if (sequence > 0 && !page.entries.empty()) page.next = sequence + 1;
  co_return page;
}

Async<Result<AuditLog::Verdict>> AuditLog::verify(std::string expected_head) {
  Verdict verdict;
  bool seen_expected = expected_head.empty();
  const auto broken = [&](std::uint64_t at, std::string reason) {
    verdict.intact = false;
    verdict.broken_at = at;
    verdict.reason = std::move(reason);
    return verdict;
  };
  // The head is read first: what is appended meanwhile comes after it.
  auto head = co_await table_.get(head_key);
  if (!head) co_return fail(std::move(head.error()));
  const auto last =
      *head ? static_cast<std::uint64_t>(number_attribute((*head)->attributes, "sequence")) : std::uint64_t{0};
  for (std::uint64_t sequence = 1; sequence <= last;) {
    const Key first = key_of(sequence);
    std::optional<Key> after;
    do {
      auto page = co_await table_.query(first.partition, "", max_query_page, std::move(after));
      if (!page) co_return fail(std::move(page.error()));
      for (const auto& item : page->items) {
        const auto entry = from(item);
        if (sequence > last) break;
        if (entry.sequence != sequence || item.key != key_of(sequence))
          co_return broken(sequence, "entry " + std::to_string(sequence) + " is missing");
        if (hash_of(entry, verdict.head) != entry.hash)
          co_return broken(sequence, "entry " + std::to_string(sequence) + " was changed, or the one before it");
        verdict.head = entry.hash;
        verdict.entries = sequence++;
        seen_expected = seen_expected || entry.hash == expected_head;
      }
      after = std::move(page->next);
    } while (after);
    if (sequence <= last && key_of(sequence).partition == first.partition)
      co_return broken(sequence, "entry " + std::to_string(sequence) + " is missing");
  }
  if (*head && text_attribute((*head)->attributes, "hash") != verdict.head)
    co_return broken(last, "the head is not the newest entry's hash");
  if (!*head) {
    auto any = co_await table_.get(key_of(1));
    if (!any) co_return fail(std::move(any.error()));
    if (*any) co_return broken(1, "the head is missing");
  }
  if (!seen_expected)
    co_return broken(last, "the hash that was kept elsewhere is not in the chain: entries were cut off");
  co_return verdict;
}

}  // namespace syncwell::store
