#include "adapters/sqlite/arrival_signal.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <limits>

#include "base/task_group.hpp"

namespace syncwell::sqlite {

namespace asio = boost::asio;

std::uint64_t ArrivalSignal::ticket() const {
  const MutexLock lock(mutex_);
  return generation_;
}

std::size_t ArrivalSignal::waiting() const {
  const MutexLock lock(mutex_);
  return waiters_.size();
}

std::move_only_function<void()> ArrivalSignal::wake(const WaiterPointer& waiter) {
  waiter->woken = true;
  waiters_.remove(waiter);
  return std::exchange(waiter->resume, nullptr);
}

std::vector<std::move_only_function<void()>> ArrivalSignal::wake_first(std::size_t count) {
  std::vector<std::move_only_function<void()>> resumed;
  while (count-- > 0 && !waiters_.empty()) {
    const WaiterPointer first = waiters_.front();
    resumed.push_back(wake(first));
  }
  return resumed;
}

void ArrivalSignal::arrived(std::size_t visible, std::optional<Steady> next) {
  std::vector<std::move_only_function<void()>> resumed;
  {
    const MutexLock lock(mutex_);
    ++generation_;
    resumed = wake_first(visible);
    // The sentinel's time is set anew by looking again.
    if (next && sentinel_ && !sentinel_->woken && *next < sentinel_until_) resumed.push_back(wake(sentinel_));
  }
  for (auto& resume : resumed) {
    if (resume) resume();
  }
}

Async<void> ArrivalSignal::wait(std::uint64_t ticket, Steady until, std::optional<Steady> next) {
  auto waiter = std::make_shared<Waiter>();
  {
    const MutexLock lock(mutex_);
    if (generation_ != ticket) co_return;
    waiters_.push_back(waiter);
    if (!sentinel_) {
      sentinel_ = waiter;
      sentinel_until_ = next.value_or(Steady::max());
      until = std::min(until, sentinel_until_);
    }
  }
  co_await until_first(slept(until), suspended(waiter));
  leave(waiter);
}

void ArrivalSignal::leave(const WaiterPointer& waiter) {
  std::vector<std::move_only_function<void()>> resumed;
  {
    const MutexLock lock(mutex_);
    if (!waiter->woken) waiters_.remove(waiter);
    if (sentinel_ == waiter) {
      sentinel_.reset();
      resumed = wake_first(1);
    }
  }
  for (auto& resume : resumed) {
    if (resume) resume();
  }
}

void ArrivalSignal::hand_over() {
  std::vector<std::move_only_function<void()>> resumed;
  {
    const MutexLock lock(mutex_);
    if (!sentinel_) resumed = wake_first(1);
  }
  for (auto& resume : resumed) {
    if (resume) resume();
  }
}

void ArrivalSignal::wake_all() { arrived(std::numeric_limits<std::size_t>::max(), std::nullopt); }

void ArrivalSignal::suspend(const WaiterPointer& waiter, std::move_only_function<void()> resume) {
  {
    const MutexLock lock(mutex_);
    if (!waiter->woken) {
      waiter->resume = std::move(resume);
      return;
    }
  }
  resume();
}

void ArrivalSignal::cancel(const WaiterPointer& waiter) {
  std::move_only_function<void()> resume;
  {
    const MutexLock lock(mutex_);
    resume = std::exchange(waiter->resume, nullptr);
  }
  if (resume) resume();
}

Async<void> ArrivalSignal::slept(Steady until) { (void)co_await clock_.sleep_until(until); }

Async<void> ArrivalSignal::suspended(WaiterPointer waiter) {
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [](auto handler, ArrivalSignal* self, WaiterPointer waiting) {
        auto executor =
            asio::prefer(Executor(asio::get_associated_executor(handler)), asio::execution::outstanding_work.tracked);
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
          slot.assign([self, weak = std::weak_ptr<Waiter>(waiting)](asio::cancellation_type) {
            if (const auto waiter_now = weak.lock()) self->cancel(waiter_now);
          });
        }
        self->suspend(waiting, [executor, handler = std::move(handler)]() mutable {
          asio::post(executor, [handler = std::move(handler)]() mutable { std::move(handler)(); });
        });
      },
      asio::use_awaitable, this, std::move(waiter));
}

}  // namespace syncwell::sqlite
