// The body of an answer that is not known when the answer begins: the server asks for one piece after the other and
// sends each as a chunk. One piece is asked for when the client's system has taken the one before, so that a slow
// reader makes the source wait instead of filling memory.
#pragma once

#include <string>

#include "base/async.hpp"

namespace syncwell::net {

// Lives as long as its answer, is used on the server's executor, and may still wait when the handler is long done.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece, of at most ServerLimits::max_chunk_bytes; empty: the body is complete. It may take as long as it
  // likes: the handler's timeout does not hold here, and how long the whole may last is the source's business.
  // An error, an exception or a piece that is too large: the connection is cut, so that the client knows that the body
  // is not whole.
  // Cancelled when the client has gone or the server stops: answers at once, with an empty piece where a body that ends
  // here is whole all the same (a stream of events), otherwise with an error. It is not called again.
  [[nodiscard]] virtual Async<Result<std::string>> next() = 0;
};

}  // namespace syncwell::net
