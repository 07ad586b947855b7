#include "store/incidents.hpp"

#include <fmt/format.h>

#include <numeric>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr const char* incidents_index = "incidents";
constexpr const char* unsolved_tickets_index = "incidents_with_unsolved_ticket";
constexpr const char* open_partition = "incidents-open";

using Text = std::string Incident::*;
constexpr std::array<std::pair<const char*, Text>, 8> text_names{{{"kind", &Incident::kind},
                                                                  {"rule", &Incident::rule},
                                                                  {"category", &Incident::category},
                                                                  {"action", &Incident::action},
                                                                  {"provider", &Incident::provider},
                                                                  {"code", &Incident::code},
                                                                  {"message", &Incident::message},
                                                                  {"ticket", &Incident::ticket_id}}};

using Number = std::int64_t Incident::*;
constexpr std::array<std::pair<const char*, Number>, 3> number_names{
    {{"purged", &Incident::purged}, {"exhausted", &Incident::exhausted}, {"window", &Incident::window}}};

constexpr std::array states{CaseState::open, CaseState::redriven, CaseState::resolved, CaseState::archived};

std::string partition_of(bool open) { return open ? "open" : "resolved"; }

}  // namespace

std::int64_t Incident::entries() const { return std::accumulate(counts.begin(), counts.end(), purged); }

std::string kind_of(const Case& entry) { return entry.rule + '|' + entry.provider + '|' + entry.code; }

Key Incidents::key_of(const std::string& id) { return {"incident#" + id, "incident"}; }

Key Incidents::open_key_of(const std::string& kind) { return {open_partition, kind}; }

Incident Incidents::from(const Item& item) {
  const auto& attributes = item.attributes;
  Incident incident;
  incident.id = item.key.partition.substr(key_of("").partition.size());
  for (const auto& [name, member] : text_names) incident.*member = text_attribute(attributes, name);
  for (const auto& [name, member] : number_names) incident.*member = number_attribute(attributes, name);
  for (const auto state : states) incident.count(state) = number_attribute(attributes, name_of(state));
  incident.opened = instant_attribute(attributes, "opened").value_or(Instant{});
  incident.last_death = instant_attribute(attributes, "last_death").value_or(Instant{});
  incident.resolved = instant_attribute(attributes, "resolved_at");
  incident.is_open = !incident.resolved;
  incident.next_redrive = instant_attribute(attributes, "next_redrive");
  incident.ticket_solved = number_attribute(attributes, "ticket_solved") != 0;
  incident.version = item.version;
  return incident;
}

Write Incidents::put(const Incident& incident) {
  Item item{key_of(incident.id)};
  for (const auto& [name, member] : text_names) item.attributes[name] = incident.*member;
  for (const auto& [name, member] : number_names) item.attributes[name] = incident.*member;
  for (const auto state : states) item.attributes[name_of(state)] = incident.count(state);
  set_instant(item.attributes, "opened", incident.opened);
  set_instant(item.attributes, "last_death", incident.last_death);
  set_instant(item.attributes, "resolved_at", incident.resolved);
  set_instant(item.attributes, "next_redrive", incident.next_redrive);
  item.attributes["ticket_solved"] = incident.ticket_solved ? 1 : 0;
  const auto age_rank = (max_instant - incident.opened).count();
  item.indexes.push_back(
      {incidents_index, partition_of(incident.is_open), fmt::format("{:016}#{}", age_rank, incident.id)});
  if (!incident.is_open && !incident.ticket_id.empty() && !incident.ticket_solved)
    item.indexes.push_back({unsolved_tickets_index, "unsolved", incident.id});
  if (incident.resolved) item.expires_at = *incident.resolved + resolved_incident_lifetime;
  const auto condition = incident.version == 0 ? Condition::absent() : Condition::version_is(incident.version);
  return {Write::Kind::put, std::move(item), condition};
}

Write Incidents::open(const Incident& incident) {
  Item item{open_key_of(incident.kind)};
  item.attributes["incident"] = incident.id;
  return {Write::Kind::put, std::move(item), Condition::absent()};
}

Write Incidents::close(const Incident& incident) {
  return {Write::Kind::erase, Item{open_key_of(incident.kind)}, Condition::none()};
}

Async<Result<std::optional<Incident>>> Incidents::get(std::string id) {
  auto item = co_await table_.get(key_of(id));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return from(**item);
}

Async<Result<std::optional<Incident>>> Incidents::open_of(std::string kind) {
  auto name = co_await table_.get(open_key_of(kind));
  if (!name) co_return fail(std::move(name.error()));
  if (!*name) co_return std::nullopt;
  co_return co_await get(text_attribute((*name)->attributes, "incident"));
}

Async<Result<std::vector<Incident>>> Incidents::with_unsolved_ticket(std::size_t limit) {
  auto found = co_await table_.query_index(unsolved_tickets_index, "unsolved", "", limit, std::nullopt);
  if (!found) co_return fail(std::move(found.error()));
  std::vector<Incident> incidents;
  for (const auto& item : found->items) incidents.push_back(from(item));
  co_return incidents;
}

Async<Result<Incidents::Page>> Incidents::list(bool open, std::size_t limit, std::optional<Key> after) {
  auto found = co_await table_.query_index(incidents_index, partition_of(open), "", std::min(limit, max_query_page),
                                           std::move(after));
  if (!found) co_return fail(std::move(found.error()));
  Page page{{}, std::move(found->next)};
  for (const auto& item : found->items) page.incidents.push_back(from(item));
  co_return page;
}

}  // namespace syncwell::store
