#include "store/users.hpp"

#include "store/attributes.hpp"

namespace syncwell::store {

std::string_view name_of(Tier tier) noexcept { return tier == Tier::pro ? "PRO" : "FREE"; }

std::optional<Tier> parse_tier(std::string_view name) noexcept {
  if (name == "FREE") return Tier::free;
  if (name == "PRO") return Tier::pro;
  return std::nullopt;
}

Key Users::key_of(const std::string& key) { return {"user#" + key, "profile"}; }

User Users::from(const std::string& key, const Item* item) {
  User user;
  user.key = key;
  if (item == nullptr) return user;
  const auto& attributes = item->attributes;
  user.tier = parse_tier(text_attribute(attributes, "tier")).value_or(Tier::free);
  user.status = text_attribute(attributes, "status") == "erasing" ? UserStatus::erasing : UserStatus::active;
  user.paused = number_attribute(attributes, "paused") != 0;
  user.time_zone = text_attribute(attributes, "time_zone");
  user.locale = text_attribute(attributes, "locale");
  user.contact_pointer = text_attribute(attributes, "contact");
  user.contact_opt_out = number_attribute(attributes, "contact_opt_out") != 0;
  user.created = instant_attribute(attributes, "created").value_or(Instant{});
  user.version = item->version;
  return user;
}

Async<Result<User>> Users::get(std::string key) {
  auto item = co_await table_.get(key_of(key));
  if (!item) co_return fail(std::move(item.error()));
  co_return from(key, *item ? &**item : nullptr);
}

Async<Result<std::uint64_t>> Users::put(User user) {
  Item item{key_of(user.key)};
  item.attributes = {{"tier", name_of(user.tier)},
                     {"status", user.status == UserStatus::erasing ? "erasing" : "active"},
                     {"paused", user.paused ? 1 : 0},
                     {"time_zone", user.time_zone},
                     {"locale", user.locale},
                     {"contact", user.contact_pointer},
                     {"contact_opt_out", user.contact_opt_out ? 1 : 0}};
  set_instant(item.attributes, "created", user.created);
  return table_.put(std::move(item), user.version == 0 ? Condition::absent() : Condition::version_is(user.version));
}

}  // namespace syncwell::store
