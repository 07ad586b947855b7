// An imposter of PagerDuty's Events API v2, POST /v2/enqueue: a pure state machine, written from PagerDuty's developer
// documentation ("Events API v2", Overview and Send an Alert Event, read 2026-11), so that it can judge our client.
// Owned by the Sandbox; one thread. Nothing here throws on a bad request; memory is bounded.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_pagerduty_event_bytes = 512 * 1024;  // PagerDuty's
inline constexpr std::size_t max_pagerduty_incidents = 1'000;         // then 429

struct PagerDutyOptions {
  std::string routing_key = "syncwell-pagerduty-key";
};

class PagerDuty {
 public:
  struct Incident {
    std::string dedup_key;
    std::uint64_t triggers = 0;
    bool resolved = false;
    boost::json::object event{};  // the last trigger
  };

  explicit PagerDuty(PagerDutyOptions options = {}) : options_(std::move(options)) {}

  // `target` is the request's target without the "/pagerduty" prefix.
  [[nodiscard]] net::Response handle(const net::Request& request, const net::Target& target);

  // In the order in which they were opened. A key that is triggered after it was resolved opens another.
  [[nodiscard]] const std::vector<Incident>& incidents() const { return incidents_; }
  [[nodiscard]] const Incident* open_incident(std::string_view dedup_key) const;
  // {incidents:[{dedup_key, status, triggers, event}]}
  [[nodiscard]] boost::json::object state() const;
  void clear() { incidents_.clear(); }

 private:
  net::Response trigger(const boost::json::object& event, std::string key);
  Incident* find_open(std::string_view dedup_key);

  PagerDutyOptions options_;
  std::vector<Incident> incidents_;
};

// {status, message, errors:[…]}
[[nodiscard]] net::Response pagerduty_error(int status, std::string_view error);

}  // namespace syncwell::sandbox
