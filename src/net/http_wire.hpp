// How an answer looks on the wire: the pure part of the HTTP server. Private to net/.
// Source: RFC 9110 (which answers have content), RFC 9112 (message format).
#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace syncwell::net {

// What the request decides about its answer.
struct AnswerContext {
  bool head_request = false;
  bool http_1_0 = false;
  bool keep_connection = true;  // the client and the server would both keep it
};

struct WireAnswer {
  std::string head;  // status line, fields, blank line
  std::string body;  // what follows; empty for HEAD, 204 and 304
  bool keep_connection = true;
  // What follows piece by piece, instead of `body`; null for HEAD, 204 and 304.
  std::shared_ptr<BodySource> stream{};
};

// Adds Content-Length or, for a stream, Transfer-Encoding; and Connection. HTTP/1.0 has no chunks: there, a stream ends
// with its connection. An answer that HTTP cannot carry (a status outside 200–599, a field that is no
// field) becomes a plain 500 that closes the connection. With Wire::truncated_body, the head announces the whole body
// and `body` is the first half (of an empty body, one byte is announced).
[[nodiscard]] WireAnswer wire_answer(Response response, AnswerContext context);

// A piece of a stream as a chunk; the empty piece is the last one.
[[nodiscard]] std::string wire_chunk(std::string_view piece);

// "Not Found"; "" for a status without a registered phrase.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace syncwell::net
