#include "net/http_server.hpp"

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <list>

#include "base/cancellation.hpp"
#include "net/http_reading.hpp"
#include "net/http_session.hpp"
#include "net/http_stream.hpp"
#include "net/http_wire.hpp"

namespace syncwell::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t read_ahead_bytes = 64 * 1024;
// After our last byte the client may still be sending: closing at once would reset the connection and could take the
// answer away from it. So the rest is read and dropped, up to these limits.
constexpr Duration max_linger = std::chrono::seconds{1};
constexpr std::size_t max_linger_bytes = 1024 * 1024;
// How long accepting rests when the system has no descriptors left, unless a connection ends before.
constexpr Duration accept_pause = std::chrono::milliseconds{100};
constexpr std::size_t slow_body_piece_bytes = 8;
constexpr Duration slow_body_pause = std::chrono::milliseconds{50};
constexpr std::string_view retry_stream_after_seconds = "10";

}  // namespace

struct HttpServer::State {
  State(Runtime& runtime_, ServerLimits limits_, Handler handler_)
      : runtime(runtime_), limits(limits_), handler(std::move(handler_)), acceptor(runtime_.executor()) {}
  Runtime& runtime;  // not touched after `aborted`
  const ServerLimits limits;
  const Handler handler;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  bool accepting = false;
  bool stopping = false;
  bool aborted = false;
  std::size_t streams = 0;  // answers that are being streamed
  std::list<std::shared_ptr<Session>> sessions;
  std::list<asio::steady_timer*> waiters;

  [[nodiscard]] bool full() const { return sessions.size() >= limits.max_connections; }
  [[nodiscard]] bool ended() const { return !accepting && sessions.empty(); }
  void changed() {
    for (asio::steady_timer* waiter : waiters) waiter->cancel();
  }
  void begin_stop() {
    if (stopping) return;
    stopping = true;
    error_code ignored;
    acceptor.close(ignored);
    close_disposable(sessions.size());
    for (const auto& session : sessions) session->end_stream();
    changed();
  }
  void close_disposable(std::size_t at_most) {
    for (const auto& session : sessions) {
      if (at_most == 0) return;
      if (!session->disposable || !session->stream.socket().is_open()) continue;
      session->stream.close();
      --at_most;
    }
  }
  // Closes the connection whose client has been sending for the longest, if that is longer than `crowded_patience`.
  // Otherwise says when it will be.
  std::chrono::steady_clock::time_point close_slowest() {
    const auto now = std::chrono::steady_clock::now();
    std::shared_ptr<Session> slowest;
    for (const auto& session : sessions) {
      const bool is_slower = session->sending_since && session->stream.socket().is_open() &&
                             (!slowest || *session->sending_since < *slowest->sending_since);
      if (is_slower) slowest = session;
    }
    if (!slowest) return std::chrono::steady_clock::time_point::max();
    const auto until = *slowest->sending_since + limits.crowded_patience;
    if (until > now) return until;
    slowest->stream.close();
    return std::chrono::steady_clock::time_point::max();
  }
  void abort() {
    aborted = true;
    // A copy: emitting may run code that ends sessions.
    for (const auto& session : std::list(sessions)) session->abort();
  }
};

