// The sandbox behind a real HTTP server.
#pragma once

#include "base/runtime.hpp"
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
  [[nodiscard]] Async<void> stop() { return server_.stop(std::chrono::seconds{1}); }

 private:
  [[nodiscard]] Async<net::Response> answer(net::Request request);

  Runtime& runtime_;
  sandbox::Sandbox sandbox_;
  net::HttpServer server_;
};

}  // namespace syncwell::app
