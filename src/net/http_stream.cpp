#include "net/http_stream.hpp"

#include <boost/asio/write.hpp>

#include "base/cancellation.hpp"
#include "base/task_group.hpp"
#include "net/http_wire.hpp"

namespace syncwell::net {

namespace asio = boost::asio;

namespace {

// What a client may send ahead while its answer is a stream. Past this it is not listened to any more, and only a piece
// that cannot be written tells that it has gone.
constexpr std::size_t max_sent_ahead_bytes = 4096;
constexpr std::size_t listening_bytes = 512;

Async<void> ask(BodySource& source, Result<std::string>& piece) {
  try {
    piece = co_await source.next();
  } catch (...) {
    piece = fail(ErrorCode::internal, "the source of a stream threw");  // its text may hold anything
  }
}

// Until the server stops, or cancelled.
Async<void> wait_for_end(Session& session) {
  if (session.stream_must_end || co_await is_cancelled()) co_return;
  co_await session.stream_timer.async_wait(awaiting);
}

// Until the client has gone, or cancelled. The socket is read past the stream's own timer, which is the writer's.
Async<void> listen_to_client(Session& session, bool& gone) {
  while (session.buffer.size() < max_sent_ahead_bytes) {
    // A wait that begins after the cancellation would never hear of it.
    if (co_await is_cancelled()) co_return;
    const auto [error, bytes] =
        co_await session.stream.socket().async_read_some(session.buffer.prepare(listening_bytes), awaiting);
    session.buffer.commit(bytes);
    if (co_await is_cancelled()) co_return;
    if (error) {
      gone = true;
      co_return;
    }
  }
  co_await wait_for_end(session);
}

bool cut(Session& session, bool chunked) {
  // Without chunks, only a reset tells the client that this is not the end.
  boost::system::error_code ignored;
  if (!chunked) session.stream.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  session.stream.close();
  return false;
}

}  // namespace

Async<bool> send_stream(std::shared_ptr<Session> session, std::shared_ptr<BodySource> source,
                        const ServerLimits& limits, bool chunked) {
  for (;;) {
    bool client_gone = false;
    Result<std::string> piece;
    co_await until_first(ask(*source, piece),
                         until_first(listen_to_client(*session, client_gone), wait_for_end(*session)));
    const bool must_end = session->stream_must_end || co_await is_cancelled();
    const bool sound = piece && piece->size() <= limits.max_chunk_bytes && (piece->empty() || !must_end);
    if (client_gone || !sound) co_return cut(*session, chunked);
    const bool complete = piece->empty();
    const std::string text = chunked ? wire_chunk(*piece) : std::move(*piece);
    session->stream.expires_after(limits.answer_timeout);
    const auto [error, bytes] = co_await asio::async_write(session->stream, asio::buffer(text), awaiting);
    if (error) co_return cut(*session, chunked);
    if (complete) co_return true;
  }
}

}  // namespace syncwell::net
