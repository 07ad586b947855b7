#include "store/contacts.hpp"

#include <algorithm>
#include <array>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr std::array state_names{"queued", "sending", "sent", "unknown", "refused", "opted_out", "no_address"};
constexpr std::size_t most_templates = 100;

using Text = std::string ContactMessage::*;
constexpr std::array<std::pair<const char*, Text>, 10> text_names{{{"id", &ContactMessage::id},
                                                                   {"user", &ContactMessage::user},
                                                                   {"about", &ContactMessage::about},
                                                                   {"template", &ContactMessage::template_name},
                                                                   {"case", &ContactMessage::case_id},
                                                                   {"provider", &ContactMessage::provider},
                                                                   {"type", &ContactMessage::data_type},
                                                                   {"locale", &ContactMessage::locale},
                                                                   {"ticket", &ContactMessage::ticket_id},
                                                                   {"error", &ContactMessage::error}}};

ContactState parse_state(std::string_view name) {
  const auto* const found = std::ranges::find(state_names, name);
  return found == state_names.end() ? ContactState::unknown : static_cast<ContactState>(found - state_names.begin());
}

}  // namespace

std::string_view name_of(ContactState state) noexcept { return state_names.at(static_cast<std::size_t>(state)); }

Key Contacts::key_of(const std::string& user, const std::string& about, const std::string& template_name) {
  return {"contact#" + user, about + '#' + template_name};
}

ContactMessage Contacts::from(const Item& item) {
  ContactMessage message;
  for (const auto& [name, member] : text_names) message.*member = text_attribute(item.attributes, name);
  message.failed = instant_attribute(item.attributes, "failed").value_or(Instant{});
  message.state = parse_state(text_attribute(item.attributes, "state"));
  message.created = instant_attribute(item.attributes, "created").value_or(Instant{});
  message.updated = instant_attribute(item.attributes, "updated").value_or(Instant{});
  message.version = item.version;
  return message;
}

Write Contacts::put(const ContactMessage& message) {
  Item item{key_of(message.user, message.about, message.template_name)};
  for (const auto& [name, member] : text_names) item.attributes[name] = message.*member;
  item.attributes["state"] = name_of(message.state);
  set_instant(item.attributes, "failed", message.failed);
  set_instant(item.attributes, "created", message.created);
  set_instant(item.attributes, "updated", message.updated);
  item.indexes.push_back({std::string(items_by_user_index), message.user, "contact#" + item.key.sort});
  item.expires_at = message.created + contact_lifetime;
  const auto condition = message.version == 0 ? Condition::absent() : Condition::version_is(message.version);
  return {Write::Kind::put, std::move(item), condition};
}

Async<Result<std::optional<ContactMessage>>> Contacts::get(Key key) {
  auto item = co_await table_.get(std::move(key));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return from(**item);
}

Async<Result<std::vector<ContactMessage>>> Contacts::list(std::string user, std::string about) {
  auto page = co_await table_.query(key_of(user, "", "").partition, about + '#', most_templates, std::nullopt);
  if (!page) co_return fail(std::move(page.error()));
  std::vector<ContactMessage> messages;
  for (const auto& item : page->items) messages.push_back(from(item));
  co_return messages;
}

}  // namespace syncwell::store
