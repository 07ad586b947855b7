#include "support/zendesk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/utf8.hpp"
#include "net/base64.hpp"
#include "store/attributes.hpp"
#include "support/outward_answer.hpp"

namespace syncwell::support {
namespace {

namespace json = boost::json;

constexpr std::string_view service = "Zendesk";
constexpr std::size_t max_tag_bytes = 80;
constexpr std::size_t max_name_bytes = 200;
constexpr std::size_t max_id_digits = 19;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// A comma would ask for several.
bool is_external_id(std::string_view text) {
  return !text.empty() && text.size() <= max_external_id_bytes && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.' || c == ':';
  });
}

bool is_ticket_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id_digits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string tag_of(std::string_view text) {
  std::string tag(text.substr(0, max_tag_bytes));
  for (char& c : tag) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_letter_or_digit(c) && c != '-' && c != '/') c = '_';
  }
  return tag;
}

std::string text_of(std::string_view text) { return as_utf8(cut_utf8(text, max_ticket_text_bytes)); }

std::string body_of(const Ticket& ticket) {
  json::object fields;
  fields["external_id"] = ticket.external_id;
  fields["subject"] = as_one_line(ticket.subject, max_ticket_subject_bytes);
  fields["comment"] = json::object{{"body", text_of(ticket.body)}, {"public", ticket.requester.has_value()}};
  fields["priority"] = name_of(ticket.priority);
  json::array tags;
  for (const auto& tag : ticket.tags) {
    if (!tag.empty() && tags.size() < max_ticket_tags) tags.emplace_back(tag_of(tag));
  }
  if (!ticket.locale.empty()) tags.emplace_back(tag_of("locale_" + ticket.locale));
  fields["tags"] = std::move(tags);
  if (ticket.requester) {
    fields["requester"] = json::object{{"name", as_one_line(ticket.requester->name, max_name_bytes)},
                                       {"email", as_one_line(ticket.requester->email, max_name_bytes)}};
  }
  return json::serialize(json::object{{"ticket", std::move(fields)}});
}

std::unexpected<Error> unreadable(const net::Response& answer) {
  Error error{
      ErrorCode::provider_failed,
      fmt::format("{} answered {} with something that is not its JSON; check the base URL", service, answer.status)};
  error.http_status = answer.status;
  return fail(std::move(error));
}

