#include "net/http_reading.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>

namespace syncwell::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t header_piece_bytes = 4096;

using Parser = http::request_parser<http::string_body>;

ReadOutcome refused(int status) { return {.kind = ReadOutcome::Kind::refused, .refusal_status = status}; }

ReadOutcome outcome_of(error_code error) {
  if (error == http::error::header_limit) return refused(431);
  if (error == http::error::body_limit) return refused(413);
  if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
  static const auto& http_category = error_code(http::error::bad_method).category();
  if (error.category() == http_category) return refused(400);
  return {};  // the client went away, was too slow, or the server stops
}

int refusal_of_header(const Parser& parser) {
  const auto hosts = parser.get().count(http::field::host);
  if (hosts > 1 || (hosts == 0 && parser.get().version() >= 11)) return 400;
  const auto expectation = parser.get().find(http::field::expect);
  if (expectation != parser.get().end() && !beast::iequals(expectation->value(), "100-continue")) return 417;
  return 0;
}

// Reads the request line and the fields. Not http::async_read_header: its limit holds for every field, not for all of
// them together. `error` is set to http::error::header_limit one past the maximum.
Async<error_code> read_header(const ServerLimits& limits, Session& session, Parser& parser) {
  std::size_t header_bytes = 0;
  for (;;) {
    if (session.buffer.size() > 0) {
      error_code error;
      const std::size_t used = parser.put(session.buffer.data(), error);
      session.buffer.consume(used);
      header_bytes += used;
      if (error && error != http::error::need_more) co_return error;
    }
    const std::size_t unread = parser.is_header_done() ? 0 : session.buffer.size();
    if (header_bytes + unread > limits.max_header_bytes) co_return http::error::header_limit;
    if (parser.is_header_done()) co_return error_code{};
    const std::size_t piece = std::min(header_piece_bytes, limits.max_header_bytes + 1 - header_bytes - unread);
    const auto [error, bytes] = co_await session.stream.async_read_some(session.buffer.prepare(piece), awaiting);
    session.buffer.commit(bytes);
    if (error) co_return error;
  }
}

}  // namespace

Async<bool> wait_for_first_byte(const ServerLimits& limits, Session& session) {
  session.stream.expires_after(limits.header_timeout);
  if (session.buffer.size() > 0) co_return true;  // a pipelined request
  session.buffer.shrink_to_fit();                 // what idles holds no buffer of its last request's size
  const auto [error, bytes] = co_await session.stream.async_read_some(session.buffer.prepare(512), awaiting);
  session.buffer.commit(bytes);
  co_return !error && bytes > 0;
}

Async<ReadOutcome> read_request(const ServerLimits& limits, Session& session) {
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.max_header_bytes) + 1);
  parser.body_limit(limits.max_body_bytes);
  if (const error_code error = co_await read_header(limits, session, parser)) co_return outcome_of(error);
  if (const int status = refusal_of_header(parser)) co_return refused(status);

  ReadOutcome outcome{.kind = ReadOutcome::Kind::request};
  outcome.request.method = parser.get().method_string();
  outcome.request.url = parser.get().target();
  // Taken now: trailer fields of a chunked body, which the parser adds to the same place, are not the request's.
  for (const auto& field : parser.get()) outcome.request.headers.add(field.name_string(), std::string(field.value()));
  outcome.context.head_request = parser.get().method() == http::verb::head;
  outcome.context.http_1_0 = parser.get().version() < 11;
  outcome.context.keep_connection = parser.keep_alive();

  if (!parser.is_done()) {
    session.stream.expires_after(limits.body_timeout);
    if (outcome.request.headers.get("expect") && !outcome.context.http_1_0) {
      static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [error, bytes] = co_await asio::async_write(session.stream, asio::buffer(go_on), awaiting);
      if (error) co_return ReadOutcome{};
    }
    const auto [error, bytes] = co_await http::async_read(session.stream, session.buffer, parser, awaiting);
    if (error) co_return outcome_of(error);
  }
  session.stream.expires_never();
  outcome.request.body = std::move(parser.get().body());
  co_return outcome;
}

}  // namespace syncwell::net
