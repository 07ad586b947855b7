// The port for outward HTTP calls. Implementations: CurlClient (libcurl), the engine's OutwardClient that adds
// admission, breaker and tokens in front of another client, and the sandbox called directly (tests, simulation).
#pragma once

#include "base/async.hpp"
#include "base/runtime.hpp"
#include "net/http.hpp"

namespace syncwell::net {

inline constexpr std::size_t max_response_bytes = 64 * 1024 * 1024;

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // One request, one answer; redirects are not followed. An answer with any status is a success here: what a status
  // means is the caller's business. May be called by many coroutines of one thread at the same time.
  // Errors: timeout (nothing or not all by the deadline), connection_failed (no name, refused, reset, truncated),
  // refused_address (private or loopback target that the configuration does not allow), too_large (body over
  // max_response_bytes), invalid_argument (no http/https URL), cancelled.
  [[nodiscard]] virtual Async<Result<Response>> send(Request request, Deadline deadline) = 0;
};

}  // namespace syncwell::net
