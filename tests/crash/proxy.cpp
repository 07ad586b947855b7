#include "proxy.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/cancellation.hpp"

namespace syncwell::crash {

namespace asio = boost::asio;

namespace {

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t buffer_bytes = 16 * 1024;
// Per request.
constexpr std::array<double, network_troubles> shares = {0, 0.025, 0.025, 0.025, 0.04, 0.04, 0.01};
constexpr std::uint64_t longest_delay_ms = 800;
constexpr std::uint64_t longest_piece_bytes = 200;
constexpr std::uint64_t longest_pause_ms = 15;
constexpr std::uint64_t longest_silence_ms = 5000;
constexpr int most_pieces = 60;  // what comes after them is sent at once
// Nobody but a deadline ends a connection that has been silent for so long; kills come every few seconds.
constexpr Duration least_deadline = std::chrono::seconds{30};

using SteadyClock = std::chrono::steady_clock;

}  // namespace

struct Proxy::Link {
  Link(Tcp::socket from, asio::io_context& io) : server(std::move(from)), provider(io) {}

  void close() {
    boost::system::error_code ignored;
    server.close(ignored);
    provider.close(ignored);
  }
  // The server sees "connection reset by peer".
  void reset() {
    boost::system::error_code ignored;
    server.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }

  Tcp::socket server;
  Tcp::socket provider;
  NetworkTrouble trouble = NetworkTrouble::none;  // of the exchange under way
  bool has_answer = true;                         // what the server sends next is another request
  SteadyClock::time_point silent_since{};         // half_open
};

const char* name_of(NetworkTrouble trouble) {
  constexpr std::array<const char*, network_troubles> names = {"undisturbed", "reset before", "reset after", "cut",
                                                               "delayed",     "trickled",     "half open"};
  return names[static_cast<std::size_t>(trouble)];
}

Proxy::Proxy(std::uint16_t target, std::uint64_t seed) : target_(target), acceptor_(io_), random_(seed) {}

Result<std::unique_ptr<Proxy>> Proxy::start(std::uint16_t port, std::uint64_t seed) {
  std::unique_ptr<Proxy> proxy(new Proxy(port, seed));
  boost::system::error_code error;
  const Tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
  proxy->acceptor_.open(any.protocol(), error);
  if (!error) proxy->acceptor_.bind(any, error);
  if (!error) proxy->acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(ErrorCode::internal, "the proxy cannot listen: " + error.message());
  proxy->port_ = proxy->acceptor_.local_endpoint().port();
  asio::co_spawn(proxy->io_, without_cancellation_exceptions(proxy->accept()), asio::detached);
  proxy->thread_ = std::thread([&io = proxy->io_] { io.run(); });
  return proxy;
}

Proxy::~Proxy() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void Proxy::set_trouble(bool on) {
  const std::lock_guard lock(mutex_);
  trouble_on_ = on;
}

void Proxy::leave_next_to_deadline() {
  const std::lock_guard lock(mutex_);
  leave_next_to_deadline_ = true;
}

ProxyCounts Proxy::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

NetworkTrouble Proxy::draw() {
  double place = random_.unit();
  for (std::size_t i = 1; i < shares.size(); ++i) {
    if (place < shares[i]) return static_cast<NetworkTrouble>(i);
    place -= shares[i];
  }
  return NetworkTrouble::none;
}

void Proxy::begin_exchange(const std::shared_ptr<Link>& link) {
  const std::lock_guard lock(mutex_);
  const bool until_deadline = std::exchange(leave_next_to_deadline_, false);
  link->trouble = trouble_on_ ? draw() : NetworkTrouble::none;
  if (until_deadline) link->trouble = NetworkTrouble::half_open;
  link->silent_since = SteadyClock::now();
  if (link->trouble == NetworkTrouble::half_open && !until_deadline) {
    const Duration silence{1 + static_cast<std::int64_t>(random_.below(longest_silence_ms))};
    asio::co_spawn(io_, without_cancellation_exceptions(reset_later(link, silence)), asio::detached);
  }
  ++counts_.exchanges[static_cast<std::size_t>(link->trouble)];
}

void Proxy::note_end(const Link& link) {
  if (link.trouble != NetworkTrouble::half_open || SteadyClock::now() - link.silent_since < least_deadline) return;
  const std::lock_guard lock(mutex_);
  ++counts_.ended_by_deadline;
}

Async<void> Proxy::wait(Duration duration) {
  asio::steady_timer timer(io_, duration);
  co_await timer.async_wait(as_value);
}

Async<void> Proxy::reset_later(std::weak_ptr<Link> link, Duration silence) {
  co_await wait(silence);
  if (const auto silent = link.lock()) silent->reset();
}

Async<void> Proxy::accept() {
  while (true) {
    auto [error, socket] = co_await acceptor_.async_accept(as_value);
    if (error) continue;
    auto link = std::make_shared<Link>(std::move(socket), io_);
    asio::co_spawn(io_, without_cancellation_exceptions(forward_requests(std::move(link))), asio::detached);
  }
}

Async<void> Proxy::forward_requests(std::shared_ptr<Link> link) {
  const auto [refused] =
      co_await link->provider.async_connect(Tcp::endpoint(asio::ip::address_v4::loopback(), target_), as_value);
  if (refused) co_return link->reset();
  boost::system::error_code ignored;
  link->server.set_option(Tcp::no_delay(true), ignored);
  link->provider.set_option(Tcp::no_delay(true), ignored);
  asio::co_spawn(io_, without_cancellation_exceptions(forward_answers(link)), asio::detached);
  std::string buffer(buffer_bytes, '\0');
  while (true) {
    const auto [ended, size] = co_await link->server.async_read_some(asio::buffer(buffer), as_value);
    if (ended) break;
    const bool is_first = std::exchange(link->has_answer, false);
    if (is_first) begin_exchange(link);
    if (link->trouble == NetworkTrouble::reset_before) co_return link->reset();
    if (link->trouble == NetworkTrouble::half_open) continue;
    if (link->trouble == NetworkTrouble::delay && is_first)
      co_await wait(Duration{1 + static_cast<std::int64_t>(random_.below(longest_delay_ms))});
    const auto [lost, sent] = co_await asio::async_write(link->provider, asio::buffer(buffer, size), as_value);
    if (lost) break;
  }
  note_end(*link);
  link->close();
}

Async<void> Proxy::forward_answers(std::shared_ptr<Link> link) {
  std::string buffer(buffer_bytes, '\0');
  while (true) {
    const auto [ended, size] = co_await link->provider.async_read_some(asio::buffer(buffer), as_value);
    if (ended) break;
    const bool is_first = !std::exchange(link->has_answer, true);
    if (!co_await forward_answer(link, buffer.substr(0, size), is_first)) co_return;
  }
  // The provider is done with an idle connection; one that is half open stays silent.
  if (link->trouble != NetworkTrouble::half_open) link->close();
}

Async<bool> Proxy::forward_answer(std::shared_ptr<Link> link, std::string bytes, bool is_first) {
  std::size_t sent = 0;
  switch (link->trouble) {
    case NetworkTrouble::reset_after:
      link->reset();
      co_return false;
    case NetworkTrouble::cut: {
      const bool is_reset = random_.below(2) == 0;
      (void)co_await asio::async_write(link->server, asio::buffer(bytes, bytes.size() / 2), as_value);
      is_reset ? link->reset() : link->close();
      co_return false;
    }
    case NetworkTrouble::trickle:
      for (int i = 0; is_first && i < most_pieces && sent < bytes.size(); ++i) {
        const auto piece = std::min<std::size_t>(bytes.size() - sent, 1 + random_.below(longest_piece_bytes));
        const auto [lost, size] =
            co_await asio::async_write(link->server, asio::buffer(bytes.data() + sent, piece), as_value);
        if (lost) break;
        sent += size;
        co_await wait(Duration{1 + static_cast<std::int64_t>(random_.below(longest_pause_ms))});
      }
      break;
    default:
      break;
  }
  const auto [lost, size] =
      co_await asio::async_write(link->server, asio::buffer(bytes.data() + sent, bytes.size() - sent), as_value);
  if (lost) link->close();
  co_return !lost;
}

}  // namespace syncwell::crash
