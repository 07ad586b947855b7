#include "sandbox/zendesk.hpp"

#include <algorithm>
#include <array>

#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using Ticket = Zendesk::Ticket;

constexpr std::array priorities{"urgent", "high", "normal", "low"};
constexpr std::array statuses{"new", "open", "pending", "hold", "solved", "closed"};
constexpr std::string_view collection = "/api/v2/tickets";

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const json::object* object_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

bool is_one_of(const auto& words, const std::string& word) { return std::ranges::find(words, word) != words.end(); }

net::Response invalid(std::string_view description) { return zendesk_error(422, "RecordInvalid", description); }

json::object render(const Ticket& ticket) {
  json::array tags;
  for (const std::string& tag : ticket.tags) tags.emplace_back(tag);
  json::object object{{"id", ticket.id},
                      {"subject", ticket.subject},
                      {"description", ticket.comments.empty() ? "" : ticket.comments.front().body},
                      {"status", ticket.status},
                      {"tags", std::move(tags)}};
  object["external_id"] = ticket.external_id.empty() ? json::value(nullptr) : json::value(ticket.external_id);
  object["priority"] = ticket.priority.empty() ? json::value(nullptr) : json::value(ticket.priority);
  return object;
}

// Takes the fields of a create or an update over; what is wrong with them, or empty.
std::string apply(const json::object& fields, Ticket& ticket) {
  if (fields.contains("priority")) {
    ticket.priority = text_of(fields, "priority");
    if (!is_one_of(priorities, ticket.priority)) return "Priority is not included in the list";
  }
  if (fields.contains("status")) {
    ticket.status = text_of(fields, "status");
    if (!is_one_of(statuses, ticket.status)) return "Status is not included in the list";
  }
  if (fields.contains("subject")) ticket.subject = text_of(fields, "subject");
  if (fields.contains("external_id")) ticket.external_id = text_of(fields, "external_id");
  if (const auto* tags = fields.if_contains("tags"); tags != nullptr) {
    if (!tags->is_array()) return "Tags is invalid";
    ticket.tags.clear();
    for (const json::value& tag : tags->get_array()) {
      if (!tag.is_string() || std::string_view(tag.get_string()).contains(' ')) return "Tags is invalid";
      ticket.tags.emplace_back(tag.get_string());
    }
  }
  if (const auto* requester = object_of(fields, "requester")) {
    ticket.requester_email = text_of(*requester, "email");
    if (text_of(*requester, "name").empty()) return "Requester: Name: is too short";
    if (!ticket.requester_email.contains('@')) return "Requester: Email is not properly formatted";
  }
  if (const auto* comment = object_of(fields, "comment")) {
    const std::string body = text_of(*comment, "body");
    if (body.empty() || body.size() > max_zendesk_comment_bytes) return "Comment: body cannot be blank or too long";
    if (ticket.comments.size() >= max_zendesk_comments_per_ticket) return "Comment: too many";
    const auto* is_public = comment->if_contains("public");
    ticket.comments.push_back({body, is_public == nullptr || !is_public->is_bool() || is_public->get_bool()});
  }
  return {};
}

// The body's "ticket"; nullopt where there is none.
std::optional<json::object> ticket_of(const net::Request& request) {
  const auto value = parse_json(request.body);
  const auto* fields = value && value->is_object() ? object_of(value->get_object(), "ticket") : nullptr;
  if (fields == nullptr) return std::nullopt;
  return *fields;
}

}  // namespace

net::Response zendesk_error(int status, std::string_view error, std::string_view description) {
  return json_response(status, json::object{{"error", error}, {"description", description}});
}

