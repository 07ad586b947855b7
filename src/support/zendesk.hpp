// Tickets in Zendesk Support. Stateless: every call is one attempt; retries are the desk's business.
// One thread, that of the runtime; many calls may run at the same time. Cancellation: Error{cancelled}, and what was
// asked for may have been done.
// Sources: Zendesk developer documentation, "Ticketing" (Introduction with Idempotency; Tickets), "Requests",
// "Creating and updating tickets", "Security and authentication", read 2026-11.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "base/runtime.hpp"
#include "net/http_client.hpp"

namespace syncwell::support {

inline constexpr Duration zendesk_timeout = std::chrono::seconds{20};  // for one request
inline constexpr std::size_t max_zendesk_answer_bytes = 1024 * 1024;   // a longer one is not read
inline constexpr std::size_t max_ticket_subject_bytes = 150;           // longer ones are cut
inline constexpr std::size_t max_ticket_text_bytes = 60 * 1024;        // of a body or comment; Zendesk takes 64 KB
inline constexpr std::size_t max_ticket_tags = 20;                     // further ones are left out
inline constexpr std::size_t max_external_id_bytes = 200;

struct ZendeskSettings {
  std::string base_url;   // "https://example.zendesk.com"
  std::string email;      // of the agent in whose name tickets are opened
  std::string api_token;  // secret
};

enum class TicketPriority { low, normal, high, urgent };
[[nodiscard]] std::string_view name_of(TicketPriority priority) noexcept;

struct TicketRequester {
  std::string name;
  std::string email;
};

struct Ticket {
  std::string external_id;  // ours: letters, digits, "-", "_", ".", ":"; one ticket for each
  std::string subject;
  std::string body;  // plain text
  TicketPriority priority = TicketPriority::normal;
  std::vector<std::string> tags{};  // what Zendesk takes for no tag becomes "_"
  // A person: the ticket is theirs and they can read its body. None: a ticket among agents, whose body is internal.
  std::optional<TicketRequester> requester{};
  std::string locale{};  // becomes the tag "locale_de-at": what language a person is to be answered in
};

class Zendesk {
 public:
  // `http` and `runtime` outlive this object.
  Zendesk(net::HttpClient& http, Runtime& runtime, ZendeskSettings settings);

  // The ticket's id. Looks for a ticket with this external id first and gives that one's; so a repetition opens no
  // second one. Between two attempts at the same moment, Zendesk's Idempotency-Key decides (it remembers for two
  // hours). Errors: invalid_argument (external id), those of an answer (outward_answer.hpp; 401 says which settings to
  // look at; 429 brings retry_after), provider_failed for an answer that cannot be read (then nothing more is done),
  // those of HttpClient.
  [[nodiscard]] Async<Result<std::string>> open(Ticket ticket);

  // Adds to a ticket. Zendesk has no way to say "once": a repetition after a timeout adds it again.
  // Errors: not_found (no such ticket, or deleted), provider_rejected (closed for good, besides what is wrong with the
  // request), invalid_argument (an id that is no number), and as above.
  [[nodiscard]] Async<Result<void>> comment(std::string id, std::string text, bool is_public);
  // The same, and the ticket is solved; the text is public. Looks first: a ticket that is solved or closed already is
  // left as it is, so that a repetition adds nothing.
  [[nodiscard]] Async<Result<void>> solve(std::string id, std::string text);

 private:
  [[nodiscard]] net::Request request(std::string_view method, std::string_view path) const;
  [[nodiscard]] Async<Result<net::Response>> send(net::Request request);
  [[nodiscard]] Async<Result<std::optional<std::string>>> find(std::string external_id);
  // One request about a ticket; the ticket as it is afterwards.
  [[nodiscard]] Async<Result<boost::json::object>> at_ticket(std::string_view method, std::string id, std::string body);
  [[nodiscard]] Async<Result<void>> update(std::string id, std::string body);

  net::HttpClient& http_;
  Runtime& runtime_;
  std::string base_url_;
  std::string authorization_;
};

}  // namespace syncwell::support
