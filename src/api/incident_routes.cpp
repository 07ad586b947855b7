// Incidents, alarms, and what of them has not arrived outside (SUP-1, SUP-3).
#include <boost/json.hpp>

#include "api/json_body.hpp"
#include "api/page_cursor.hpp"
#include "api/problem.hpp"
#include "api/support_routes.hpp"
#include "support/situation.hpp"

namespace syncwell::api {

namespace json = boost::json;
using store::CaseState;
using store::Incident;

namespace {

net::Response no_such_incident() { return problem(404, "not_found", "There is no incident with this id."); }

json::object describe_notice(const store::Notice& notice) {
  json::object object{{"id", notice.id},
                      {"channel", notice.channel},
                      {"subject", notice.user.empty() ? notice.thing : notice.template_name + " to a person"},
                      {"state", name_of(notice.state)},
                      {"attempts", notice.attempts},
                      {"updatedAt", format_rfc3339(notice.updated)}};
  if (!notice.last_error.empty()) object["lastError"] = notice.last_error;
  return object;
}

}  // namespace

void SupportRoutes::add_incident_routes(Router& router) {
  using enum Router::Access;
  router.add("GET", "/admin/overview", viewer, [this](Call) { return overview(); });
  router.add("GET", "/admin/incidents", viewer, [this](Call call) { return list_incidents(std::move(call)); });
  router.add("GET", "/admin/incidents/{id}", viewer, [this](Call call) { return get_incident(std::move(call)); });
  router.add("POST", "/admin/incidents/{id}/redrive", Router::Access::support,
             [this](Call call) { return redrive_incident(std::move(call)); });
  router.add("GET", "/admin/notices", viewer, [this](Call call) { return list_notices(std::move(call)); });
  router.add("POST", "/admin/notices/{id}/retry", Router::Access::support,
             [this](Call call) { return retry_notice(std::move(call)); });
}

json::object SupportRoutes::describe(const Incident& incident) const {
  const auto& rule = support_.triage.rule(incident.rule);
  json::object object{{"id", incident.id},
                      {"state", incident.is_open ? "open" : "resolved"},
                      {"rule", incident.rule},
                      {"category", incident.category},
                      {"action", incident.action},
                      {"provider", incident.provider},
                      {"code", incident.code},
                      {"message", incident.message},
                      {"playbook", rule.playbook},
                      {"entries", incident.entries()},
                      {"open", incident.count(CaseState::open)},
                      {"redriven", incident.count(CaseState::redriven)},
                      {"resolved", incident.count(CaseState::resolved)},
                      {"archived", incident.count(CaseState::archived) + incident.purged},
                      {"exhausted", incident.exhausted},
                      {"openedAt", format_rfc3339(incident.opened)},
                      {"lastEntryAt", format_rfc3339(incident.last_death)}};
  if (const auto page = support_.triage.status_page(incident.provider); !page.empty()) object["statusPage"] = page;
  if (incident.resolved) object["resolvedAt"] = format_rfc3339(*incident.resolved);
  if (incident.next_redrive) object["nextRedriveAt"] = format_rfc3339(*incident.next_redrive);
  if (!incident.ticket_id.empty())
    object["ticket"] = {{"state", incident.ticket_solved ? "solved" : "open"}, {"id", incident.ticket_id}};
  return object;
}

Async<net::Response> SupportRoutes::list_incidents(Call call) {
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  const std::string state = call.target.parameter("state").value_or("open");
  if (state != "open" && state != "resolved")
    co_return problem(400, "invalid_argument", "state: must be open or resolved");
  auto listed = co_await incidents_.list(state == "open", page->limit, std::move(page->after));
  if (!listed) co_return problem(listed.error());
  json::array items;
  for (const auto& incident : listed->incidents) items.push_back(describe(incident));
  json::object answer{{"incidents", std::move(items)}};
  if (listed->next) answer["next"] = to_cursor(*listed->next);
  co_return json_answer(200, answer);
}

Async<net::Response> SupportRoutes::get_incident(Call call) {
  auto incident = co_await incidents_.get(call.segment("id"));
  if (!incident) co_return problem(incident.error());
  if (!*incident) co_return no_such_incident();
  co_return json_answer(200, describe(**incident));
}

Async<net::Response> SupportRoutes::redrive_incident(Call call) {
  const std::string& id = call.segment("id");
  auto incident = co_await incidents_.get(id);
  if (!incident) co_return problem(incident.error());
  if (!*incident) co_return no_such_incident();
  auto audited = co_await audit(call, "incident.redrive", id);
  if (!audited) co_return problem(audited.error());
  auto count = co_await support_.desk.redrive_all({.incident = id}, call.staff.name);
  if (!count) co_return problem(count.error());
  co_return json_answer(202, {{"redriven", *count}});
}

Async<Result<json::array>> SupportRoutes::active_alarms() {
  auto alarms = co_await alarms_.list();
  if (!alarms) co_return fail(std::move(alarms.error()));
  json::array items;
  for (const auto& alarm : *alarms) {
    if (!alarm.active) continue;
    json::array channels;
    for (const auto& channel : support_.desk.alarm_channels()) {
      auto notice = co_await notices_.get(support::notice_id_of(channel, alarm.key));
      if (!notice) co_return fail(std::move(notice.error()));
      if (!*notice) continue;
      const auto state = (*notice)->state;
      channels.push_back({{"channel", channel},
                          {"state", state == store::NoticeState::sent ? std::string_view("told") : name_of(state)}});
    }
    items.push_back({{"key", alarm.key},
                     {"severity", alarm.severity},
                     {"summary", alarm.summary},
                     {"since", format_rfc3339(alarm.since)},
                     {"consolePath", alarm.console_path},
                     {"playbook", alarm.playbook},
                     {"channels", std::move(channels)}});
  }
  co_return items;
}

Async<net::Response> SupportRoutes::overview() {
  auto depth = co_await hot_.depth();
  if (!depth) co_return problem(depth.error());
  auto situation = co_await support::situation(table_);
  if (!situation) co_return problem(situation.error());
  json::object contacts;
  for (const auto& [stage, people] : situation->contacts_due) contacts[stage] = people;
  auto alarms = co_await active_alarms();
  if (!alarms) co_return problem(alarms.error());
  const auto oldest = depth->oldest_visible ? runtime_.now() - *depth->oldest_visible : Duration{0};
  co_return json_answer(200, {{"queue",
                               {{"visible", depth->visible},
                                {"inFlight", depth->in_flight},
                                {"delayed", depth->delayed},
                                {"dead", depth->dead},
                                {"oldestAgeSeconds", oldest / std::chrono::seconds{1}}}},
                              {"openEntries", situation->open_cases},
                              {"redrivenEntries", situation->redriven_cases},
                              {"openIncidents", situation->open_incidents},
                              {"contactsDue", std::move(contacts)},
                              {"undelivered", situation->undelivered_notices},
                              {"alarms", std::move(*alarms)}});
}

Async<net::Response> SupportRoutes::list_notices(Call call) {
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  const auto state = store::parse_notice_state(call.target.parameter("state").value_or("undelivered"));
  if (!state) co_return problem(400, "invalid_argument", "state: must be queued, sent or undelivered");
  auto listed = co_await notices_.list(*state, page->limit, std::move(page->after));
  if (!listed) co_return problem(listed.error());
  json::array items;
  for (const auto& notice : listed->notices) items.push_back(describe_notice(notice));
  json::object answer{{"notices", std::move(items)}};
  if (listed->next) answer["next"] = to_cursor(*listed->next);
  co_return json_answer(200, answer);
}

Async<net::Response> SupportRoutes::retry_notice(Call call) {
  const auto decoded = net::decode_form("id=" + call.segment("id"));
  const std::string id = decoded.empty() ? std::string() : decoded.front().second;
  auto audited = co_await audit(call, "notice.retry", id);
  if (!audited) co_return problem(audited.error());
  auto told = co_await support_.desk.tell_again(id);
  if (!told) co_return problem(told.error());
  co_return json_answer(202, {{"state", "queued"}});
}

}  // namespace syncwell::api
