// The RateLimiter port (ARCH-11, PROV-4) and its in-process implementation: how many calls a provider allows, per
// application and per user, shared by all workers.
//
// Not a plain token bucket: one of capacity L that refills L per window lets 2 L calls pass within a window, and the
// provider refuses half of them. Here a rule counts the calls of the last window in 16 slots, or, for aligned rules,
// those since the window began, so that no window of the provider's ever sees more than its limit.
// Priorities leave headroom: low may use 70 % of a limit, medium 90 %, high all of it (low is denied first).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "base/runtime.hpp"
#include "providers/provider.hpp"

namespace syncwell::engine {

enum class Priority { high, medium, low };
[[nodiscard]] std::string_view name_of(Priority priority) noexcept;
[[nodiscard]] std::optional<Priority> parse_priority(std::string_view name);

struct RateRequest {
  std::string provider;
  std::string user;  // connection id: what the per-user rules count by
  Priority priority = Priority::medium;
  bool is_read = true;
};

class RateLimiter {
 public:
  virtual ~RateLimiter() = default;
  // Zero: the call is counted under every rule that applies and may be made now. Otherwise nothing was counted and the
  // caller waits at least that long. May be called from any thread. Error: cancelled.
  [[nodiscard]] virtual Async<Result<Duration>> acquire(const std::vector<providers::RateRule>& rules,
                                                        RateRequest request) = 0;
  // The provider said how much is used and allowed (either may be more than we believed), or (429) that nothing is
  // allowed for this long.
  virtual void correct(const std::vector<providers::RateRule>& rules, const RateRequest& request,
                       const std::vector<providers::RateFeedback>& feedback) = 0;
  virtual void block(const RateRequest& request, Duration wait) = 0;
};

class InProcessRateLimiter final : public RateLimiter {
 public:
  static constexpr std::int64_t slots = 16;
  static constexpr std::size_t max_windows = 200'000;  // idle users are forgotten past this

  // Both may be called from any thread. The wall clock tells aligned windows only: everything else must not wait for
  // hours because a clock was wrong and is right again.
  InProcessRateLimiter(std::function<Instant()> now, std::function<Steady()> steady_now)
      : now_(std::move(now)), steady_now_(std::move(steady_now)) {}
  [[nodiscard]] Async<Result<Duration>> acquire(const std::vector<providers::RateRule>& rules,
                                                RateRequest request) override;
  void correct(const std::vector<providers::RateRule>& rules, const RateRequest& request,
               const std::vector<providers::RateFeedback>& feedback) override;
  void block(const RateRequest& request, Duration wait) override;

  // What is left of the rules that all users of a provider share, for metrics.
  struct Budget {
    std::string rule;
    std::uint32_t limit = 0;
    std::uint32_t used = 0;
  };
  [[nodiscard]] std::vector<Budget> budgets(const std::string& provider, const std::vector<providers::RateRule>& rules);

 private:
  struct Window {
    std::array<std::uint32_t, 16> used{};
    std::int64_t newest_slot = 0;
    std::uint32_t limit = 0;  // as the provider named it; 0: as the rule says
    Steady used_last{};
    [[nodiscard]] std::uint32_t total() const;
  };
  // What the rule's windows are counted by: the wall clock where they are aligned.
  [[nodiscard]] Duration time_for(const providers::RateRule& rule) const;
  Window& window(const providers::RateRule& rule, const RateRequest& request) SYNCWELL_REQUIRES(mutex_);
  [[nodiscard]] Duration wait_for(const providers::RateRule& rule, const Window& window, Priority priority) const;
  void forget_idle() SYNCWELL_REQUIRES(mutex_);

  std::function<Instant()> now_;
  std::function<Steady()> steady_now_;
  Mutex mutex_;
  std::map<std::string, Window> windows_ SYNCWELL_GUARDED_BY(mutex_);
  std::map<std::string, Steady> blocked_until_ SYNCWELL_GUARDED_BY(mutex_);
};

}  // namespace syncwell::engine
