#include "store/notices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr std::array state_names{"queued", "sent", "undelivered"};
constexpr const char* notices_index = "notices";

using Text = std::string Notice::*;
constexpr std::array<std::pair<const char*, Text>, 6> text_names{{{"channel", &Notice::channel},
                                                                  {"thing", &Notice::thing},
                                                                  {"user", &Notice::user},
                                                                  {"about", &Notice::about},
                                                                  {"template", &Notice::template_name},
                                                                  {"error", &Notice::last_error}}};

}  // namespace

std::string_view name_of(NoticeState state) noexcept { return state_names.at(static_cast<std::size_t>(state)); }

std::optional<NoticeState> parse_notice_state(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(state_names, name);
  if (found == state_names.end()) return std::nullopt;
  return static_cast<NoticeState>(found - state_names.begin());
}

Key Notices::key_of(const std::string& id) { return {"notice#" + id, "notice"}; }

Notice Notices::from(const Item& item) {
  const auto& attributes = item.attributes;
  Notice notice;
  notice.id = item.key.partition.substr(key_of("").partition.size());
  for (const auto& [name, member] : text_names) notice.*member = text_attribute(attributes, name);
  notice.state = parse_notice_state(text_attribute(attributes, "state")).value_or(NoticeState::queued);
  notice.attempts = static_cast<int>(number_attribute(attributes, "attempts"));
  notice.told = number_attribute(attributes, "told");
  notice.updated = instant_attribute(attributes, "updated").value_or(Instant{});
  notice.version = item.version;
  return notice;
}

Write Notices::put(const Notice& notice) {
  Item item{key_of(notice.id)};
  for (const auto& [name, member] : text_names) item.attributes[name] = notice.*member;
  item.attributes["state"] = name_of(notice.state);
  item.attributes["attempts"] = notice.attempts;
  item.attributes["told"] = notice.told;
  set_instant(item.attributes, "updated", notice.updated);
  item.indexes.push_back({notices_index, std::string(name_of(notice.state)),
                          fmt::format("{:016}#{}", (max_instant - notice.updated).count(), notice.id)});
  if (!notice.user.empty())
    item.indexes.push_back({std::string(items_by_user_index), notice.user, "notice#" + notice.id});
  item.expires_at = notice.updated + notice_lifetime;
  const auto condition = notice.version == 0 ? Condition::absent() : Condition::version_is(notice.version);
  return {Write::Kind::put, std::move(item), condition};
}

Async<Result<std::optional<Notice>>> Notices::get(std::string id) {
  auto item = co_await table_.get(key_of(id));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return from(**item);
}

Async<Result<Notices::Page>> Notices::list(NoticeState state, std::size_t limit, std::optional<Key> after) {
  auto found = co_await table_.query_index(notices_index, std::string(name_of(state)), "",
                                           std::min(limit, max_query_page), std::move(after));
  if (!found) co_return fail(std::move(found.error()));
  Page page{{}, std::move(found->next)};
  for (const auto& item : found->items) page.notices.push_back(from(item));
  co_return page;
}

Async<Result<std::size_t>> Notices::count(NoticeState state, std::size_t limit) {
  return table_.count_index(notices_index, std::string(name_of(state)), limit);
}

}  // namespace syncwell::store
