#include "store/alarms.hpp"

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr const char* partition = "alarms";

AlarmRecord from(const Item& item) {
  const auto& attributes = item.attributes;
  AlarmRecord alarm;
  alarm.key = item.key.sort;
  alarm.cleared = instant_attribute(attributes, "cleared");
  alarm.active = !alarm.cleared;
  alarm.severity = text_attribute(attributes, "severity");
  alarm.summary = text_attribute(attributes, "summary");
  alarm.console_path = text_attribute(attributes, "path");
  alarm.playbook = text_attribute(attributes, "playbook");
  alarm.since = instant_attribute(attributes, "since").value_or(Instant{});
  alarm.change = number_attribute(attributes, "change");
  alarm.quiet_since = instant_attribute(attributes, "quiet_since");
  alarm.version = item.version;
  return alarm;
}

}  // namespace

Key Alarms::key_of(const std::string& key) { return {partition, key}; }

Write Alarms::put(const AlarmRecord& alarm) {
  Item item{key_of(alarm.key)};
  item.attributes = {{"severity", alarm.severity},
                     {"summary", alarm.summary},
                     {"path", alarm.console_path},
                     {"playbook", alarm.playbook},
                     {"change", alarm.change}};
  set_instant(item.attributes, "since", alarm.since);
  set_instant(item.attributes, "quiet_since", alarm.quiet_since);
  set_instant(item.attributes, "cleared", alarm.cleared);
  if (alarm.cleared) item.expires_at = *alarm.cleared + cleared_alarm_lifetime;
  const auto condition = alarm.version == 0 ? Condition::absent() : Condition::version_is(alarm.version);
  return {Write::Kind::put, std::move(item), condition};
}

Async<Result<std::optional<AlarmRecord>>> Alarms::get(std::string key) {
  auto item = co_await table_.get(key_of(key));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return from(**item);
}

Async<Result<std::vector<AlarmRecord>>> Alarms::list() {
  auto page = co_await table_.query(partition, "", max_alarms, std::nullopt);
  if (!page) co_return fail(std::move(page.error()));
  std::vector<AlarmRecord> alarms;
  for (const auto& item : page->items) alarms.push_back(from(item));
  co_return alarms;
}

}  // namespace syncwell::store