namespace {

using Clock = std::chrono::steady_clock;

// Returns when State::changed() was called, at `until`, or when cancelled (then false).
template <class State>
Async<bool> wait_for_change(std::shared_ptr<State> state, Clock::time_point until) {
  struct Waiter {
    Waiter(State& state_, const Executor& executor, Clock::time_point expiry)
        : owner(state_), timer(executor, expiry), position(owner.waiters.insert(owner.waiters.end(), &timer)) {}
    ~Waiter() { owner.waiters.erase(position); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    State& owner;
    asio::steady_timer timer;
    std::list<asio::steady_timer*>::iterator position;
  };
  Waiter waiter(*state, co_await asio::this_coro::executor, until);
  co_await waiter.timer.async_wait(awaiting);
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  co_return cancellation.cancelled() == asio::cancellation_type::none;
}

// --- answering -----------------------------------------------------------------------------------------------------

template <class State>
Async<Response> call_handler(std::shared_ptr<State> state, std::shared_ptr<Session> session, Request request,
                             bool& keep_connection) {
  session->in_handler = true;
  session->handler_late = false;
  session->handler_timer.expires_after(state->limits.handler_timeout);
  session->handler_timer.async_wait([session, number = ++session->requests](error_code error) {
    if (error || !session->in_handler || session->requests != number) return;
    session->handler_late = true;
    session->signal.emit(asio::cancellation_type::terminal);
  });
  Response response{.status = 500};
  bool failed = false;
  try {
    response = co_await state->handler(std::move(request));
  } catch (...) {
    failed = true;  // its text may hold anything: it goes nowhere
  }
  session->in_handler = false;
  session->handler_timer.cancel();
  if (session->handler_late || failed) {
    keep_connection = false;
    response = Response{.status = session->handler_late ? 503 : 500};
  }
  co_return response;
}

// False when the connection is over.
Async<bool> write_slowly(Runtime& runtime, Duration timeout, Session& session, std::string text, const bool& aborted) {
  for (std::size_t at = 0; at < text.size(); at += slow_body_piece_bytes) {
    if (aborted || !co_await runtime.sleep_for(slow_body_pause)) co_return false;
    const auto piece = asio::buffer(text) + at;
    session.stream.expires_after(timeout);
    const auto [error, bytes] =
        co_await asio::async_write(session.stream, asio::buffer(piece, slow_body_piece_bytes), awaiting);
    if (error) co_return false;
  }
  co_return true;
}

// Refuses a stream where there are too many; otherwise it has its place while it lasts.
template <class State>
class StreamPlace {
 public:
  StreamPlace(State& state, Response& response, const AnswerContext& context) : state_(state) {
    if (response.stream == nullptr || context.head_request) return;
    if (state.streams >= state.limits.max_streams) {
      response = Response{.status = 503, .headers = {{"Retry-After", std::string(retry_stream_after_seconds)}}};
      return;
    }
    taken_ = true;
    ++state.streams;
  }
  ~StreamPlace() {
    if (taken_) --state_.streams;
  }
  StreamPlace(const StreamPlace&) = delete;
  StreamPlace& operator=(const StreamPlace&) = delete;

 private:
  State& state_;
  bool taken_ = false;
};

// True when the connection can take another request.
template <class State>
Async<bool> write_answer(std::shared_ptr<State> state, std::shared_ptr<Session> session, Response response,
                         AnswerContext context) {
  const Response::Wire wire = response.wire;
  if (response.delay > Duration{0}) {
    if (state->aborted || !co_await state->runtime.sleep_for(response.delay)) co_return false;
  }
  if (wire == Response::Wire::reset_before_answer) {
    error_code ignored;
    session->stream.socket().set_option(asio::socket_base::linger(true, 0), ignored);
    session->stream.close();
    co_return false;
  }
  const StreamPlace place(*state, response, context);
  context.keep_connection = context.keep_connection && !state->stopping;
  WireAnswer answer = wire_answer(std::move(response), context);
  const std::string slow_body =
      wire == Response::Wire::slow_body ? std::exchange(answer.body, std::string{}) : std::string{};
  session->stream.expires_after(state->limits.answer_timeout);
  const std::array<asio::const_buffer, 2> parts{asio::buffer(answer.head), asio::buffer(answer.body)};
  const auto [error, bytes] = co_await asio::async_write(session->stream, parts, awaiting);
  if (error) co_return false;
  if (!slow_body.empty() &&
      !co_await write_slowly(state->runtime, state->limits.answer_timeout, *session, slow_body, state->aborted)) {
    co_return false;
  }
  if (answer.stream != nullptr &&
      !co_await send_stream(session, std::move(answer.stream), state->limits, !context.http_1_0)) {
    co_return false;
  }
  co_return answer.keep_connection && !state->stopping;
}

// Ends a connection in such a way that the client gets all that was written.
Async<void> linger_and_close(Session& session) {
  error_code ignored;
  session.disposable = true;
  session.stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  session.stream.expires_after(max_linger);
  std::array<char, 4096> dropped;
  for (std::size_t total = 0; total < max_linger_bytes && session.stream.socket().is_open();) {
    const auto [error, bytes] = co_await session.stream.async_read_some(asio::buffer(dropped), awaiting);
    if (error) break;
    total += bytes;
  }
  session.stream.close();
}

// --- connections ---------------------------------------------------------------------------------------------------

template <class State>
Async<void> serve(std::shared_ptr<State> state, std::shared_ptr<Session> session) {
  bool keep = true;
  while (keep && !state->stopping) {
    session->disposable = session->requests > 0 && session->buffer.size() == 0;
    if (session->disposable && state->full()) state->changed();  // somebody may wait for this place
    session->sending_since = Clock::now();
    const bool begun = co_await wait_for_first_byte(state->limits, *session);
    session->disposable = false;
    if (!begun) break;
    ReadOutcome outcome = co_await read_request(state->limits, *session);
    session->sending_since.reset();
    if (outcome.kind == ReadOutcome::Kind::closed) co_return session->stream.close();
    if (outcome.kind == ReadOutcome::Kind::refused) {
      (void)co_await write_answer(state, session, Response{.status = outcome.refusal_status},
                                  AnswerContext{.keep_connection = false});
      break;
    }
    Response response =
        co_await call_handler(state, session, std::move(outcome.request), outcome.context.keep_connection);
    keep = co_await write_answer(state, session, std::move(response), outcome.context);
  }
  co_await linger_and_close(*session);
}

template <class State>
void start_session(const std::shared_ptr<State>& state, tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  auto session = std::make_shared<Session>(std::move(socket));
  session->buffer.max_size(state->limits.max_header_bytes + read_ahead_bytes);
  session->position = state->sessions.insert(state->sessions.end(), session);
  auto on_end = [state, session](std::exception_ptr) {
    // An exception that is none of the handler's is out of memory: the connection ends, the server goes on.
    session->stream.close();
    state->sessions.erase(session->position);
    state->changed();
  };
  asio::co_spawn(session->stream.get_executor(), without_cancellation_exceptions(serve(state, session)),
                 asio::bind_cancellation_slot(session->signal.slot(), std::move(on_end)));
}

template <class State>
Async<void> accept_connections(std::shared_ptr<State> state) {
  while (!state->stopping) {
    auto [error, socket] = co_await state->acceptor.async_accept(awaiting);
    if (error == asio::error::connection_aborted) continue;
    if (error && !state->stopping) {
      co_await wait_for_change(state, state->runtime.steady_now() + accept_pause);
      continue;
    }
    while (state->full() && !state->stopping) {
      state->close_disposable(1);
      const auto until = state->full() ? state->close_slowest() : Clock::time_point::max();
      co_await wait_for_change(state, until);
    }
    if (!state->stopping) start_session(state, std::move(socket));
  }
}

template <class State>
Async<void> stop_server(std::shared_ptr<State> state, Duration grace) {
  state->begin_stop();
  const Steady until = state->runtime.steady_now() + grace;
  while (!state->ended() && state->runtime.steady_now() < until) {
    if (!co_await wait_for_change(state, until)) break;
  }
  if (!state->ended()) state->abort();
  while (!state->ended()) co_await wait_for_change(state, Clock::time_point::max());
}

}  // namespace

HttpServer::HttpServer(Runtime& runtime, ServerLimits limits, Handler handler)
    : state_(std::make_shared<State>(runtime, limits, std::move(handler))) {}

HttpServer::~HttpServer() {
  state_->begin_stop();
  state_->abort();
}

Result<void> HttpServer::listen(const std::string& address, std::uint16_t port) {
  const auto cannot = [&](std::string_view reason) {
    return fail(ErrorCode::invalid_argument, fmt::format("cannot listen on {}:{}: {}", address, port, reason));
  };
  if (state_->accepting || state_->stopping) return cannot("this server listens already or was stopped");
  error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error) return cannot("the address must be an IP address like 127.0.0.1 or ::1");
  const tcp::endpoint endpoint(parsed, port);
  tcp::acceptor& acceptor = state_->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor.close(ignored);
    return cannot(error.message());
  }
  state_->port = acceptor.local_endpoint().port();
  state_->accepting = true;
  asio::co_spawn(acceptor.get_executor(), without_cancellation_exceptions(accept_connections(state_)),
                 [state = state_](std::exception_ptr) {
                   state->accepting = false;
                   state->changed();
                 });
  return {};
}

std::uint16_t HttpServer::port() const { return state_->port; }

std::size_t HttpServer::open_connections() const { return state_->sessions.size(); }

Async<void> HttpServer::stop(Duration grace) { return stop_server(state_, grace); }

}  // namespace syncwell::net
