// The contact clock, and writing to people (SUP-4). No route shows an address.
#include <boost/json.hpp>

#include "api/describe.hpp"
#include "api/json_body.hpp"
#include "api/page_cursor.hpp"
#include "api/problem.hpp"
#include "api/support_routes.hpp"

namespace syncwell::api {

namespace json = boost::json;
using support::Written;

namespace {

Refusal refusal_of(Written written) {
  switch (written) {
    case Written::already:
      return {409, "already_contacted", "This person has had this message about this incident."};
    case Written::opted_out:
      return {409, "opted_out", "This person wants no mail about failed syncs."};
    case Written::no_channel:
      return {409, "no_mail_server", "Nothing to write to people with is configured (mail.url, or zendesk.base_url)."};
    case Written::queued:
    case Written::no_address:
    case Written::nobody:
      break;
  }
  return {409, "no_address", "Nobody has told an address of this person: reach them another way."};
}

// nullopt: `body` says what is wrong.
std::optional<support::MessageKind> kind_in(JsonBody& body) {
  const auto kind = support::parse_message_kind(body.required_text("template"));
  if (!kind) body.refuse("template", "must be initial, resolved or action_needed");
  return kind;
}

}  // namespace

void SupportRoutes::add_contact_routes(Router& router) {
  using enum Router::Access;
  router.add("GET", "/admin/contacts", viewer, [this](Call call) { return list_contacts(std::move(call)); });
  router.add("POST", "/admin/contacts/{id}/preview", Router::Access::support,
             [this](Call call) { return preview_contact(std::move(call)); });
  router.add("POST", "/admin/contacts/{id}/send", Router::Access::support,
             [this](Call call) { return send_contact(std::move(call)); });
}

Async<net::Response> SupportRoutes::list_contacts(Call call) {
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  store::Cases::Filter filter{.contact = call.target.parameter("state").value_or("")};
  if (filter.contact.empty()) filter.state = store::CaseState::open;
  auto listed = co_await cases_.list(std::move(filter), page->limit, std::move(page->after));
  if (!listed) co_return problem(listed.error());
  json::array items;
  for (const auto& entry : listed->cases) {
    if (entry.user.empty()) continue;
    auto sent = co_await contacts_.list(entry.user, entry.incident_id);
    if (!sent) co_return problem(sent.error());
    json::array messages;
    for (const auto& message : *sent) {
      messages.push_back({{"template", message.template_name},
                          {"locale", message.locale},
                          {"state", name_of(message.state)},
                          {"at", format_rfc3339(message.updated)}});
    }
    json::object item{{"entryId", entry.id},
                      {"userId", std::string(user_id_prefix) + entry.user},
                      {"state", entry.contact},
                      {"firstFailedAt", format_rfc3339(entry.first_failed)},
                      {"dueAt", format_rfc3339(entry.contact_due)},
                      {"messages", std::move(messages)}};
    if (!entry.provider.empty()) item["provider"] = entry.provider;
    items.push_back(std::move(item));
  }
  json::object answer{{"contacts", std::move(items)}};
  if (listed->next) answer["next"] = to_cursor(*listed->next);
  co_return json_answer(200, answer);
}

Async<net::Response> SupportRoutes::preview_contact(Call call) {
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  const auto kind = kind_in(*body);
  const std::string locale = body->optional_text("locale");
  if (body->error()) co_return problem(*body->error());
  auto entry = co_await cases_.get(call.segment("id"));
  if (!entry) co_return problem(entry.error());
  if (!*entry) co_return no_such_case();
  auto rendered = co_await support_.people.preview(std::move(**entry), *kind, locale);
  if (!rendered) co_return problem(rendered.error());
  co_return json_answer(200, {{"template", name_of(*kind)},
                              {"locale", rendered->locale},
                              {"subject", rendered->subject},
                              {"body", rendered->body}});
}

Async<net::Response> SupportRoutes::send_contact(Call call) {
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  const auto kind = kind_in(*body);
  if (body->error()) co_return problem(*body->error());
  const std::string& id = call.segment("id");
  auto entry = co_await cases_.get(id);
  if (!entry) co_return problem(entry.error());
  if (!*entry) co_return no_such_case();
  auto audited = co_await audit(call, "contact.send", id, "", std::string(name_of(*kind)));
  if (!audited) co_return problem(audited.error());
  auto written = co_await support_.people.write(std::move(**entry), *kind);
  if (!written) co_return problem(written.error());
  if (*written == Written::queued) co_return json_answer(202, {{"state", "queued"}});
  co_return co_await refuse(call, "contact.send", id, refusal_of(*written));
}

}  // namespace syncwell::api