// The answer's object; nullopt for anything else.
std::optional<json::object> object_of(const net::Response& answer) {
  if (answer.body.size() > max_zendesk_answer_bytes) return std::nullopt;
  boost::system::error_code error;
  json::value value = json::parse(answer.body, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

// The id of {"id":7,"external_id":"…"}; nullopt where it is no ticket.
std::optional<std::string> id_of(const json::value& ticket) {
  const auto* object = ticket.if_object();
  const auto* id = object == nullptr ? nullptr : object->if_contains("id");
  if (id == nullptr || !id->is_int64() || id->get_int64() <= 0) return std::nullopt;
  return std::to_string(id->get_int64());
}

std::string_view advice_for(int status) {
  switch (status) {
    case 401:
      return "check the agent's e-mail address and API token, and that token access is switched on there";
    case 403:
      return "the agent may not do that; give it a role that may open and change tickets";
    case 404:
      return "check the base URL (https://<your name>.zendesk.com)";
    case 409:
      return "somebody changed the ticket at the same moment; it is tried again later";
    case 422:
      return "it does not accept this; a closed ticket takes no changes";
    default:
      if (status >= 300 && status < 400) return "it is elsewhere; check the base URL (https://<your name>.zendesk.com)";
      if (status == 408 || status == 429 || status >= 500) return "it is tried again later";
      return "the request was refused";
  }
}

std::unexpected<Error> refusal(const net::Response& answer) {
  return fail(error_of(answer, service, advice_for(answer.status)));
}

}  // namespace

std::string_view name_of(TicketPriority priority) noexcept {
  switch (priority) {
    case TicketPriority::low:
      return "low";
    case TicketPriority::normal:
      return "normal";
    case TicketPriority::high:
      return "high";
    case TicketPriority::urgent:
      break;
  }
  return "urgent";
}

Zendesk::Zendesk(net::HttpClient& http, Runtime& runtime, ZendeskSettings settings)
    : http_(http),
      runtime_(runtime),
      base_url_(std::move(settings.base_url)),
      authorization_("Basic " + net::encode_base64(settings.email + "/token:" + settings.api_token)) {
  while (base_url_.ends_with('/')) base_url_.pop_back();
}

net::Request Zendesk::request(std::string_view method, std::string_view path) const {
  net::Request request{std::string(method), base_url_ + std::string(path)};
  request.headers = {{"Authorization", authorization_}, {"Accept", "application/json"}};
  if (method != "GET") request.headers.set("Content-Type", "application/json");
  return request;
}

Async<Result<net::Response>> Zendesk::send(net::Request request) {
  co_return co_await http_.send(std::move(request), Deadline::after(runtime_, zendesk_timeout));
}

Async<Result<std::optional<std::string>>> Zendesk::find(std::string external_id) {
  auto answer = co_await send(request("GET", "/api/v2/tickets.json?external_id=" + net::percent_encode(external_id)));
  if (!answer) co_return fail(std::move(answer.error()));
  if (answer->status != 200) co_return refusal(*answer);
  const auto object = object_of(*answer);
  const auto* tickets = object ? object->if_contains("tickets") : nullptr;
  if (tickets == nullptr || !tickets->is_array()) co_return unreadable(*answer);
  for (const json::value& ticket : tickets->get_array()) {
    auto id = id_of(ticket);
    if (!id) co_return unreadable(*answer);
    // Whatever filtered the list: only the one that was asked for is ours.
    const auto* found = ticket.get_object().if_contains("external_id");
    if (found != nullptr && found->is_string() && found->get_string() == external_id) co_return std::move(id);
  }
  co_return std::nullopt;
}

Async<Result<std::string>> Zendesk::open(Ticket ticket) {
  if (!is_external_id(ticket.external_id)) {
    co_return fail(ErrorCode::invalid_argument,
                   "the ticket's external id: letters, digits, \"-\", \"_\", \".\" and \":\", at most 200");
  }
  auto existing = co_await find(ticket.external_id);
  if (!existing) co_return fail(std::move(existing.error()));
  if (*existing) co_return std::move(**existing);
  auto creation = request("POST", "/api/v2/tickets.json");
  creation.headers.set("Idempotency-Key", "syncwell-" + ticket.external_id);
  creation.body = body_of(ticket);
  auto answer = co_await send(std::move(creation));
  if (!answer) co_return fail(std::move(answer.error()));
  if (answer->status != 200 && answer->status != 201) co_return refusal(*answer);
  const auto object = object_of(*answer);
  const auto* made = object ? object->if_contains("ticket") : nullptr;
  auto id = made == nullptr ? std::nullopt : id_of(*made);
  if (!id) co_return unreadable(*answer);
  co_return std::move(*id);
}

Async<Result<json::object>> Zendesk::at_ticket(std::string_view method, std::string id, std::string body) {
  if (!is_ticket_id(id)) co_return fail(ErrorCode::invalid_argument, "the ticket's id is no number");
  auto asked = request(method, fmt::format("/api/v2/tickets/{}.json", id));
  asked.body = std::move(body);
  auto answer = co_await send(std::move(asked));
  if (!answer) co_return fail(std::move(answer.error()));
  if (answer->status == 404) {
    Error error{ErrorCode::not_found, "Zendesk answered 404: there is no such ticket any more"};
    error.http_status = answer->status;
    co_return fail(std::move(error));
  }
  if (answer->status != 200) co_return refusal(*answer);
  // A page that says 200 to everything has changed no ticket.
  const auto object = object_of(*answer);
  const auto* ticket = object ? object->if_contains("ticket") : nullptr;
  if (ticket == nullptr || id_of(*ticket) != id) co_return unreadable(*answer);
  co_return ticket->get_object();
}

Async<Result<void>> Zendesk::update(std::string id, std::string body) {
  auto ticket = co_await at_ticket("PUT", std::move(id), std::move(body));
  if (!ticket) co_return fail(std::move(ticket.error()));
  co_return Result<void>{};
}

Async<Result<void>> Zendesk::comment(std::string id, std::string text, bool is_public) {
  const json::object comment{{"body", text_of(text)}, {"public", is_public}};
  return update(std::move(id), json::serialize(json::object{{"ticket", json::object{{"comment", comment}}}}));
}

Async<Result<void>> Zendesk::solve(std::string id, std::string text) {
  const auto ticket = co_await at_ticket("GET", id, "");
  if (!ticket) co_return fail(ticket.error());
  const auto status = store::text_attribute(*ticket, "status");
  if (status == "solved" || status == "closed") co_return Result<void>{};
  const json::object comment{{"body", text_of(text)}, {"public", true}};
  co_return co_await update(
      std::move(id),
      json::serialize(json::object{{"ticket", json::object{{"status", "solved"}, {"comment", comment}}}}));
}

}  // namespace syncwell::support
