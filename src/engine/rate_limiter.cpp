#include "engine/rate_limiter.hpp"

#include <algorithm>
#include <numeric>

namespace syncwell::engine {
namespace {

constexpr std::string_view separator = "\x1f";

std::string window_key(const providers::RateRule& rule, const RateRequest& request) {
  std::string key = request.provider;
  key.append(separator).append(rule.name);
  if (rule.scope == providers::RateScope::user) key.append(separator).append(request.user);
  return key;
}

std::string block_key(const RateRequest& request) {
  return std::string(request.provider).append(separator).append(request.user);
}

Duration slot_length(const providers::RateRule& rule) {
  // One slot less than there are: the oldest may lie partly outside the window, and still counts.
  return rule.aligned ? rule.window : std::max(Duration{1}, rule.window / (InProcessRateLimiter::slots - 1));
}

std::uint32_t allowed(std::uint32_t limit, Priority priority) {
  switch (priority) {
    case Priority::high:
      return limit;
    case Priority::medium:
      return std::max<std::uint32_t>(1, limit - limit / 10);
    case Priority::low:
      return std::max<std::uint32_t>(1, limit - limit * 3 / 10);
  }
  return limit;
}

bool applies(const providers::RateRule& rule, const RateRequest& request) {
  return request.is_read || !rule.reads_only;
}

}  // namespace

std::uint32_t InProcessRateLimiter::Window::total() const { return std::accumulate(used.begin(), used.end(), 0U); }

Duration InProcessRateLimiter::time_for(const providers::RateRule& rule) const {
  return rule.aligned ? now_().time_since_epoch() : steady_now_().time_since_epoch();
}

// The window with everything older than it dropped.
InProcessRateLimiter::Window& InProcessRateLimiter::window(const providers::RateRule& rule,
                                                           const RateRequest& request) {
  Window& window = windows_[window_key(rule, request)];
  window.used_last = steady_now_();
  const std::int64_t slot = time_for(rule) / slot_length(rule);
  if (rule.aligned) {
    if (slot != window.newest_slot) window = Window{{}, slot, window.limit};
    return window;
  }
  const std::int64_t passed = std::clamp<std::int64_t>(slot - window.newest_slot, 0, slots);
  for (std::int64_t i = 1; i <= passed; ++i)
    window.used[static_cast<std::size_t>((window.newest_slot + i) % slots)] = 0;
  window.newest_slot = std::max(window.newest_slot, slot);
  return window;
}

Duration InProcessRateLimiter::wait_for(const providers::RateRule& rule, const Window& window,
                                        Priority priority) const {
  const std::uint32_t limit = allowed(window.limit == 0 ? rule.limit : window.limit, priority);
  std::uint32_t used = window.total();
  if (used < limit) return Duration{0};
  const Duration length = slot_length(rule);
  const Duration in_slot = std::max(Duration{0}, time_for(rule) - window.newest_slot * length);
  if (rule.aligned) return std::max(Duration{1}, length - in_slot);
  // Until enough of the oldest slots have left the window.
  for (std::int64_t age = slots - 1; age > 0; --age) {
    const auto index = static_cast<std::size_t>((window.newest_slot - age + slots) % slots);
    used -= window.used[index];
    if (used < limit) return std::max(Duration{1}, length * (slots - age) - in_slot);
  }
  return std::max(Duration{1}, length * slots - in_slot);
}

Async<Result<Duration>> InProcessRateLimiter::acquire(const std::vector<providers::RateRule>& rules,
                                                      RateRequest request) {
  const MutexLock lock(mutex_);
  const Steady now = steady_now_();
  Duration wait{0};
  if (const auto blocked = blocked_until_.find(block_key(request)); blocked != blocked_until_.end()) {
    if (blocked->second > now) {
      wait = blocked->second - now;
    } else {
      blocked_until_.erase(blocked);
    }
  }
  for (const auto& rule : rules) {
    if (applies(rule, request)) wait = std::max(wait, wait_for(rule, window(rule, request), request.priority));
  }
  if (wait == Duration{0}) {
    for (const auto& rule : rules) {
      if (!applies(rule, request)) continue;
      Window& counted = window(rule, request);
      ++counted.used[rule.aligned ? 0 : static_cast<std::size_t>(counted.newest_slot % slots)];
    }
  }
  if (windows_.size() > max_windows) forget_idle();
  co_return wait;
}

void InProcessRateLimiter::correct(const std::vector<providers::RateRule>& rules, const RateRequest& request,
                                   const std::vector<providers::RateFeedback>& feedback) {
  const MutexLock lock(mutex_);
  for (const auto& rule : rules) {
    const auto said = std::ranges::find(feedback, rule.name, &providers::RateFeedback::rule);
    if (said == feedback.end()) continue;
    Window& counted = window(rule, request);
    if (said->limit > 0) counted.limit = said->limit;
    const std::uint32_t known = counted.total();
    if (said->used > known)
      counted.used[rule.aligned ? 0 : static_cast<std::size_t>(counted.newest_slot % slots)] += said->used - known;
  }
}

void InProcessRateLimiter::block(const RateRequest& request, Duration wait) {
  const MutexLock lock(mutex_);
  Steady& blocked = blocked_until_[block_key(request)];
  blocked = std::max(blocked, steady_now_() + wait);
}

std::vector<InProcessRateLimiter::Budget> InProcessRateLimiter::budgets(const std::string& provider,
                                                                        const std::vector<providers::RateRule>& rules) {
  const MutexLock lock(mutex_);
  std::vector<Budget> list;
  for (const auto& rule : rules) {
    if (rule.scope != providers::RateScope::application) continue;
    const Window& counted = window(rule, RateRequest{provider, ""});
    list.push_back({rule.name, counted.limit == 0 ? rule.limit : counted.limit, counted.total()});
  }
  return list;
}

void InProcessRateLimiter::forget_idle() {
  const Steady now = steady_now_();
  std::erase_if(windows_, [&](const auto& entry) {
    return entry.second.total() == 0 || entry.second.used_last < now - std::chrono::hours{24};
  });
  std::erase_if(blocked_until_, [&](const auto& entry) { return entry.second <= now; });
}

std::string_view name_of(Priority priority) noexcept {
  switch (priority) {
    case Priority::high:
      return "high";
    case Priority::medium:
      return "medium";
    case Priority::low:
      return "low";
  }
  return "medium";
}

std::optional<Priority> parse_priority(std::string_view name) {
  for (const auto priority : {Priority::high, Priority::medium, Priority::low}) {
    if (name == name_of(priority)) return priority;
  }
  return std::nullopt;
}

}  // namespace syncwell::engine
