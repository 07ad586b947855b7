// Who works at the desk, what they did, and the way from a person to their jobs in an emergency (SUP-5, Q-06).
#include <boost/json.hpp>

#include <algorithm>

#include "api/describe.hpp"
#include "api/json_body.hpp"
#include "api/page_cursor.hpp"
#include "api/problem.hpp"
#include "api/support_routes.hpp"
#include "identity/authenticator.hpp"
#include "identity/issuer.hpp"
#include "store/attributes.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

constexpr std::size_t max_name_bytes = 64;
constexpr std::size_t jobs_through_a_glass = 100;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= max_name_bytes && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '@' || c == ' ';
  });
}

bool is_hash(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

json::object describe_member(const store::StaffMember& member) {
  return {{"id", member.id},
          {"name", member.name},
          {"role", name_of(member.role)},
          {"createdAt", format_rfc3339(member.created)}};
}

store::Key glass_key(const std::string& id) { return {"break-glass#" + id, "grant"}; }

}  // namespace

SupportRoutes::SupportRoutes(store::Table& table, queue::Queue& hot, vault::Vault& vault, support::SupportDesk& support,
                             Runtime& runtime)
    : table_(table),
      hot_(hot),
      vault_(vault),
      support_(support),
      runtime_(runtime),
      cases_(table),
      incidents_(table),
      jobs_(table),
      alarms_(table),
      notices_(table),
      contacts_(table),
      staff_(table),
      audit_(table) {}

void SupportRoutes::add_to(Router& router) {
  add_case_routes(router);
  add_incident_routes(router);
  add_contact_routes(router);
  add_staff_routes(router);
}

void SupportRoutes::add_staff_routes(Router& router) {
  using enum Router::Access;
  router.add("GET", "/admin/me", viewer, [this](Call call) { return who_am_i(std::move(call)); });
  router.add("GET", "/admin/staff", admin, [this](Call) { return list_staff(); });
  router.add("POST", "/admin/staff", admin, [this](Call call) { return add_staff(std::move(call)); });
  router.add("DELETE", "/admin/staff/{id}", admin, [this](Call call) { return remove_staff(std::move(call)); });
  router.add("GET", "/admin/audit", admin, [this](Call call) { return list_audit(std::move(call)); });
  router.add("GET", "/admin/audit/verify", admin, [this](Call call) { return verify_audit(std::move(call)); });
  router.add("POST", "/admin/break-glass", Router::Access::support,
             [this](Call call) { return break_glass(std::move(call)); });
  router.add("GET", "/admin/break-glass/{id}", Router::Access::support,
             [this](Call call) { return look_through_glass(std::move(call)); });
}

Async<Result<void>> SupportRoutes::audit(const Call& call, std::string action, std::string target, std::string purpose,
                                         std::string detail) {
  co_return co_await audit_.append({.at = runtime_.now(),
                                    .who = call.staff.name,
                                    .role = std::string(name_of(call.staff.role)),
                                    .action = std::move(action),
                                    .target = std::move(target),
                                    .purpose = std::move(purpose),
                                    .detail = std::move(detail)});
}

Async<net::Response> SupportRoutes::refuse(const Call& call, std::string action, std::string target, Refusal refusal) {
  auto audited =
      co_await audit(call, std::move(action), std::move(target), "", std::string("refused: ") + refusal.code);
  if (!audited) co_return problem(audited.error());
  co_return problem(refusal.status, refusal.code, refusal.detail);
}

Async<net::Response> SupportRoutes::who_am_i(Call call) {
  co_return json_answer(200, {{"name", call.staff.name}, {"role", name_of(call.staff.role)}});
}

Async<net::Response> SupportRoutes::list_staff() {
  auto members = co_await staff_.list();
  if (!members) co_return problem(members.error());
  json::array items;
  for (const auto& member : *members) items.push_back(describe_member(member));
  co_return json_answer(200, {{"staff", std::move(items)}});
}

// The token is shown this once.
Async<net::Response> SupportRoutes::add_staff(Call call) {
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  store::StaffMember member{"stf_" + runtime_.random().uuid4(), body->required_text("name"), store::Role::viewer,
                            runtime_.now()};
  const auto role = store::parse_role(body->required_text("role"));
  if (!role) body->refuse("role", "must be viewer, support or admin");
  if (!is_name(member.name)) body->refuse("name", "must have 1 to 64 letters, digits, blanks and - . _ @");
  if (body->error()) co_return problem(*body->error());
  member.role = *role;
  auto audited = co_await audit(call, "staff.add", member.id, "", member.name + ", " + std::string(name_of(*role)));
  if (!audited) co_return problem(audited.error());
  auto token = co_await staff_.add(member);
  if (!token) co_return problem(token.error());
  auto object = describe_member(member);
  object["token"] = *token;
  auto answer = json_answer(201, object);
  answer.headers.set("Cache-Control", "no-store");
  co_return answer;
}

