// Dead letters: list, open, redrive, archive, annotate, purge (SUP-2, SUP-5).
#include <boost/json.hpp>

#include <algorithm>

#include "api/describe.hpp"
#include "api/json_body.hpp"
#include "api/page_cursor.hpp"
#include "api/problem.hpp"
#include "api/support_routes.hpp"

namespace syncwell::api {

namespace json = boost::json;
using store::Case;
using support::Moved;

namespace {

Refusal refusal_of(Moved moved) {
  switch (moved) {
    case Moved::already_redriven:
      return {409, "already_redriven", "Its job is on its way again: wait for how it ends."};
    case Moved::closed:
      return {409, "case_closed", "This case is closed: it was resolved, or somebody archived it."};
    case Moved::still_running:
      return {409, "still_running", "Its dead letter is not there any more: its job is on its way already."};
    case Moved::done:
    case Moved::not_found:
      break;
  }
  return {404, "not_found", "There is no case with this id."};
}

json::object redriven(std::uint64_t count) { return {{"redriven", count}}; }

void add_text(json::object& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

std::string by(const Call& call) { return call.staff.name; }

// Without line breaks that matter to anybody: blanks do not count.
std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](unsigned char c) { return c > ' ' && (c & 0xc0) != 0x80; }));
}

}  // namespace

net::Response no_such_case() {
  const auto refusal = refusal_of(Moved::not_found);
  return problem(refusal.status, refusal.code, refusal.detail);
}

void SupportRoutes::add_case_routes(Router& router) {
  using enum Router::Access;
  router.add("GET", "/admin/dlq", viewer, [this](Call call) { return list_cases(std::move(call)); });
  router.add("POST", "/admin/dlq/redrive", Router::Access::support,
             [this](Call call) { return redrive_cases(std::move(call)); });
  router.add("GET", "/admin/dlq/{id}", viewer, [this](Call call) { return open_case(std::move(call)); });
  router.add("POST", "/admin/dlq/{id}/redrive", Router::Access::support,
             [this](Call call) { return redrive_case(std::move(call)); });
  router.add("POST", "/admin/dlq/{id}/archive", Router::Access::support,
             [this](Call call) { return archive_case(std::move(call)); });
  router.add("POST", "/admin/dlq/{id}/annotations", Router::Access::support,
             [this](Call call) { return annotate_case(std::move(call)); });
  router.add("DELETE", "/admin/dlq/{id}", admin, [this](Call call) { return purge_case(std::move(call)); });
}

json::object SupportRoutes::describe(const Case& entry) const {
  json::object object{{"id", entry.id},
                      {"state", name_of(entry.state)},
                      {"category", entry.category},
                      {"rule", entry.rule},
                      {"code", entry.code},
                      {"message", entry.message},
                      {"attempts", entry.attempts},
                      {"redrives", entry.redrives},
                      {"firstFailedAt", format_rfc3339(entry.first_failed)},
                      {"diedAt", format_rfc3339(entry.died)},
                      {"incidentId", entry.incident_id},
                      {"contact", {{"state", entry.contact}, {"dueAt", format_rfc3339(entry.contact_due)}}}};
  add_text(object, "provider", entry.provider);
  if (entry.http_status != 0) object["httpStatus"] = entry.http_status;
  add_text(object, "dataType", entry.data_type);
  if (!entry.user.empty()) object["userId"] = std::string(user_id_prefix) + entry.user;
  add_text(object, "syncConfigId", entry.config_id);
  add_text(object, "sourceConnectionId", entry.source_connection);
  add_text(object, "destinationConnectionId", entry.destination_connection);
  add_text(object, "jobId", entry.job_id);
  add_text(object, "correlationId", entry.correlation_id);
  return object;
}

Async<net::Response> SupportRoutes::list_cases(Call call) {
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  const auto parameter = [&](std::string_view name) { return call.target.parameter(name).value_or(""); };
  store::Cases::Filter filter;
  if (const auto state = parameter("state"); !state.empty()) {
    filter.state = store::parse_case_state(state);
    if (!filter.state)
      co_return problem(400, "invalid_argument", "state: must be open, redriven, resolved or archived");
  }
  filter.provider = parameter("provider");
  filter.category = parameter("category");
  filter.code = parameter("code");
  filter.incident = parameter("incident");
  filter.user = parameter("user");
  if (filter.user.starts_with(user_id_prefix)) filter.user.erase(0, user_id_prefix.size());
  store::Cases::Page found;
  if (const auto job = parameter("job"); !job.empty()) {
    auto one = co_await cases_.get(job);
    if (!one) co_return problem(one.error());
    if (*one && filter.fits(**one)) found.cases.push_back(std::move(**one));
  } else {
    auto listed = co_await cases_.list(std::move(filter), page->limit, std::move(page->after));
    if (!listed) co_return problem(listed.error());
    found = std::move(*listed);
  }
  json::array items;
  for (const auto& entry : found.cases) items.push_back(describe(entry));
  json::object answer{{"deadLetters", std::move(items)}};
  if (found.next) answer["next"] = to_cursor(*found.next);
  co_return json_answer(200, answer);
}

