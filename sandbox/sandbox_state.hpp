// The inside of the Sandbox, shared by routing (sandbox.cpp) and the control endpoints (control*.cpp). Not for others.
#pragma once

#include <deque>
#include <map>
#include <tuple>

#include "base/random.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/sandbox.hpp"

namespace syncwell::sandbox {

struct Sandbox::State {
  explicit State(SandboxOptions options)
      : token_random(options.seed),
        fault_random(options.seed ^ 0x9e3779b97f4a7c15ULL),
        google_health(std::move(options.google_health), token_random),
        strava(std::move(options.strava), token_random),
        pagerduty(std::move(options.pagerduty)),
        zendesk(std::move(options.zendesk)) {}

  // Answers what a service answers, faults included. `whole` has the whole path.
  net::Response handle_provider(std::string_view provider, const net::Request& request, const net::Target& whole,
                                std::string_view prefix, Instant now);
  // The same without faults; `inner` is the target without the service's prefix.
  net::Response ask(std::string_view provider, const net::Request& request, const net::Target& inner, Instant now);
  net::Response handle_control(const net::Request& request, const net::Target& target, Instant now);

  net::Response set_webhooks(const net::Request& request);
  [[nodiscard]] net::Response show_webhooks() const;

  net::Response handle_demo(std::string_view path, const net::Target& target, Instant now);
  std::size_t seed_demo_account(const std::string& account, Instant until, int days);
  std::size_t finish_demo_sleep(const std::string& account, Instant until, int days);

  Random token_random;
  Random fault_random;
  GoogleHealth google_health;
  Strava strava;
  PagerDuty pagerduty;
  Zendesk zendesk;
  FaultPlan faults;
  Duration clock_shift{0};
  std::deque<Delivery> deliveries;  // the last ones
  std::map<std::tuple<std::string, std::string, std::string, int>, std::uint64_t>
      requests;  // provider, method, path, status
};

}  // namespace syncwell::sandbox
