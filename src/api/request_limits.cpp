#include "api/request_limits.hpp"

#include <fmt/format.h>

namespace syncwell::api {
namespace {

std::int64_t seconds_up(Duration duration) { return std::chrono::ceil<std::chrono::seconds>(duration).count(); }

}  // namespace

// The generic cell rate algorithm: a request moves the moment at which the bucket is full by one request's share.
RequestLimits::Verdict RequestLimits::admit(const std::string& user) {
  const Steady now = runtime_.steady_now();
  const auto known = full_at_.find(user);
  const Steady full_at = known == full_at_.end() ? now : std::max(now, known->second);
  // In microseconds: a share may be shorter than a millisecond.
  using Fine = std::chrono::microseconds;
  const Fine share = Fine{request_window} / per_window_;
  const Fine spent = full_at - now;
  Verdict verdict;
  verdict.admitted = spent + share <= Fine{request_window};
  if (!verdict.admitted) {
    verdict.retry_after = std::chrono::ceil<Duration>(spent + share - Fine{request_window});
    verdict.until_full = std::chrono::ceil<Duration>(spent);
    return verdict;
  }
  if (known == full_at_.end() && full_at_.size() >= max_request_buckets) forget_full_buckets();
  const Steady moved = now + std::chrono::ceil<Duration>(spent + share);
  full_at_.insert_or_assign(user, moved);
  verdict.until_full = moved - now;
  verdict.remaining = static_cast<std::uint32_t>((Fine{request_window} - spent - share) / share);
  return verdict;
}

void RequestLimits::forget_full_buckets() {
  std::erase_if(full_at_, [now = runtime_.steady_now()](const auto& each) { return each.second <= now; });
  if (full_at_.size() >= max_request_buckets) full_at_.clear();
}

void RequestLimits::describe(const Verdict& verdict, net::Response& answer) const {
  answer.headers.set("RateLimit-Policy", fmt::format("\"user\";q={};w={}", per_window_, seconds_up(request_window)));
  answer.headers.set("RateLimit", fmt::format("\"user\";r={};t={}", verdict.remaining, seconds_up(verdict.until_full)));
  if (!verdict.admitted) {
    answer.headers.set("Retry-After", std::to_string(std::max<std::int64_t>(1, seconds_up(verdict.retry_after))));
  }
}

}  // namespace syncwell::api
