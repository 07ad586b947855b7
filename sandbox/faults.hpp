// Fault plans: which requests go wrong, and how. A plan is data (README, Faults), read from JSON, applied in order;
// what is random in it comes from a seeded Random, so that the same requests meet the same faults.
// Owned by the Sandbox; one thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_fault_rules = 256;
inline constexpr std::int64_t max_fault_latency_ms = 600'000;

enum class FaultKind {
  status,               // an error answer instead of the real one; nothing happens
  latency,              // the answer comes late
  reset_before_commit,  // the connection breaks; nothing happens
  reset_after_commit,   // the request takes effect; its answer is lost
  truncated_json,       // the request takes effect; its answer is cut in the middle
  renamed_field,  // the request takes effect; a field of its answer has another name, as after a provider's release
  slow_body,      // the answer drips
};

struct FaultMatch {
  std::string provider;     // "google_health", "strava", "pagerduty" or "zendesk"; empty: all
  std::string method;       // empty: any
  std::string path_prefix;  // of the whole path, "/strava/api/v3/uploads"; empty: any
  std::uint64_t nth = 0;    // only the nth matching request, from 1; 0: every one
  double probability = 1;
  std::uint64_t until_count = 0;  // no more after this many faults; 0: no end
};

struct Fault {
  FaultKind kind = FaultKind::status;
  int status = 503;
  std::optional<std::string> retry_after{};  // the header as given, also when it is nonsense
  Duration latency{0};
  std::string field{};  // renamed_field: "count" comes as "countV2"
};

struct FaultRule {
  FaultMatch match;
  Fault fault;
  std::uint64_t seen = 0;     // requests that matched provider, method and path
  std::uint64_t applied = 0;  // faults made
};

class FaultPlan {
 public:
  // {"rules":[{"match":{…},"fault":{"kind":…}}]}. Error: which rule, which member, why.
  [[nodiscard]] static std::expected<FaultPlan, std::string> from_json(const boost::json::value& json);
  [[nodiscard]] boost::json::object to_json() const;

  // The faults of one request: at most one that is no latency, the first that applies; all latencies add up.
  [[nodiscard]] std::vector<Fault> faults_for(std::string_view provider, std::string_view method, std::string_view path,
                                              Random& random);

 private:
  std::vector<FaultRule> rules_;
};

}  // namespace syncwell::sandbox
