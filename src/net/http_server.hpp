// The HTTP/1.1 server (Boost.Beast inside, in http_server.cpp only). One server runs on one thread's executor; all its
// methods are called there. No TLS: a reverse proxy in front of it has that.
//
// Per connection one coroutine: read a request, call the handler, write the answer, and again while the connection is
// kept. Pipelined requests are answered in order, one at a time. The client is answered
//   400 malformed request, no or several Host fields; 413 body, 431 request line or fields past the limits; 417 unknown
//   expectation; 500 handler threw or answered with what HTTP cannot carry; 503 handler took too long
// and the connection is closed after each of them. A client that is slower than the timeouts is disconnected.
// HEAD is given to the handler as it is; the answer's body is not sent, its length is.
//
// An answer with a stream (body_source.hpp) is sent as it comes, in chunks; to HTTP/1.0 clients without them, up to the
// connection's end. It may last long after the handler; one stream too many is answered 503. When the client goes, the
// source is cancelled at once.
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
  // One more connection is accepted but not read before another ends; a kept connection that idles makes room, and so
  // does the one whose client has taken longest over its request, if that is more than `crowded_patience`: clients that
  // are slow on purpose lock nobody out.
  std::size_t max_connections = 1024;
  Duration crowded_patience = std::chrono::seconds{1};
  std::size_t max_body_bytes = 1024 * 1024;
  std::size_t max_header_bytes = 16 * 1024;            // request line and all fields
  Duration header_timeout = std::chrono::seconds{10};  // from accept or last answer to complete header
  Duration body_timeout = std::chrono::seconds{30};
  Duration handler_timeout = std::chrono::seconds{30};  // then the handler is cancelled and its answer discarded
  Duration answer_timeout = std::chrono::seconds{30};   // for the client to take the whole answer; of a stream: a piece
  std::size_t max_streams = 512;                        // answers that are streamed at the same time
  std::size_t max_chunk_bytes = 256 * 1024;             // of one piece of a stream
};

// Answers one request. Called on the server's executor; an exception becomes 500 without its text. Must react to
// cancellation: the connection and stop() wait for it. "Content-Length", "Transfer-Encoding" and "Keep-Alive" of the
// answer are the server's own; "Connection: close" is obeyed.
using Handler = std::function<Async<Response>(Request)>;

class HttpServer {
 public:
  // `runtime` outlives the server. Call and await stop() before what the handler refers to goes away; the destructor
  // alone closes the connections, but cannot wait for handlers.
  HttpServer(Runtime& runtime, ServerLimits limits, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and starts to accept. "127.0.0.1", 0 takes a free port. Error: invalid_argument with address, port and the
  // system's reason (in use, not permitted).
  [[nodiscard]] Result<void> listen(const std::string& address, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const;            // 0 before listen()
  [[nodiscard]] std::size_t open_connections() const;  // those that are served
  // Stops accepting, closes what idles, ends the streams at once, lets running requests finish within `grace`, then
  // cancels the handlers and closes every connection. Returns when no handler runs. Idempotent; a second call waits for
  // the same end, with its own grace. Cancelling stop() ends the grace.
  [[nodiscard]] Async<void> stop(Duration grace);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace syncwell::net
