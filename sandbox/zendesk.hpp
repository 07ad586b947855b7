// An imposter of Zendesk Support's tickets: list by external id, show, create (with Idempotency-Key), update with
// comments. A pure state machine, written from Zendesk's developer documentation ("Ticketing": Introduction, Tickets;
// "Requests"; read 2026-11), so that it can judge our client.
// Owned by the Sandbox; one thread. Nothing here throws on a bad request; memory is bounded.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "net/http.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_zendesk_tickets = 2'000;            // then 429
inline constexpr std::size_t max_zendesk_comments_per_ticket = 500;  // then 422
inline constexpr std::size_t max_zendesk_comment_bytes = 64 * 1024;

struct ZendeskOptions {
  std::string agent_email = "agent@sync.example";
  std::string api_token = "syncwell-zendesk-token";
  Duration idempotency_life = std::chrono::hours{2};
};

class Zendesk {
 public:
  struct Comment {
    std::string body;
    bool is_public = true;
  };
  struct Ticket {
    std::int64_t id = 0;
    std::string external_id{};
    std::string subject{};
    std::string status = "new";
    std::string priority{};
    std::vector<std::string> tags{};
    std::string requester_email{};
    std::vector<Comment> comments{};  // the first is the description
  };

  explicit Zendesk(ZendeskOptions options = {}) : options_(std::move(options)) {}

  // `target` is the request's target without the "/zendesk" prefix.
  [[nodiscard]] net::Response handle(const net::Request& request, const net::Target& target, Instant now);

  [[nodiscard]] const std::map<std::int64_t, Ticket>& tickets() const { return tickets_; }
  // What an agent does: closes for good (no more changes), or deletes. False: no such ticket.
  bool close(std::int64_t id);
  bool remove(std::int64_t id) { return tickets_.erase(id) == 1; }
  // {tickets:[{…, comments:[{body, public}]}]}
  [[nodiscard]] boost::json::object state() const;
  void clear();

 private:
  struct Remembered {
    std::string body;
    std::int64_t ticket = 0;
    Instant until{};
  };
  net::Response list(const net::Target& target) const;
  net::Response create(const net::Request& request, Instant now);
  net::Response update(Ticket& ticket, const net::Request& request);

  ZendeskOptions options_;
  std::map<std::int64_t, Ticket> tickets_;
  std::map<std::string, Remembered, std::less<>> remembered_;  // by Idempotency-Key; as many as tickets at most
  std::int64_t last_id_ = 0;
};

// {error, description}
[[nodiscard]] net::Response zendesk_error(int status, std::string_view error, std::string_view description);

}  // namespace syncwell::sandbox
