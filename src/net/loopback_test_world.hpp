// What the tests of this folder share: one io_context with the real server, raw TCP connections and tasks, all on
// 127.0.0.1 and one thread. Tests wait for conditions by running the io_context, never by sleeping.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/cancellation.hpp"
#include "base/io_runtime.hpp"
#include "net/http_server.hpp"

namespace syncwell::net {

inline constexpr auto test_awaiting = boost::asio::as_tuple(boost::asio::use_awaitable);

// A task that was started and whose outcome the test looks at later.
template <class T>
struct Started {
  std::optional<T> value;
  boost::asio::cancellation_signal signal;
  void cancel() { signal.emit(boost::asio::cancellation_type::terminal); }
};

class LoopbackWorld {
 public:
  boost::asio::io_context context;
  IoRuntime runtime{context};

  template <class T>
  std::shared_ptr<Started<T>> start(Async<T> task) {
    auto started = std::make_shared<Started<T>>();
    boost::asio::co_spawn(
        context.get_executor(), without_cancellation_exceptions(std::move(task)),
        boost::asio::bind_cancellation_slot(started->signal.slot(), [started](std::exception_ptr error, T value) {
          if (error) std::rethrow_exception(error);
          started->value.emplace(std::move(value));
        }));
    return started;
  }

  template <class T>
  T run(Async<T> task) {
    auto started = start(std::move(task));
    run_until([&] { return started->value.has_value(); });
    return std::move(*started->value);
  }

  void run_until(const std::function<bool()>& condition) {
    context.restart();  // it stops itself whenever it runs out of work
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!condition()) {
      if (context.run_one_until(limit) == 0) throw std::runtime_error("what the test waits for did not happen");
    }
  }

  void stop(HttpServer& server, Duration grace = Duration{0}) { run(stop_task(server, grace)); }

 private:
  static Async<bool> stop_task(HttpServer& server, Duration grace) {
    co_await server.stop(grace);
    co_return true;
  }
};

// Answers through a plain function, after the gate opens when it is closed; counts.
class Backend {
 public:
  explicit Backend(Runtime& runtime) : gate_(runtime.executor(), std::chrono::steady_clock::time_point::max()) {}

  std::function<Response(const Request&)> answer = [](const Request& request) {
    return Response{.status = 200, .body = request.method + " " + request.url + " " + request.body};
  };
  std::vector<Request> seen;
  bool gate_closed = false;
  std::size_t in_progress = 0;
  std::size_t most_in_progress = 0;
  std::size_t cancelled = 0;

  [[nodiscard]] Handler handler() {
    return [this](Request request) { return handle(*this, std::move(request)); };
  }
  void open_gate() {
    gate_closed = false;
    gate_.cancel();
  }

 private:
  static Async<Response> handle(Backend& self, Request request) {
    self.seen.push_back(request);
    self.most_in_progress = std::max(self.most_in_progress, ++self.in_progress);
    while (self.gate_closed) {
      co_await self.gate_.async_wait(test_awaiting);
      const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
      if (cancellation.cancelled() != boost::asio::cancellation_type::none) {
        ++self.cancelled;
        break;
      }
    }
    --self.in_progress;
    co_return self.answer(request);
  }

  boost::asio::steady_timer gate_;
};

// A TCP connection that says exactly what the test wants.
class RawConnection {
 public:
  explicit RawConnection(LoopbackWorld& world) : socket_(world.context) {}

  Async<bool> connect(std::uint16_t port) {
    const auto [error] =
        co_await socket_.async_connect({boost::asio::ip::make_address("127.0.0.1"), port}, test_awaiting);
    co_return !error;
  }
  Async<bool> write(std::string text) {
    const auto [error, bytes] = co_await boost::asio::async_write(socket_, boost::asio::buffer(text), test_awaiting);
    co_return !error;
  }
  // What arrives up to and including `end`; all there is when the connection ends before.
  Async<std::string> read_until(std::string end) {
    const auto [error, bytes] =
        co_await boost::asio::async_read_until(socket_, boost::asio::dynamic_buffer(received_), end, test_awaiting);
    last_error_ = error;
    std::string text = received_.substr(0, error ? received_.size() : bytes);
    received_.erase(0, text.size());
    co_return text;
  }
  // All up to the end of the connection; last_error() tells how it ended.
  Async<std::string> read_all() {
    std::array<char, 4096> piece;
    for (;;) {
      const auto [error, bytes] = co_await socket_.async_read_some(boost::asio::buffer(piece), test_awaiting);
      last_error_ = error;
      if (error) co_return std::exchange(received_, {});
      received_.append(piece.data(), bytes);
    }
  }
  // Connects, writes and reads all.
  Async<std::string> exchange(std::uint16_t port, std::string text) {
    if (!co_await connect(port)) co_return "no connection";
    (void)co_await write(std::move(text));
    co_return co_await read_all();
  }
  void half_close() { socket_.shutdown(boost::asio::socket_base::shutdown_send); }
  void close() { socket_.close(); }
  [[nodiscard]] boost::system::error_code last_error() const { return last_error_; }
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
  boost::system::error_code last_error_;
};

}  // namespace syncwell::net
