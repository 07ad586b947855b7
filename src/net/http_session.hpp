// One connection of the HTTP server. Private to net/: the server (http_server.cpp) owns it, what reads and what streams
// works on it, all on the server's executor.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>

namespace syncwell::net {

inline constexpr auto awaiting = boost::asio::as_tuple(boost::asio::use_awaitable);

struct Session {
  explicit Session(boost::asio::ip::tcp::socket socket)
      : stream(std::move(socket)),
        handler_timer(stream.get_executor()),
        stream_timer(stream.get_executor(), std::chrono::steady_clock::time_point::max()) {}
  boost::beast::tcp_stream stream;
  boost::beast::flat_buffer buffer;
  boost::asio::cancellation_signal signal;  // cancels whatever the connection's coroutine waits for
  boost::asio::steady_timer handler_timer;
  std::list<std::shared_ptr<Session>>::iterator position{};
  bool disposable = false;  // between two requests, or only lingering: closing it loses nothing
  // Since when the client has been sending this header or this body; nothing: it is not its turn.
  std::optional<std::chrono::steady_clock::time_point> sending_since{};
  boost::asio::steady_timer stream_timer;  // never expires: wakes the wait for a stream's next piece
  bool stream_must_end = false;
  bool in_handler = false;
  bool handler_late = false;
  std::uint64_t requests = 0;

  // The server stops: the stream, if there is one, ends with what has been sent.
  void end_stream() {
    stream_must_end = true;
    stream_timer.cancel();
  }
  void abort() {
    stream.close();
    signal.emit(boost::asio::cancellation_type::terminal);
  }
};

}  // namespace syncwell::net
