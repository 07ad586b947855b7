#include "store/subscriptions.hpp"

#include <boost/json/array.hpp>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr const char* partition = "subscriptions";

}  // namespace

Key Subscriptions::key_of(const std::string& id) { return {partition, id}; }

Subscription Subscriptions::from(const Item& item) {
  const auto& attributes = item.attributes;
  Subscription subscription;
  subscription.id = item.key.sort;
  subscription.url = text_attribute(attributes, "url");
  if (const auto* types = attributes.if_contains("types"); types != nullptr && types->is_array()) {
    for (const auto& type : types->get_array()) {
      if (type.is_string()) subscription.types.emplace_back(type.get_string());
    }
  }
  subscription.secret_pointer = text_attribute(attributes, "secret");
  subscription.disabled_because = text_attribute(attributes, "disabled_because");
  subscription.created = instant_attribute(attributes, "created").value_or(Instant{});
  subscription.version = item.version;
  return subscription;
}

Async<Result<std::vector<Subscription>>> Subscriptions::list() {
  auto page = co_await table_.query(partition, "", max_subscriptions, std::nullopt);
  if (!page) co_return fail(std::move(page.error()));
  std::vector<Subscription> list;
  for (const auto& item : page->items) list.push_back(from(item));
  co_return list;
}

Async<Result<std::optional<Subscription>>> Subscriptions::get(std::string id) {
  if (id.empty()) co_return std::nullopt;
  auto item = co_await table_.get(key_of(id));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return from(**item);
}

Async<Result<std::uint64_t>> Subscriptions::put(Subscription subscription) {
  Item item{key_of(subscription.id)};
  item.attributes = {{"url", subscription.url},
                     {"types", boost::json::array(subscription.types.begin(), subscription.types.end())},
                     {"secret", subscription.secret_pointer},
                     {"disabled_because", subscription.disabled_because}};
  set_instant(item.attributes, "created", subscription.created);
  const auto condition = subscription.version == 0 ? Condition::absent() : Condition::version_is(subscription.version);
  co_return co_await table_.put(std::move(item), condition);
}

Async<Result<void>> Subscriptions::erase(std::string id) { return table_.erase(key_of(id)); }

}  // namespace syncwell::store
