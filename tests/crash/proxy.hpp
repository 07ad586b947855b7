// A network between server and providers that goes wrong: forwards TCP connections to one address of the loopback
// interface, and draws for every request of a connection what becomes of it. Knows of HTTP only that requests and
// answers take turns. Runs on a thread of its own; every function may be called from any thread.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/async.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

namespace syncwell::crash {

enum class NetworkTrouble : std::uint8_t {
  none,
  reset_before,  // the provider never sees the request
  reset_after,   // the provider has done it, the answer is lost
  cut,           // half of an answer, then the end of the connection
  delay,         // of the request
  trickle,       // the answer in small pieces
  half_open,     // nothing is forwarded and nothing closed for a while, then the connection is reset
};
inline constexpr std::size_t network_troubles = 7;

[[nodiscard]] const char* name_of(NetworkTrouble trouble);

struct ProxyCounts {
  std::array<int, network_troubles> exchanges{};  // by trouble
  int ended_by_deadline = 0;                      // half open ones that the server itself gave up
};

class Proxy {
 public:
  // `port`: where the sandbox listens. Errors: internal, no port is free.
  [[nodiscard]] static Result<std::unique_ptr<Proxy>> start(std::uint16_t port, std::uint64_t seed);
  ~Proxy();  // closes all connections

  [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Off at first: everything is forwarded as it comes.
  void set_trouble(bool on);
  // The next request is left half open until the server's own deadline ends it, whether trouble is on or off.
  void leave_next_to_deadline();
  [[nodiscard]] ProxyCounts counts() const;

 private:
  struct Link;
  using Tcp = boost::asio::ip::tcp;
  Proxy(std::uint16_t target, std::uint64_t seed);
  [[nodiscard]] Async<void> accept();
  [[nodiscard]] Async<void> forward_requests(std::shared_ptr<Link> link);
  [[nodiscard]] Async<void> forward_answers(std::shared_ptr<Link> link);
  // False: the connection is over.
  [[nodiscard]] Async<bool> forward_answer(std::shared_ptr<Link> link, std::string bytes, bool is_first);
  [[nodiscard]] Async<void> wait(Duration duration);
  [[nodiscard]] Async<void> reset_later(std::weak_ptr<Link> link, Duration silence);
  void begin_exchange(const std::shared_ptr<Link>& link);
  [[nodiscard]] NetworkTrouble draw();
  void note_end(const Link& link);

  const std::uint16_t target_;
  boost::asio::io_context io_{1};
  Tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  Random random_;  // used on the proxy's thread only
  mutable std::mutex mutex_;
  bool trouble_on_ = false;
  bool leave_next_to_deadline_ = false;
  ProxyCounts counts_;
  std::thread thread_;
};

}  // namespace syncwell::crash
