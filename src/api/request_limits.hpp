// How many requests one person may make (RateLimit headers: draft-ietf-httpapi-ratelimit-headers-10). A bucket per
// person that fills evenly, in memory: a restart fills all of them, which harms nobody. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/runtime.hpp"
#include "net/http.hpp"

namespace syncwell::api {

inline constexpr std::size_t max_request_buckets = 200'000;
inline constexpr Duration request_window = std::chrono::seconds{60};

class RequestLimits {
 public:
  // `per_window`: at least 1.
  RequestLimits(Runtime& runtime, std::uint32_t per_window) : runtime_(runtime), per_window_(per_window) {}

  void set(std::uint32_t per_window) { per_window_ = per_window; }
  struct Verdict {
    bool admitted = false;
    std::uint32_t remaining = 0;
    Duration until_full{0};
    Duration retry_after{0};  // only when not admitted
  };
  [[nodiscard]] Verdict admit(const std::string& user);
  // RateLimit and RateLimit-Policy; Retry-After where the call was not admitted.
  void describe(const Verdict& verdict, net::Response& answer) const;

 private:
  void forget_full_buckets();

  Runtime& runtime_;
  std::uint32_t per_window_;
  // When a person's bucket will be full again; who is not here has a full one.
  std::unordered_map<std::string, Steady> full_at_;
};

}  // namespace syncwell::api