net::Response Zendesk::handle(const net::Request& request, const net::Target& target, Instant now) {
  constexpr std::string_view scheme = "Basic ";
  const std::string_view given = request.headers.get("Authorization").value_or("");
  const auto login = from_base64(given.starts_with(scheme) ? given.substr(scheme.size()) : "");
  if (login != options_.agent_email + "/token:" + options_.api_token) {
    return json_response(401, json::object{{"error", "Couldn't authenticate you"}});
  }
  std::string_view path = target.path;
  if (path.ends_with(".json")) path.remove_suffix(5);
  const bool has_json = request.headers.get("Content-Type").value_or("").starts_with("application/json");
  if (request.method != "GET" && !has_json) return zendesk_error(415, "UnsupportedMediaType", "send application/json");
  if (path == collection && request.method == "GET") return list(target);
  if (path == collection && request.method == "POST") return create(request, now);
  if (path.starts_with(collection) && path.size() > collection.size() && path[collection.size()] == '/') {
    const auto id = parse_integer(path.substr(collection.size() + 1));
    const auto found = id ? tickets_.find(*id) : tickets_.end();
    if (found != tickets_.end() && request.method == "GET") {
      return json_response(200, json::object{{"ticket", render(found->second)}});
    }
    if (found != tickets_.end() && request.method == "PUT") return update(found->second, request);
  }
  return zendesk_error(404, "RecordNotFound", "Not found");
}

net::Response Zendesk::list(const net::Target& target) const {
  const auto wanted = target.parameter("external_id");
  json::array rows;
  for (const auto& [id, ticket] : tickets_) {
    if (!wanted || ticket.external_id == *wanted) rows.push_back(render(ticket));
  }
  const auto count = rows.size();
  return json_response(
      200,
      json::object{{"tickets", std::move(rows)}, {"next_page", nullptr}, {"previous_page", nullptr}, {"count", count}});
}

net::Response Zendesk::create(const net::Request& request, Instant now) {
  const auto fields = ticket_of(request);
  if (!fields) return zendesk_error(400, "BadRequest", "ticket: an object is needed");
  const std::string key(request.headers.get("Idempotency-Key").value_or(""));
  std::erase_if(remembered_, [&](const auto& one) { return one.second.until <= now; });
  if (const auto known = remembered_.find(key); !key.empty() && known != remembered_.end()) {
    if (known->second.body != request.body) {
      return zendesk_error(400, "IdempotentRequestError", "Request parameters don't match the ones of this key");
    }
    const auto ticket = tickets_.find(known->second.ticket);
    if (ticket != tickets_.end()) {
      auto response = json_response(201, json::object{{"ticket", render(ticket->second)}});
      response.headers.set("x-idempotency-lookup", "hit");
      return response;
    }
  }
  if (tickets_.size() >= max_zendesk_tickets) return zendesk_error(429, "TooManyRequests", "Number of allowed tickets");
  Ticket ticket{.id = last_id_ + 1};
  if (object_of(*fields, "comment") == nullptr) return invalid("Description: cannot be blank");
  if (const std::string problem = apply(*fields, ticket); !problem.empty()) return invalid(problem);
  last_id_ = ticket.id;
  if (!key.empty()) remembered_[key] = {request.body, ticket.id, now + options_.idempotency_life};
  auto response = json_response(201, json::object{{"ticket", render(ticket)}});
  if (!key.empty()) response.headers.set("x-idempotency-lookup", "miss");
  tickets_.emplace(ticket.id, std::move(ticket));
  return response;
}

net::Response Zendesk::update(Ticket& ticket, const net::Request& request) {
  const auto fields = ticket_of(request);
  if (!fields) return zendesk_error(400, "BadRequest", "ticket: an object is needed");
  if (ticket.status == "closed") return invalid("Status: closed prevents ticket update");
  Ticket changed = ticket;
  if (const std::string problem = apply(*fields, changed); !problem.empty()) return invalid(problem);
  ticket = std::move(changed);
  return json_response(200, json::object{{"ticket", render(ticket)}});
}

bool Zendesk::close(std::int64_t id) {
  const auto found = tickets_.find(id);
  if (found == tickets_.end()) return false;
  found->second.status = "closed";
  return true;
}

json::object Zendesk::state() const {
  json::array list;
  for (const auto& [id, ticket] : tickets_) {
    json::object row = render(ticket);
    json::array comments;
    for (const Comment& comment : ticket.comments) {
      comments.push_back(json::object{{"body", comment.body}, {"public", comment.is_public}});
    }
    row["comments"] = std::move(comments);
    row["requester"] = ticket.requester_email;
    list.push_back(std::move(row));
  }
  return {{"tickets", std::move(list)}};
}

void Zendesk::clear() {
  tickets_.clear();
  remembered_.clear();
  last_id_ = 0;
}

}  // namespace syncwell::sandbox
