#include "store/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr std::array state_names{"open", "redriven", "resolved", "archived"};
constexpr const char* cases_index = "cases";
constexpr const char* to_drain_index = "cases_to_drain";
constexpr const char* on_their_way_index = "cases_on_their_way";
constexpr const char* to_contact_index = "cases_to_contact";
constexpr const char* all = "all";

using Text = std::string Case::*;
constexpr std::array<std::pair<const char*, Text>, 15> text_names{{{"letter", &Case::dead_letter_id},
                                                                   {"rule", &Case::rule},
                                                                   {"category", &Case::category},
                                                                   {"code", &Case::code},
                                                                   {"provider", &Case::provider},
                                                                   {"message", &Case::message},
                                                                   {"type", &Case::data_type},
                                                                   {"user", &Case::user},
                                                                   {"config", &Case::config_id},
                                                                   {"source", &Case::source_connection},
                                                                   {"destination", &Case::destination_connection},
                                                                   {"job", &Case::job_id},
                                                                   {"correlation", &Case::correlation_id},
                                                                   {"incident", &Case::incident_id},
                                                                   {"contact", &Case::contact}}};

using Number = int Case::*;
constexpr std::array<std::pair<const char*, Number>, 3> number_names{
    {{"status", &Case::http_status}, {"attempts", &Case::attempts}, {"redrives", &Case::redrives}}};

std::string rising(Instant time) { return fmt::format("{:016}", time.time_since_epoch().count()); }
std::string falling(Instant time) { return fmt::format("{:016}", (max_instant - time).count()); }

// An item is in an index once: there is one for each member that a list can be filtered by.
std::string index_by(std::string_view member) { return "cases_by_" + std::string(member); }

std::vector<IndexEntry> indexes_of(const Case& entry) {
  const std::string newest_first = falling(entry.died) + '#' + entry.id;
  std::vector<IndexEntry> entries{{cases_index, all, newest_first}};
  const auto add = [&](std::string_view member, const std::string& value) {
    if (!value.empty()) entries.push_back({index_by(member), value, newest_first});
  };
  add("state", std::string(name_of(entry.state)));
  add("incident", entry.incident_id);
  add("user", entry.user);
  add("code", entry.code);
  add("provider", entry.provider);
  add("category", entry.category);
  add("contact", entry.contact);
  if (!entry.user.empty()) entries.push_back({std::string(items_by_user_index), entry.user, "case#" + entry.id});
  if (entry.state == CaseState::open && entry.drains)
    entries.push_back({to_drain_index, entry.incident_id, rising(entry.died) + '#' + entry.id});
  if (entry.state == CaseState::redriven && entry.redriven)
    entries.push_back({on_their_way_index, all, rising(*entry.redriven) + '#' + entry.id});
  if (entry.contact_look) entries.push_back({to_contact_index, all, rising(*entry.contact_look) + '#' + entry.id});
  return entries;
}

boost::json::array notes_of(const Case& entry) {
  boost::json::array list;
  for (const auto& note : entry.notes) {
    boost::json::object object{{"kind", note.kind}, {"by", note.by}, {"text", note.text}};
    set_instant(object, "at", note.at);
    list.push_back(std::move(object));
  }
  return list;
}

std::vector<CaseNote> notes_from(const boost::json::object& attributes) {
  std::vector<CaseNote> notes;
  const auto* list = attributes.if_contains("notes");
  if (list == nullptr || !list->is_array()) return notes;
  for (const auto& each : list->get_array()) {
    if (!each.is_object()) continue;
    const auto& object = each.get_object();
    notes.push_back({instant_attribute(object, "at").value_or(Instant{}), text_attribute(object, "kind"),
                     text_attribute(object, "by"), text_attribute(object, "text")});
  }
  return notes;
}

Cases::Page page_from(QueryPage found) {
  Cases::Page page{{}, std::move(found.next)};
  for (const auto& item : found.items) page.cases.push_back(Cases::from(item));
  return page;
}

}  // namespace

std::string_view name_of(CaseState state) noexcept { return state_names.at(static_cast<std::size_t>(state)); }

std::optional<CaseState> parse_case_state(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(state_names, name);
  if (found == state_names.end()) return std::nullopt;
  return static_cast<CaseState>(found - state_names.begin());
}

void note(Case& entry, CaseNote note) {
  entry.notes.push_back(std::move(note));
  if (entry.notes.size() > max_case_notes) entry.notes.erase(entry.notes.begin());
}

Key Cases::key_of(const std::string& id) { return {"case#" + id, "case"}; }