Async<net::Response> SupportRoutes::remove_staff(Call call) {
  const std::string& id = call.segment("id");
  auto audited = co_await audit(call, "staff.remove", id);
  if (!audited) co_return problem(audited.error());
  auto removed = co_await staff_.remove(id);
  if (!removed) co_return problem(removed.error());
  co_return net::Response{204};
}

Async<net::Response> SupportRoutes::list_audit(Call call) {
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  std::optional<std::uint64_t> before;
  if (page->after) before = std::strtoull(page->after->sort.c_str(), nullptr, 10);
  auto listed = co_await audit_.list(page->limit, before);
  if (!listed) co_return problem(listed.error());
  json::array items;
  for (const auto& entry : listed->entries) {
    json::object item{{"sequence", entry.sequence}, {"at", format_rfc3339(entry.at)}, {"who", entry.who},
                      {"role", entry.role},         {"action", entry.action},         {"target", entry.target},
                      {"hash", entry.hash}};
    if (!entry.purpose.empty()) item["purpose"] = entry.purpose;
    if (!entry.detail.empty()) item["detail"] = entry.detail;
    items.push_back(std::move(item));
  }
  json::object answer{{"audit", std::move(items)}};
  if (listed->next) answer["next"] = to_cursor({"audit", std::to_string(*listed->next)});
  co_return json_answer(200, answer);
}

Async<net::Response> SupportRoutes::verify_audit(Call call) {
  const std::string head = call.target.parameter("head").value_or("");
  if (!head.empty() && !is_hash(head))
    co_return problem(400, "invalid_argument", "head: must be the 64 hexadecimal digits that a check has printed");
  auto verdict = co_await audit_.verify(head);
  if (!verdict) co_return problem(verdict.error());
  json::object answer{{"intact", verdict->intact}, {"entries", verdict->entries}, {"head", verdict->head}};
  if (!verdict->intact) {
    answer["brokenAt"] = verdict->broken_at;
    answer["reason"] = verdict->reason;
  }
  co_return json_answer(200, answer);
}

// The ids that a person's jobs have in logs and traces, for a quarter of an hour.
Async<net::Response> SupportRoutes::break_glass(Call call) {
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  std::string user = body->required_text("userId");
  const std::string purpose = body->required_text("purpose");
  if (purpose.size() < min_purpose_characters || purpose.size() > max_purpose_bytes)
    body->refuse("purpose", "must say in 5 to 200 characters what it is for");
  if (body->error()) co_return problem(*body->error());
  user = user.starts_with(user_id_prefix) ? user.substr(user_id_prefix.size())
                                          : identity::user_key(vault_, std::string(identity::built_in_name), user);
  const std::string id = "bg_" + runtime_.random().uuid4();
  auto audited = co_await audit(call, "break_glass.open", id, purpose, std::string(user_id_prefix) + user);
  if (!audited) co_return problem(audited.error());
  const Instant until = runtime_.now() + break_glass_lifetime;
  store::Item grant{glass_key(id)};
  grant.attributes = {{"user", user}, {"who", call.staff.name}};
  store::set_instant(grant.attributes, "until", until);
  grant.expires_at = until;
  grant.indexes.push_back({std::string(store::items_by_user_index), user, "break-glass#" + id});
  auto put = co_await table_.put(std::move(grant));
  if (!put) co_return problem(put.error());
  co_return co_await jobs_through_glass(201, id, std::move(user), until);
}

Async<net::Response> SupportRoutes::look_through_glass(Call call) {
  const std::string& id = call.segment("id");
  auto grant = co_await table_.get(glass_key(id));
  if (!grant) co_return problem(grant.error());
  if (!*grant || store::text_attribute((*grant)->attributes, "who") != call.staff.name)
    co_return problem(404, "not_found", "There is no such look-up of yours (any more): ask anew, with a purpose.");
  auto audited = co_await audit(call, "break_glass.view", id);
  if (!audited) co_return problem(audited.error());
  co_return co_await jobs_through_glass(200, id, store::text_attribute((*grant)->attributes, "user"),
                                        store::instant_attribute((*grant)->attributes, "until").value_or(Instant{}));
}

Async<net::Response> SupportRoutes::jobs_through_glass(int status, std::string id, std::string user, Instant until) {
  auto page = co_await jobs_.list(user, jobs_through_a_glass);
  if (!page) co_return problem(page.error());
  json::array jobs;
  for (const auto& job : page->jobs) {
    json::object item{{"jobId", job.id},
                      {"correlationId", job.correlation_id},
                      {"status", name_of(job.status)},
                      {"createdAt", format_rfc3339(job.created)}};
    if (!job.error_code.empty()) item["errorCode"] = job.error_code;
    jobs.push_back(std::move(item));
  }
  auto answer = json_answer(status, {{"id", id},
                                     {"expiresAt", format_rfc3339(until)},
                                     {"userId", std::string(user_id_prefix) + user},
                                     {"jobs", std::move(jobs)}});
  answer.headers.set("Cache-Control", "no-store");
  co_return answer;
}

}  // namespace syncwell::api
