// The HttpClient that providers get: before each call the circuit breaker (PROV-5) and the rate limiter (PROV-4) are
// asked, the access token is added (PROV-2), and afterwards breaker and limiter learn from the answer. Admission comes
// before the call's own time-out starts. A short wait for the limiter is slept here; a long one is the error
// rate_limited with retry_after, and the job goes back to the queue (DEC-1).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/mutex.hpp"
#include "engine/circuit_breaker.hpp"
#include "engine/observer.hpp"
#include "engine/rate_limiter.hpp"
#include "engine/token_source.hpp"
#include "net/http_client.hpp"
#include "providers/provider.hpp"

namespace syncwell::engine {

inline constexpr Duration max_inline_wait = std::chrono::seconds{2};
inline constexpr Duration default_retry_after = std::chrono::seconds{60};  // 429 without a usable Retry-After
inline constexpr Duration call_timeout = std::chrono::seconds{60};

// One breaker per provider, made when first asked for. Thread-safe; references stay valid.
class Breakers {
 public:
  explicit Breakers(BreakerSettings settings) : settings_(settings) {}
  [[nodiscard]] CircuitBreaker& of(const std::string& provider);
  void set_mode(const std::string& provider, CircuitBreaker::Mode mode) { of(provider).set_mode(mode); }
  // For all that there are and all that come.
  void configure(BreakerSettings settings);
  // Provider key → state, for metrics.
  [[nodiscard]] std::map<std::string, CircuitBreaker::State> states() const;

 private:
  mutable Mutex mutex_;
  BreakerSettings settings_ SYNCWELL_GUARDED_BY(mutex_);
  std::map<std::string, std::unique_ptr<CircuitBreaker>> breakers_ SYNCWELL_GUARDED_BY(mutex_);
};

class OutwardClient final : public net::HttpClient {
 public:
  // References outlive the client. `connection_id` is what per-user limits count by; empty for calls of the
  // application itself. Without `set_tokens` the calls carry no token (OAuth exchanges).
  OutwardClient(net::HttpClient& http, RateLimiter& limiter, Breakers& breakers, Runtime& runtime,
                const providers::DataProvider& provider, std::string connection_id, Priority priority);
  void set_tokens(TokenSource* tokens) { tokens_ = tokens; }
  // Tells of each call, as a part of `parent`.
  void set_observer(Observer* observer, TraceContext parent) {
    observer_ = observer;
    parent_ = std::move(parent);
  }

  // The account's grant was refused (401, 403, or a refresh that the provider denied).
  [[nodiscard]] bool was_refused() const { return refused_; }

  // Errors beside those of HttpClient: rate_limited and circuit_open (with retry_after), those of TokenSource.
  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline deadline) override;

 private:
  [[nodiscard]] Async<Result<net::Response>> send_with_token(net::Request request, Deadline deadline);
  [[nodiscard]] Async<Result<void>> admit(const net::Request& request, Deadline deadline);
  [[nodiscard]] Async<Result<net::Response>> call(net::Request request, Deadline deadline);
  void tell(const Result<net::Response>& answer, const std::string& method, Instant began, Duration took) const;
  void learn(const Result<net::Response>& answer, const net::Request& request, Duration took);
  [[nodiscard]] RateRequest rate_request(const net::Request& request) const;

  net::HttpClient& http_;
  RateLimiter& limiter_;
  CircuitBreaker& breaker_;
  Runtime& runtime_;
  const providers::DataProvider& provider_;
  std::string connection_id_;
  Priority priority_;
  TokenSource* tokens_ = nullptr;
  bool refused_ = false;
  Observer* observer_ = nullptr;
  TraceContext parent_{};
};

}  // namespace syncwell::engine