Case Cases::from(const Item& item) {
  const auto& attributes = item.attributes;
  Case entry;
  entry.id = item.key.partition.substr(key_of("").partition.size());
  entry.state = parse_case_state(text_attribute(attributes, "state")).value_or(CaseState::open);
  for (const auto& [name, member] : text_names) entry.*member = text_attribute(attributes, name);
  for (const auto& [name, member] : number_names) entry.*member = static_cast<int>(number_attribute(attributes, name));
  entry.drains = number_attribute(attributes, "drains") != 0;
  entry.first_failed = instant_attribute(attributes, "first_failed").value_or(Instant{});
  entry.died = instant_attribute(attributes, "died").value_or(Instant{});
  entry.redriven = instant_attribute(attributes, "redriven");
  entry.contact_due = instant_attribute(attributes, "contact_due").value_or(Instant{});
  entry.contact_look = instant_attribute(attributes, "contact_look");
  entry.notes = notes_from(attributes);
  entry.version = item.version;
  return entry;
}

Write Cases::put(const Case& entry, Instant now) {
  Item item{key_of(entry.id)};
  for (const auto& [name, member] : text_names) {
    if (!(entry.*member).empty()) item.attributes[name] = entry.*member;
  }
  for (const auto& [name, member] : number_names) {
    if (entry.*member != 0) item.attributes[name] = entry.*member;
  }
  item.attributes["state"] = name_of(entry.state);
  if (entry.drains) item.attributes["drains"] = 1;
  set_instant(item.attributes, "first_failed", entry.first_failed);
  set_instant(item.attributes, "died", entry.died);
  set_instant(item.attributes, "redriven", entry.redriven);
  set_instant(item.attributes, "contact_due", entry.contact_due);
  set_instant(item.attributes, "contact_look", entry.contact_look);
  item.attributes["notes"] = notes_of(entry);
  item.indexes = indexes_of(entry);
  if (entry.state == CaseState::resolved || entry.state == CaseState::archived)
    item.expires_at = now + closed_case_lifetime;
  const auto condition = entry.version == 0 ? Condition::absent() : Condition::version_is(entry.version);
  return {Write::Kind::put, std::move(item), condition};
}

Write Cases::erase(const Case& entry) {
  return {Write::Kind::erase, Item{key_of(entry.id)}, Condition::version_is(entry.version)};
}

Async<Result<std::optional<Case>>> Cases::get(std::string id) {
  auto item = co_await table_.get(key_of(id));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return from(**item);
}

bool Cases::Filter::fits(const Case& entry) const {
  const auto is = [](const std::string& wanted, const std::string& value) { return wanted.empty() || wanted == value; };
  return (!state || *state == entry.state) && is(incident, entry.incident_id) && is(user, entry.user) &&
         is(code, entry.code) && is(provider, entry.provider) && is(category, entry.category) &&
         is(contact, entry.contact);
}

Async<Result<Cases::Page>> Cases::list(Filter filter, std::size_t limit, std::optional<Key> after) {
  std::string index = cases_index;
  std::string partition = all;
  const std::string state(filter.state ? name_of(*filter.state) : "");
  for (const auto& [member, value] : {std::pair<std::string_view, const std::string&>{"state", state},
                                      {"contact", filter.contact},
                                      {"category", filter.category},
                                      {"code", filter.code},
                                      {"provider", filter.provider},
                                      {"incident", filter.incident},
                                      {"user", filter.user}}) {
    if (value.empty()) continue;
    index = index_by(member);
    partition = value;
  }
  auto found = co_await table_.query_index(std::move(index), std::move(partition), "", std::min(limit, max_query_page),
                                           std::move(after));
  if (!found) co_return fail(std::move(found.error()));
  auto page = page_from(std::move(*found));
  std::erase_if(page.cases, [&](const Case& entry) { return !filter.fits(entry); });
  co_return page;
}

Async<Result<std::size_t>> Cases::count_with_contact(std::string contact, std::size_t limit) {
  return table_.count_index(index_by("contact"), std::move(contact), limit);
}

Async<Result<std::vector<Case>>> Cases::to_drain(std::string incident_id, std::size_t limit) {
  auto found = co_await table_.query_index(to_drain_index, std::move(incident_id), "", limit, std::nullopt);
  if (!found) co_return fail(std::move(found.error()));
  co_return page_from(std::move(*found)).cases;
}

Async<Result<Cases::Page>> Cases::on_their_way(std::size_t limit, std::optional<Key> after) {
  auto found = co_await table_.query_index(on_their_way_index, all, "", limit, std::move(after));
  if (!found) co_return fail(std::move(found.error()));
  co_return page_from(std::move(*found));
}

Async<Result<std::vector<Case>>> Cases::to_contact(Instant now, std::size_t limit) {
  auto found = co_await table_.query_index(to_contact_index, all, "", limit, std::nullopt);
  if (!found) co_return fail(std::move(found.error()));
  auto page = page_from(std::move(*found));
  std::erase_if(page.cases, [now](const Case& entry) { return *entry.contact_look > now; });
  co_return page.cases;
}

}  // namespace syncwell::store
