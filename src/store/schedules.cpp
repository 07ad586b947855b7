#include "store/schedules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr Instant first_instant{};  // 1970: 13 digits hold what comes after it until the year 2286
constexpr std::size_t coarse_digits = 7;

std::string partition_of(Tier tier, std::uint32_t shard) { return fmt::format("{}#{}", name_of(tier), shard); }

std::string digits_of(Instant at) {
  return fmt::format("{:013}", std::clamp(at, first_instant, max_instant).time_since_epoch().count());
}

}  // namespace

Key Schedules::key_of(const std::string& config_id) { return {"config#" + config_id, "schedule"}; }

ScheduleEntry Schedules::from(const Item& item) {
  const auto& attributes = item.attributes;
  ScheduleEntry entry;
  entry.config_id = item.key.partition.substr(key_of("").partition.size());
  entry.user = text_attribute(attributes, "user");
  entry.tier = parse_tier(text_attribute(attributes, "tier")).value_or(Tier::free);
  entry.shard = static_cast<std::uint32_t>(number_attribute(attributes, "shard"));
  entry.next_at = instant_attribute(attributes, "next_at").value_or(Instant{});
  entry.last_poll = instant_attribute(attributes, "last_poll");
  entry.paused = number_attribute(attributes, "paused") != 0;
  entry.version = item.version;
  return entry;
}

Write Schedules::write(const ScheduleEntry& entry) {
  const Instant next_at = std::clamp(entry.next_at, first_instant, max_instant);
  Item item{key_of(entry.config_id)};
  item.attributes = {{"user", entry.user}, {"tier", name_of(entry.tier)}, {"shard", entry.shard}};
  if (entry.paused) item.attributes["paused"] = 1;
  set_instant(item.attributes, "next_at", next_at);
  set_instant(item.attributes, "last_poll", entry.last_poll);
  if (!entry.paused) {
    item.indexes.push_back(
        {std::string(due_index), partition_of(entry.tier, entry.shard), digits_of(next_at) + "#" + entry.config_id});
  }
  return {Write::Kind::put, std::move(item),
          entry.version == 0 ? Condition::absent() : Condition::version_is(entry.version)};
}

Write Schedules::erase(const ScheduleEntry& entry) {
  return {Write::Kind::erase, Item{key_of(entry.config_id)}, Condition::version_is(entry.version)};
}

Async<Result<std::optional<ScheduleEntry>>> Schedules::get(std::string config_id) {
  auto item = co_await table_.get(key_of(config_id));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return from(**item);
}

Async<Result<void>> Schedules::put(ScheduleEntry entry) {
  std::vector<Write> writes{write(entry)};
  auto written = co_await table_.transact(std::move(writes));
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<void>{};
}

Async<Result<Schedules::Due>> Schedules::due(Tier tier, std::uint32_t shard, Instant now, std::size_t limit) {
  // One more than asked for: it says when to look again.
  auto page = co_await table_.query_index(std::string(due_index), partition_of(tier, shard), "", limit + 1, {});
  if (!page) co_return fail(std::move(page.error()));
  Due found;
  for (const Item& item : page->items) {
    ScheduleEntry entry = from(item);
    if (entry.next_at > now) {
      found.next = entry.next_at;
      break;
    }
    if (found.entries.size() == limit) {
      found.more = true;
      break;
    }
    found.entries.push_back(std::move(entry));
  }
  // A page may end early for its size.
  if (!found.next && !found.more && page->next) found.more = true;
  co_return found;
}

Async<Result<std::vector<ScheduleEntry>>> Schedules::due_after(Tier tier, std::uint32_t shard, Instant after,
                                                               std::size_t limit) {
  std::vector<ScheduleEntry> found;
  for (const std::string& prefix : prefixes_after(after)) {
    if (found.size() >= limit) break;
    auto page = co_await table_.query_index(std::string(due_index), partition_of(tier, shard), prefix,
                                            limit - found.size(), {});
    if (!page) co_return fail(std::move(page.error()));
    for (const Item& item : page->items) found.push_back(from(item));
  }
  co_return found;
}

std::vector<std::string> prefixes_after(Instant after) {
  const std::string digits = digits_of(after);
  std::vector<std::string> prefixes;
  for (std::size_t i = 0; i < coarse_digits; ++i) {
    for (char digit = static_cast<char>(digits[i] + 1); digit <= '9'; ++digit)
      prefixes.push_back(digits.substr(0, i) + digit);
  }
  return prefixes;
}

}  // namespace syncwell::store
