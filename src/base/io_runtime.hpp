// The production Runtime: the system's clocks, timers of an io_context that the caller runs on one thread.
#pragma once

#include <boost/asio/io_context.hpp>

#include "base/runtime.hpp"

namespace syncwell {

class IoRuntime final : public Runtime {
 public:
  // `context` outlives the runtime.
  explicit IoRuntime(boost::asio::io_context& context);
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Steady steady_now() const override;
  [[nodiscard]] Executor executor() override;
  [[nodiscard]] Random& random() override { return random_; }
  [[nodiscard]] Async<Result<void>> sleep_until(Steady when) override;

 private:
  boost::asio::io_context& context_;
  Random random_ = Random::from_system();
};

}  // namespace syncwell
