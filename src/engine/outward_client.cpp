#include "engine/outward_client.hpp"

namespace syncwell::engine {

CircuitBreaker& Breakers::of(const std::string& provider) {
  const MutexLock lock(mutex_);
  auto& breaker = breakers_[provider];
  if (!breaker) breaker = std::make_unique<CircuitBreaker>(settings_);
  return *breaker;
}

void Breakers::configure(BreakerSettings settings) {
  const MutexLock lock(mutex_);
  settings_ = settings;
  for (const auto& [provider, breaker] : breakers_) breaker->configure(settings);
}

std::map<std::string, CircuitBreaker::State> Breakers::states() const {
  const MutexLock lock(mutex_);
  std::map<std::string, CircuitBreaker::State> states;
  for (const auto& [provider, breaker] : breakers_) states[provider] = breaker->state();
  return states;
}

OutwardClient::OutwardClient(net::HttpClient& http, RateLimiter& limiter, Breakers& breakers, Runtime& runtime,
                             const providers::DataProvider& provider, std::string connection_id, Priority priority)
    : http_(http),
      limiter_(limiter),
      breaker_(breakers.of(provider.capabilities().key)),
      runtime_(runtime),
      provider_(provider),
      connection_id_(std::move(connection_id)),
      priority_(priority) {}

RateRequest OutwardClient::rate_request(const net::Request& request) const {
  return {provider_.capabilities().key, connection_id_, priority_, provider_.is_read(request)};
}

Async<Result<net::Response>> OutwardClient::send(net::Request request, Deadline deadline) {
  auto answer = tokens_ == nullptr ? co_await call(std::move(request), deadline)
                                   : co_await send_with_token(std::move(request), deadline);
  refused_ = refused_ || (answer ? answer->status == 401 || answer->status == 403
                                 : retry_class_of(answer.error().code) == RetryClass::permanent_auth);
  co_return answer;
}

Async<Result<net::Response>> OutwardClient::send_with_token(net::Request request, Deadline deadline) {
  auto token = co_await tokens_->access_token(deadline);
  if (!token) co_return fail(std::move(token.error()));
  request.headers.set("Authorization", "Bearer " + *token);
  auto answer = co_await call(request, deadline);
  if (!answer || answer->status != 401) co_return answer;
  // Refused before its time: the provider may have expired it early. One fresh token, one more try.
  auto fresh = co_await tokens_->replace_refused(*token, deadline);
  if (!fresh) co_return fail(std::move(fresh.error()));
  request.headers.set("Authorization", "Bearer " + *fresh);
  co_return co_await call(std::move(request), deadline);
}

Async<Result<net::Response>> OutwardClient::call(net::Request request, Deadline deadline) {
  auto admitted = co_await admit(request, deadline);
  if (!admitted) co_return fail(std::move(admitted.error()));
  const Steady began = runtime_.steady_now();
  const Instant began_at = runtime_.now();
  auto answer = co_await http_.send(request, deadline.no_later_than(Deadline::after(runtime_, call_timeout)));
  const Duration took = runtime_.steady_now() - began;
  learn(answer, request, took);
  tell(answer, request.method, began_at, took);
  co_return answer;
}

void OutwardClient::tell(const Result<net::Response>& answer, const std::string& method, Instant began,
                         Duration took) const {
  if (observer_ == nullptr) return;
  CallEnded call{
      .provider = provider_.capabilities().key, .method = method, .began = began, .took = took, .parent = parent_};
  if (answer) {
    call.status = answer->status;
  } else {
    call.error = answer.error().code;
  }
  observer_->call_ended(call);
}

Async<Result<void>> OutwardClient::admit(const net::Request& request, Deadline deadline) {
  // A call without a token belongs to a sign-in: reading needs it, too.
  if (const auto wait = breaker_.switched_off(tokens_ == nullptr || provider_.is_read(request))) {
    Error off{ErrorCode::circuit_open,
              provider_.capabilities().display_name + " is switched off or read-only by the operator for now"};
    off.retry_after = *wait;
    co_return fail(std::move(off));
  }
  const auto& rules = provider_.capabilities().rate_rules;
  while (true) {
    auto wait = co_await limiter_.acquire(rules, rate_request(request));
    if (!wait) co_return fail(std::move(wait.error()));
    if (*wait == Duration{0}) break;
    if (*wait > max_inline_wait || *wait > deadline.remaining(runtime_)) {
      Error limited{ErrorCode::rate_limited, provider_.capabilities().display_name + " allows no call at the moment"};
      limited.retry_after = *wait;
      co_return fail(std::move(limited));
    }
    auto slept = co_await runtime_.sleep_for(*wait);
    if (!slept) co_return fail(std::move(slept.error()));
  }
  if (const auto wait = breaker_.admit(runtime_.steady_now())) {
    Error open{ErrorCode::circuit_open, provider_.capabilities().display_name + " is failing: calls are paused"};
    open.retry_after = *wait;
    co_return fail(std::move(open));
  }
  co_return Result<void>{};
}

void OutwardClient::learn(const Result<net::Response>& answer, const net::Request& request, Duration took) {
  const Steady now = runtime_.steady_now();
  if (!answer) {
    const bool says_something = retry_class_of(answer.error().code) == RetryClass::transient;
    says_something ? breaker_.record(now, true, took) : breaker_.abandon();
    return;
  }
  breaker_.record(now, answer->status >= 500, took);
  limiter_.correct(provider_.capabilities().rate_rules, rate_request(request), provider_.rate_feedback(*answer));
  if (answer->status == 429) {
    const Error error = providers::classify(*answer, provider_.capabilities().key, runtime_.now());
    limiter_.block(rate_request(request), error.retry_after.value_or(default_retry_after));
  }
}

}  // namespace syncwell::engine
