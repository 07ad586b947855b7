#include "base/virtual_runtime.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <vector>

namespace syncwell {

namespace asio = boost::asio;

using Task = std::move_only_function<void()>;

// Ready tasks and timers. Handlers that are still here at the end are destroyed unrun, as io_context does.
class VirtualRuntime::Context final : public asio::execution_context {
 public:
  Context(std::uint64_t seed) : order_(seed) {}
  ~Context() {
    // Destroying a task may destroy a coroutine whose destructor posts or cancels: empty the containers first.
    while (!ready_.empty() || !timers_.empty()) {
      auto ready = std::exchange(ready_, {});
      auto timers = std::exchange(timers_, {});
    }
    shutdown();
    destroy();
  }

  void post(Task task) { ready_.push_back(std::move(task)); }

  std::uint64_t add_timer(Steady when, std::move_only_function<void(bool cancelled)> handler) {
    timers_.emplace(std::pair{when, ++next_timer_}, std::move(handler));
    return next_timer_;
  }

  void cancel_timer(Steady when, std::uint64_t id) {
    if (auto node = timers_.extract({when, id})) {
      post([handler = std::move(node.mapped())]() mutable { handler(true); });
    }
  }

  bool run_one_ready() {
    if (ready_.empty()) return false;
    const std::size_t pick = order_.below(ready_.size());
    hash_ = (hash_ ^ (pick + ready_.size() * 1315423911ULL)) * 1099511628211ULL;
    std::swap(ready_[pick], ready_.back());
    Task task = std::move(ready_.back());
    ready_.pop_back();
    running_ = true;
    task();
    running_ = false;
    return true;
  }

  [[nodiscard]] bool runs_a_handler() const { return running_; }

  // Moves time to the next timer that is due by `limit` and makes it ready.
  bool advance(Steady limit) {
    if (timers_.empty() || timers_.begin()->first.first > limit) return false;
    steady_now = std::max(steady_now, timers_.begin()->first.first);
    auto node = timers_.extract(timers_.begin());
    post([handler = std::move(node.mapped())]() mutable { handler(false); });
    return true;
  }

  std::uint64_t hash() const { return hash_; }

  Steady steady_now{std::chrono::hours{1}};
  Instant start{};

 private:
  std::vector<Task> ready_;
  std::map<std::pair<Steady, std::uint64_t>, std::move_only_function<void(bool)>> timers_;
  std::uint64_t next_timer_ = 0;
  bool running_ = false;
  std::uint64_t hash_ = 14695981039346656037ULL;
  Random order_;
};

namespace {

// The executor type that any_io_executor wraps. As with an io_context, what is posted waits for its turn, and what is
// dispatched by a handler runs at once: Boost.Asio's cancellation of coroutines relies on that.
template <class Context>
class VirtualExecutor {
 public:
  explicit VirtualExecutor(Context& context) noexcept : context_(&context) {}

  Context& query(asio::execution::context_t) const noexcept { return *context_; }
  asio::execution::blocking_t query(asio::execution::blocking_t) const noexcept {
    return may_run_at_once_ ? asio::execution::blocking_t(asio::execution::blocking.possibly)
                            : asio::execution::blocking_t(asio::execution::blocking.never);
  }
  VirtualExecutor require(asio::execution::blocking_t::never_t) const noexcept { return with(false); }
  VirtualExecutor require(asio::execution::blocking_t::possibly_t) const noexcept { return with(true); }

  template <class Function>
  void execute(Function function) const {
    if (may_run_at_once_ && context_->runs_a_handler()) {
      function();
    } else {
      context_->post(Task(std::move(function)));
    }
  }

  bool operator==(const VirtualExecutor&) const noexcept = default;

 private:
  [[nodiscard]] VirtualExecutor with(bool may_run_at_once) const noexcept {
    VirtualExecutor other(*context_);
    other.may_run_at_once_ = may_run_at_once;
    return other;
  }

  Context* context_;
  bool may_run_at_once_ = true;
};

}  // namespace

VirtualRuntime::VirtualRuntime(std::uint64_t seed, Instant start)
    : context_(std::make_unique<Context>(seed)), random_(seed ^ 0x9e3779b97f4a7c15ULL) {
  context_->start = start - context_->steady_now.time_since_epoch();
}

VirtualRuntime::~VirtualRuntime() = default;

Instant VirtualRuntime::now() const {
  return held_ ? *held_ : context_->start + context_->steady_now.time_since_epoch() + wall_shift_;
}

Steady VirtualRuntime::steady_now() const { return context_->steady_now; }

Executor VirtualRuntime::executor() { return VirtualExecutor<Context>(*context_); }

Async<Result<void>> VirtualRuntime::sleep_until(Steady when) {
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none)
    co_return fail(ErrorCode::cancelled, "the wait was cancelled");
  const bool cancelled = co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(bool)>(
      [](auto handler, Context* context, Steady at) {
        const auto slot = asio::get_associated_cancellation_slot(handler);
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        const auto id = context->add_timer(at, [shared](bool was_cancelled) { std::move (*shared)(was_cancelled); });
        if (slot.is_connected()) {
          auto assigned = slot;
          assigned.assign([context, at, id](asio::cancellation_type) { context->cancel_timer(at, id); });
        }
      },
      asio::use_awaitable_t<Executor>{}, context_.get(), when);
  if (cancelled) co_return fail(ErrorCode::cancelled, "the wait was cancelled");
  co_return Result<void>{};
}

std::uint64_t VirtualRuntime::run() {
  std::uint64_t ran = 0;
  do {
    while (context_->run_one_ready()) ++ran;
  } while (context_->advance(Steady::max()));
  return ran;
}

void VirtualRuntime::run_for(Duration duration) {
  const Steady until = context_->steady_now + duration;
  do {
    while (context_->run_one_ready()) {
    }
  } while (context_->advance(until));
  context_->steady_now = until;
}

bool VirtualRuntime::run_one(Steady until) {
  if (context_->run_one_ready() || context_->advance(until)) return true;
  context_->steady_now = std::max(context_->steady_now, until);
  return false;
}

void VirtualRuntime::shift_wall_clock(Duration by) {
  wall_shift_ += by;
  if (held_) *held_ += by;
}

void VirtualRuntime::hold_wall_clock(bool held) {
  if (!held) held_.reset();
  if (held && !held_) held_ = now();
}

void VirtualRuntime::pause(Duration duration) {
  context_->steady_now += duration;
  while (context_->advance(context_->steady_now)) {
  }
}

std::uint64_t VirtualRuntime::order_hash() const { return context_->hash(); }

}  // namespace syncwell
