// Bytes on a connection, over loopback: what a client sends to our server, and what a server answers to our client.
// Input: a byte for the side, then the bytes. Sending ends after them, so that nobody waits for more.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <optional>

#include "base/cancellation.hpp"
#include "base/io_runtime.hpp"
#include "fuzz/input.hpp"
#include "fuzz/property.hpp"
#include "fuzz/target.hpp"
#include "net/curl_client.hpp"
#include "net/http_server.hpp"

namespace syncwell::fuzz {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);
constexpr net::ServerLimits limits{.max_body_bytes = 512, .max_header_bytes = 1024};

class World {
 public:
  World()
      : runtime_(context_),
        server_(runtime_, limits, [](net::Request request) { return answer(std::move(request)); }),
        acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
        client_(runtime_, {.max_body_bytes = 2048, .allow_private_addresses = true}) {
    require(server_.listen("127.0.0.1", 0).has_value(), "the server listens");
  }

  void check_server(std::string_view bytes) {
    const std::string answer = run(exchange(std::string(bytes)));
    if (answer.empty()) return;  // an unfinished request
    require(answer.starts_with("HTTP/1.1 "), "an answer begins with a status line");
    constexpr std::array statuses = {"100", "200", "400", "413", "417", "431"};
    const std::string_view status = std::string_view(answer).substr(9, 3);
    require(std::ranges::find(statuses, status) != statuses.end(), "whatever comes, the server does not fail");
    require(answer.find("\r\n\r\n") != std::string::npos, "an answer has a whole head");
  }

  void check_client(std::string_view bytes) {
    const auto response = run(fetch(std::string(bytes)));
    if (!response) {
      require_error(
          response.error(),
          {ErrorCode::timeout, ErrorCode::connection_failed, ErrorCode::too_large, ErrorCode::invalid_argument}, bytes);
      require(response.error().code != ErrorCode::timeout, "nobody waits for a connection that has ended");
      return;
    }
    require(response->body.size() <= 2048, "a body is no longer than its maximum");
    for (const auto& [name, value] : response->headers) {
      require(net::is_token(name) && net::is_field_value(value), "a field of an answer is a field");
    }
  }

 private:
  // Called with what our limits and HTTP's rules let through, and nothing else.
  static Async<net::Response> answer(net::Request request) {
    require(net::is_token(request.method), "a method is a token");
    require(!request.url.empty() && request.url.size() <= limits.max_header_bytes, "a target is within the limits");
    require(request.body.size() <= limits.max_body_bytes, "a body is within the limits");
    for (const auto& [name, value] : request.headers) {
      require(net::is_token(name), "a field's name is a token");
      require(net::is_field_value(value), "a field's value cannot begin another field");
    }
    (void)net::parse_target(request.url);
    co_return net::Response{.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = "ok\n"};
  }

  template <class T>
  T run(Async<T> task) {
    std::optional<T> value;
    asio::co_spawn(context_, without_cancellation_exceptions(std::move(task)), [&](std::exception_ptr error, T result) {
      if (error) std::rethrow_exception(error);
      value.emplace(std::move(result));
    });
    context_.restart();
    while (!value) context_.run_one();
    return std::move(*value);
  }

  Async<std::string> exchange(std::string bytes) {
    tcp::socket socket(context_);
    co_await socket.async_connect({asio::ip::address_v4::loopback(), server_.port()}, awaiting);
    co_await asio::async_write(socket, asio::buffer(bytes), awaiting);
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    std::string answer;
    std::array<char, 4096> piece;
    for (;;) {
      const auto [error, size] = co_await socket.async_read_some(asio::buffer(piece), awaiting);
      answer.append(piece.data(), size);
      if (error) break;
    }
    // No time-wait state: thousands of connections a second would use up the ports.
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    co_return answer;
  }

  // Answers one connection with these bytes, and holds it until the client has made up its mind: closing first could
  // take the answer away from it.
  static Async<bool> serve_once(tcp::acceptor& acceptor, tcp::socket& socket, std::string bytes) {
    const auto [error] = co_await acceptor.async_accept(socket, awaiting);
    if (error) co_return false;
    std::string request;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", awaiting);
    co_await asio::async_write(socket, asio::buffer(bytes), awaiting);
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    co_return true;
  }

  Async<Result<net::Response>> fetch(std::string bytes) {
    bool served = false;
    tcp::socket socket(context_);
    asio::co_spawn(context_, serve_once(acceptor_, socket, std::move(bytes)),
                   [&](std::exception_ptr, bool) { served = true; });
    const std::string url = "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/x";
    auto response = co_await client_.send({"GET", url, {{"Connection", "close"}}, {}},
                                          Deadline::after(runtime_, std::chrono::seconds{8}));
    while (!served) co_await asio::post(context_, asio::use_awaitable);
    boost::system::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    co_return response;
  }

  asio::io_context context_;
  IoRuntime runtime_;
  net::HttpServer server_;
  tcp::acceptor acceptor_;
  net::CurlClient client_;
};

}  // namespace

void run(std::string_view bytes) {
  static World world;
  Input input(bytes);
  if (input.choice(2) == 0) {
    world.check_server(input.rest());
  } else {
    world.check_client(input.rest());
  }
}

}  // namespace syncwell::fuzz
