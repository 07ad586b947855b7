// The HTTP/1.1 server (Boost.Beast inside, in http_server.cpp only). One server runs on one thread's executor.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/async.hpp"
#include "base/runtime.hpp"
#include "net/http.hpp"

namespace syncwell::net {

struct ServerLimits {
  std::size_t max_connections = 1024;
  std::size_t max_body_bytes = 1024 * 1024;
  std::size_t max_header_bytes = 16 * 1024;
  Duration header_timeout = std::chrono::seconds{10};  // from accept or last answer to complete header
  Duration body_timeout = std::chrono::seconds{30};
  Duration handler_timeout = std::chrono::seconds{30};
};

// Answers one request. Called on the server's executor; an exception becomes 500 without its text.
using Handler = std::function<Async<Response>(Request)>;

class HttpServer {
 public:
  // `runtime` outlives the server.
  HttpServer(Runtime& runtime, ServerLimits limits, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and starts to accept. "127.0.0.1", 0 takes a free port. Error: invalid_argument with address, port and the
  // system's reason (in use, not permitted).
  [[nodiscard]] Result<void> listen(const std::string& address, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const;
  // Stops accepting, lets running requests finish within `grace`, then closes every connection. Idempotent.
  [[nodiscard]] Async<void> stop(Duration grace);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace syncwell::net
