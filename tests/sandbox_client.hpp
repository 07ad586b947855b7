// The sandbox behind the HttpClient port without a network, in the runtime's time: what a fault plan does to the wire
// becomes the error that the real client would give.
#pragma once

#include <algorithm>
#include <map>

#include "net/http_client.hpp"
#include "sandbox/sandbox.hpp"

namespace syncwell::tests {

inline constexpr std::string_view sandbox_origin = "http://sandbox.invalid";

class SandboxClient final : public net::HttpClient {
 public:
  explicit SandboxClient(sandbox::SandboxOptions options = {}) : sandbox(options) {}
  // The runtime is made after the client: the world that owns it takes the client.
  void use(Runtime& runtime) { runtime_ = &runtime; }

  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline deadline) override {
    ++calls;
    net::Response response = sandbox.handle(request, runtime_->now());
    using Wire = net::Response::Wire;
    Duration delay = response.delay;
    if (response.wire == Wire::slow_body) delay += std::chrono::milliseconds{50} * (response.body.size() / 4);
    const bool late = delay > deadline.remaining(*runtime_);
    auto slept = co_await runtime_->sleep_for(std::min(delay, deadline.remaining(*runtime_)));
    if (!slept) co_return fail(std::move(slept.error()));
    if (late) co_return fail(ErrorCode::timeout, "no answer in time");
    if (response.wire == Wire::reset_before_answer || response.wire == Wire::truncated_body) {
      co_return fail(ErrorCode::connection_failed, "the connection was reset");
    }
    response.wire = Wire::normal;
    co_return response;
  }

  // A control call: PUT /_sandbox/faults and the like.
  net::Response control(std::string method, std::string path, std::string body = "") {
    return sandbox.handle({std::move(method), std::move(path), {{"Content-Type", "application/json"}}, std::move(body)},
                          runtime_->now());
  }

  sandbox::Sandbox sandbox;
  std::uint64_t calls = 0;

 private:
  Runtime* runtime_ = nullptr;
};

}  // namespace syncwell::tests
