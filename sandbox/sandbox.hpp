// The sandbox: imposters of Google Health and Strava, of PagerDuty and Zendesk behind one port, and the control
// endpoints that seed, show, shift and break them. A pure state machine: the same requests at the same times give the
// same answers. Served over HTTP by `syncwell sandbox`, called directly by tests and by the simulation. URL layout:
// README.md. One thread. Requests never throw and never crash it; memory is bounded by the named maximums of its parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "net/http.hpp"
#include "sandbox/google_health.hpp"
#include "sandbox/handshake.hpp"
#include "sandbox/pagerduty.hpp"
#include "sandbox/strava.hpp"
#include "sandbox/zendesk.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_sandbox_body_bytes = 64 * 1024 * 1024;
inline constexpr std::size_t max_request_counters = 10'000;

struct SandboxOptions {
  std::uint64_t seed = 1;
  GoogleHealthOptions google_health{};
  StravaOptions strava{};
  PagerDutyOptions pagerduty{};
  ZendeskOptions zendesk{};
};

class Sandbox {
 public:
  explicit Sandbox(SandboxOptions options = {});
  ~Sandbox();
  Sandbox(Sandbox&&) noexcept;
  Sandbox& operator=(Sandbox&&) noexcept;

  // request.url is path and query ("/google/v4/users/me/identity"), or absolute: then host and port are ignored.
  // `now` is shifted by what POST /_sandbox/clock asked for.
  [[nodiscard]] net::Response handle(const net::Request& request, Instant now);

  // Webhooks: the sandbox says what is to be sent, others send it. What comes of changes (seeds, writes, a removed
  // application) and was not taken yet, signed for `now`.
  [[nodiscard]] std::vector<net::Request> take_notifications(Instant now);
  void note_delivery(Delivery delivery);
  // What has to be asked before handle() of this request, which creates a subscription; nullopt: nothing.
  [[nodiscard]] std::optional<Handshake> handshake_for(const net::Request& request) const;

  // The parts, for tests and the simulation.
  [[nodiscard]] GoogleHealth& google_health();
  [[nodiscard]] Strava& strava();
  [[nodiscard]] PagerDuty& pagerduty();
  [[nodiscard]] Zendesk& zendesk();

  // A demo person at Google Health: `days` local days before `until` (a UTC midnight) of steps, distance, floors, heart
  // rate, resting heart rate, HRV, SpO2, weight, sleep (first pass, CLASSIC) and exercise. The same arguments give the
  // same points, whatever the sandbox's seed; returns how many.
  std::size_t seed_demo_account(const std::string& account, Instant until, int days);
  // The second pass over those nights: STAGES replaces CLASSIC under the same names, updateTime moves. How many nights.
  std::size_t finish_demo_sleep(const std::string& account, Instant until, int days);

  struct State;  // sandbox_state.hpp; for the sandbox's own files

 private:
  std::unique_ptr<State> state_;
};

}  // namespace syncwell::sandbox
