// How the HTTP server sends a body that comes piece by piece (body_source.hpp). Private to net/.
#pragma once

#include <memory>

#include "net/body_source.hpp"
#include "net/http_server.hpp"
#include "net/http_session.hpp"

namespace syncwell::net {

// Sends what follows the head, as chunks or, for HTTP/1.0, as it is. True: the body is complete, and the client knows.
// False: the connection is closed. While it waits for a piece, it listens to the client: one that closes its side has
// gone, and what it sends is kept for the next request. Session::end_stream() ends it, cancellation cuts it.
[[nodiscard]] Async<bool> send_stream(std::shared_ptr<Session> session, std::shared_ptr<BodySource> source,
                                      const ServerLimits& limits, bool chunked);

}  // namespace syncwell::net
