#include "store/event_log.hpp"

#include <fmt/format.h>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

// A partition per day, so that no partition grows for ever.
std::string partition_of(Instant time) {
  return "event-log#" + std::to_string(std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

}  // namespace

Key EventLog::key_of(const LoggedEvent& event) {
  return {partition_of(event.time), fmt::format("{:016}#{}", event.time.time_since_epoch().count(), event.id)};
}

LoggedEvent EventLog::from(const Item& item) {
  const auto& attributes = item.attributes;
  return {text_attribute(attributes, "id"), text_attribute(attributes, "type"), text_attribute(attributes, "user"),
          instant_attribute(attributes, "time").value_or(Instant{}), text_attribute(attributes, "body")};
}

Async<Result<void>> EventLog::put(LoggedEvent event) {
  Item item{key_of(event)};
  item.attributes = {{"id", event.id}, {"type", event.type}, {"user", event.user}, {"body", event.body}};
  set_instant(item.attributes, "time", event.time);
  item.expires_at = event.time + event_log_lifetime;
  if (!event.user.empty())
    item.indexes.push_back({std::string(items_by_user_index), event.user, "event#" + item.key.sort});
  auto put = co_await table_.put(std::move(item));
  if (!put) co_return fail(std::move(put.error()));
  co_return Result<void>{};
}

Async<Result<EventLog::Page>> EventLog::list(Instant day, std::optional<Key> after) {
  auto found = co_await table_.query(partition_of(day), "", max_query_page, std::move(after));
  if (!found) co_return fail(std::move(found.error()));
  Page page;
  for (const auto& item : found->items) page.events.push_back(from(item));
  page.next = std::move(found->next);
  co_return page;
}

}  // namespace syncwell::store