Async<Result<json::array>> SupportRoutes::timeline_of(const Case& entry) {
  struct Step {
    Instant at;
    json::object what;
  };
  std::vector<Step> steps;
  const auto add = [&](Instant at, json::object what) {
    what["at"] = format_rfc3339(at);
    steps.push_back({at, std::move(what)});
  };
  auto job = co_await jobs_.get(entry.job_id);
  if (!job) co_return fail(std::move(job.error()));
  if (*job) {
    add((*job)->created, {{"kind", "asked"}, {"text", (*job)->cause}});
    for (const auto& failure : (*job)->failures) {
      const bool was_delayed = failure.outcome == store::JobStatus::delayed;
      json::object what{{"kind", was_delayed ? "delayed" : "attempt_failed"}, {"code", failure.error_code}};
      add_text(what, "provider", failure.provider);
      if (failure.http_status != 0) what["httpStatus"] = failure.http_status;
      if (failure.count > 1) what["count"] = failure.count;
      add(failure.at, std::move(what));
    }
  }
  for (const auto& note : entry.notes) {
    json::object what{{"kind", note.kind}, {"by", note.by}};
    add_text(what, note.kind == "dead_lettered" ? "code" : "text", note.text);
    add(note.at, std::move(what));
  }
  std::ranges::stable_sort(steps, {}, &Step::at);
  json::array timeline;
  for (auto& step : steps) timeline.push_back(std::move(step.what));
  co_return timeline;
}

// nobody looks at a person's case without saying why.
Async<net::Response> SupportRoutes::open_case(Call call) {
  const std::string purpose = call.target.parameter("purpose").value_or("");
  if (characters_of(purpose) < min_purpose_characters || purpose.size() > max_purpose_bytes)
    co_return problem(400, "purpose_required",
                      "Say what you look at it for: ?purpose=, 5 to 200 characters. It is kept in the audit log.");
  const std::string& id = call.segment("id");
  auto found = co_await cases_.get(id);
  if (!found) co_return problem(found.error());
  if (!*found) co_return no_such_case();
  auto audited = co_await audit(call, "dlq.view", id, purpose);
  if (!audited) co_return problem(audited.error());
  const Case& entry = **found;
  auto timeline = co_await timeline_of(entry);
  if (!timeline) co_return problem(timeline.error());
  auto object = describe(entry);
  object["timeline"] = std::move(*timeline);
  object["playbook"] = support_.triage.rule(entry.rule).playbook;
  if (const auto page = support_.triage.status_page(entry.provider); !page.empty()) object["statusPage"] = page;
  if (const auto* error = find_error(entry.code)) {
    object["meaning"] = error->meaning;
    object["advice"] = error->advice;
  }
  auto answer = json_answer(200, object);
  answer.headers.set("Cache-Control", "no-store");
  co_return answer;
}

Async<net::Response> SupportRoutes::answer_with_case(std::string id, int status) {
  auto found = co_await cases_.get(std::move(id));
  if (!found) co_return problem(found.error());
  if (!*found) co_return no_such_case();
  co_return json_answer(status, describe(**found));
}

Async<net::Response> SupportRoutes::redrive_case(Call call) {
  const std::string& id = call.segment("id");
  auto audited = co_await audit(call, "dlq.redrive", id);
  if (!audited) co_return problem(audited.error());
  auto moved = co_await support_.book.redrive(id, by(call));
  if (!moved) co_return problem(moved.error());
  if (*moved != Moved::done) co_return co_await refuse(call, "dlq.redrive", id, refusal_of(*moved));
  co_return json_answer(202, redriven(1));
}

Async<net::Response> SupportRoutes::redrive_cases(Call call) {
  store::Cases::Filter filter;
  if (!call.request.body.empty()) {
    auto body = JsonBody::parse(call.request);
    if (!body) co_return problem(body.error());
    filter.provider = body->optional_text("provider");
    filter.category = body->optional_text("category");
    filter.code = body->optional_text("code");
    filter.incident = body->optional_text("incident");
    if (body->error()) co_return problem(*body->error());
  }
  auto audited = co_await audit(call, "dlq.redrive_all", filter.incident, "", call.request.body);
  if (!audited) co_return problem(audited.error());
  auto count = co_await support_.desk.redrive_all(std::move(filter), by(call));
  if (!count) co_return problem(count.error());
  co_return json_answer(202, redriven(*count));
}

Async<net::Response> SupportRoutes::archive_case(Call call) {
  const std::string& id = call.segment("id");
  auto audited = co_await audit(call, "dlq.archive", id);
  if (!audited) co_return problem(audited.error());
  auto moved = co_await support_.book.archive(id, by(call), "");
  if (!moved) co_return problem(moved.error());
  if (*moved != Moved::done) co_return co_await refuse(call, "dlq.archive", id, refusal_of(*moved));
  co_return co_await answer_with_case(id, 200);
}

Async<net::Response> SupportRoutes::annotate_case(Call call) {
  const std::string& id = call.segment("id");
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  const std::string text = body->required_text("text");
  if (text.size() > store::max_case_note_bytes) body->refuse("text", "must have at most 2000 bytes");
  if (body->error()) co_return problem(*body->error());
  auto audited = co_await audit(call, "dlq.annotate", id);
  if (!audited) co_return problem(audited.error());
  auto moved = co_await support_.book.annotate(id, by(call), text);
  if (!moved) co_return problem(moved.error());
  if (*moved != Moved::done) co_return co_await refuse(call, "dlq.annotate", id, refusal_of(*moved));
  co_return co_await answer_with_case(id, 201);
}

Async<net::Response> SupportRoutes::purge_case(Call call) {
  const std::string& id = call.segment("id");
  if (call.target.parameter("confirm").value_or("") != id)
    co_return problem(400, "confirmation_required",
                      "What is purged never comes back. Say ?confirm= with the id of the case.");
  auto audited = co_await audit(call, "dlq.purge", id);
  if (!audited) co_return problem(audited.error());
  auto moved = co_await support_.book.purge(id);
  if (!moved) co_return problem(moved.error());
  if (*moved != Moved::done) co_return co_await refuse(call, "dlq.purge", id, refusal_of(*moved));
  co_return net::Response{204};
}

}  // namespace syncwell::api
