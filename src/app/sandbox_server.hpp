// The sandbox behind a real HTTP server.
#pragma once

#include "base/runtime.hpp"
#include "base/task_group.hpp"
#include "net/curl_client.hpp"
#include "net/http_server.hpp"
#include "sandbox/sandbox.hpp"

namespace syncwell::app {

class SandboxServer {
 public:
  SandboxServer(Runtime& runtime, std::uint64_t seed);
  [[nodiscard]] Result<void> listen(const std::string& address, std::uint16_t port) {
    return server_.listen(address, port);
  }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] sandbox::Sandbox& sandbox() { return sandbox_; }
  // Notifications that have not left are dropped.
  [[nodiscard]] Async<void> stop();

 private:
  [[nodiscard]] Async<net::Response> answer(net::Request request);
  // The handshake that a subscription begins with; true: there is none, or it went well. Else `refusal` is the answer.
  [[nodiscard]] Async<bool> shake_hands(net::Request request, net::Response& refusal);
  // Starts to send what the sandbox has to tell.
  void notify();
  [[nodiscard]] Async<void> send_all(std::vector<net::Request> notifications);
  [[nodiscard]] Async<void> deliver(net::Request notification);

  Runtime& runtime_;
  sandbox::Sandbox sandbox_;
  net::CurlClient http_;
  TaskGroup senders_;
  net::HttpServer server_;
};

}  // namespace syncwell::app
