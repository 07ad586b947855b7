#include "store/sync_configs.hpp"

#include <algorithm>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr std::string_view sort_prefix = "config#";
constexpr int max_rewind_tries = 20;

Key progress_key(const std::string& config_id) { return {"config#" + config_id, "progress"}; }
Key rewind_key(const std::string& config_id) { return {"config#" + config_id, "rewind"}; }

Item item_of(const SyncConfig& config) {
  Item item{SyncConfigs::key_of(config.user, config.id)};
  item.attributes = {{"from", config.source_connection},
                     {"to", config.destination_connection},
                     {"type", model::name_of(config.data_type)},
                     {"strategy", config.strategy},
                     {"reading_opt_in", config.reading_opt_in ? 1 : 0}};
  set_instant(item.attributes, "since", config.since);
  set_instant(item.attributes, "until", config.until);
  set_instant(item.attributes, "created", config.created);
  if (config.paused) item.attributes["paused"] = 1;
  if (config.poll_interval) item.attributes["poll_interval"] = config.poll_interval->count();
  return item;
}

}  // namespace

Key SyncConfigs::key_of(const std::string& user, const std::string& id) {
  return {"user#" + user, std::string(sort_prefix) + id};
}

Result<SyncConfig> SyncConfigs::from(const std::string& user, const Item& item) {
  const auto& attributes = item.attributes;
  SyncConfig config;
  config.id = item.key.sort.substr(sort_prefix.size());
  config.user = user;
  config.source_connection = text_attribute(attributes, "from");
  config.destination_connection = text_attribute(attributes, "to");
  const auto type = model::parse_data_type(text_attribute(attributes, "type"));
  if (!type) {
    return fail(ErrorCode::storage_failed,
                "a sync config in the data folder names no data type that this version knows; restore a backup or "
                "install the version that wrote it");
  }
  config.data_type = *type;
  config.strategy = text_attribute(attributes, "strategy");
  config.since = instant_attribute(attributes, "since");
  config.until = instant_attribute(attributes, "until");
  config.reading_opt_in = number_attribute(attributes, "reading_opt_in") != 0;
  config.created = instant_attribute(attributes, "created").value_or(Instant{});
  config.paused = number_attribute(attributes, "paused") != 0;
  if (const auto interval = number_attribute(attributes, "poll_interval"); interval > 0)
    config.poll_interval = Duration{interval};
  config.version = item.version;
  return config;
}

Async<Result<std::optional<SyncConfig>>> SyncConfigs::get(std::string user, std::string id) {
  auto item = co_await table_.get(key_of(user, id));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  auto config = from(user, **item);
  if (!config) co_return fail(std::move(config.error()));
  co_return std::optional<SyncConfig>(std::move(*config));
}

Async<Result<std::vector<SyncConfig>>> SyncConfigs::list(std::string user) {
  std::vector<SyncConfig> configs;
  std::optional<Key> after;
  do {
    auto page = co_await table_.query("user#" + user, std::string(sort_prefix), max_query_page, after);
    if (!page) co_return fail(std::move(page.error()));
    for (const Item& item : page->items) {
      auto config = from(user, item);
      if (!config) co_return fail(std::move(config.error()));
      configs.push_back(std::move(*config));
    }
    after = page->next;
  } while (after);
  co_return configs;
}

Write SyncConfigs::adding(const SyncConfig& config) { return {Write::Kind::put, item_of(config), Condition::absent()}; }

Write SyncConfigs::updating(const SyncConfig& config) {
  return {Write::Kind::put, item_of(config), Condition::version_is(config.version)};
}

Async<Result<void>> SyncConfigs::add(SyncConfig config) {
  auto version = co_await table_.put(item_of(config), Condition::absent());
  if (version) co_return Result<void>{};
  if (version.error().code == ErrorCode::version_conflict) {
    co_return fail(ErrorCode::already_exists, "a sync config with this id exists already");
  }
  co_return fail(std::move(version.error()));
}

Async<Result<std::uint64_t>> SyncConfigs::update(SyncConfig config) {
  return table_.put(item_of(config), Condition::version_is(config.version));
}

Async<Result<void>> SyncConfigs::erase(SyncConfig config) {
  return table_.erase(key_of(config.user, config.id), Condition::version_is(config.version));
}

std::vector<Key> SyncConfigs::progress_keys(const std::string& config_id) {
  return {progress_key(config_id), rewind_key(config_id)};
}

SyncProgress SyncConfigs::progress_from(const std::string& config_id, std::span<const Item> found) {
  SyncProgress progress;
  if (const Item* item = find_item(found, progress_key(config_id))) {
    progress.last_sync_time = instant_attribute(item->attributes, "last_sync_time");
    progress.cursor = text_attribute(item->attributes, "cursor");
    progress.rewind = static_cast<std::uint64_t>(number_attribute(item->attributes, "rewind"));
    progress.velocity = Velocity::from(item->attributes);
    progress.source_state = text_attribute(item->attributes, "source_state");
    progress.version = item->version;
  }
  const Item* rewound = find_item(found, rewind_key(config_id));
  if (rewound != nullptr && rewound->version != progress.rewind) {
    progress.rewound_to = instant_attribute(rewound->attributes, "from");
    progress.rewind = rewound->version;
  }
  return progress;
}

Async<Result<SyncProgress>> SyncConfigs::progress(std::string config_id) {
  auto items = co_await table_.get_many(progress_keys(config_id));
  if (!items) co_return fail(std::move(items.error()));
  co_return progress_from(config_id, *items);
}

Write SyncConfigs::advance(const std::string& config_id, const SyncProgress& progress) {
  Item item{progress_key(config_id)};
  item.attributes = {{"cursor", progress.cursor}, {"rewind", progress.rewind}};
  set_instant(item.attributes, "last_sync_time", progress.last_sync_time);
  progress.velocity.write(item.attributes);
  if (!progress.source_state.empty()) item.attributes["source_state"] = progress.source_state;
  const auto condition = progress.version == 0 ? Condition::absent() : Condition::version_is(progress.version);
  return {Write::Kind::put, std::move(item), condition};
}

// An item of its own, so that a job that is running can still advance; its version tells a rewind that the job did not
// know when it began from one that it did.
Async<Result<void>> SyncConfigs::rewind(std::string config_id, Instant from) {
  for (int tries = 0; tries < max_rewind_tries; ++tries) {
    auto items = co_await table_.get_many(progress_keys(config_id));
    if (!items) co_return fail(std::move(items.error()));
    const auto progress = progress_from(config_id, *items);
    const Item* present = find_item(*items, rewind_key(config_id));
    Item item{rewind_key(config_id)};
    set_instant(item.attributes, "from", std::min(from, progress.rewound_to.value_or(from)));
    auto put = co_await table_.put(std::move(item),
                                   present == nullptr ? Condition::absent() : Condition::version_is(present->version));
    if (put) co_return Result<void>{};
    if (put.error().code != ErrorCode::version_conflict) co_return fail(std::move(put.error()));
  }
  co_return fail(ErrorCode::busy, "other jobs write into the same account");
}

}  // namespace syncwell::store
