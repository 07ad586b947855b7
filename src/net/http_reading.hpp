// How the HTTP server reads a request from a connection (RFC 9112). Private to net/.
#pragma once

#include "net/http_server.hpp"
#include "net/http_session.hpp"
#include "net/http_wire.hpp"

namespace syncwell::net {

// refused: answer with this status and close. closed: the client went away or was too slow, or the server stops.
struct ReadOutcome {
  enum class Kind { request, refused, closed } kind = Kind::closed;
  int refusal_status = 0;
  Request request{};
  AnswerContext context{};
};

// Waits for the first byte of the next request. The header's timeout starts here. False: there will be none.
[[nodiscard]] Async<bool> wait_for_first_byte(const ServerLimits& limits, Session& session);
[[nodiscard]] Async<ReadOutcome> read_request(const ServerLimits& limits, Session& session);

}  // namespace syncwell::net
