// The Queue port: a durable queue with its dead-letter queue (ARCH-3, ARCH-4, LIFE), shaped after SQS. Every adapter
// passes tests/conformance/queue_conformance.hpp.
//
// A message is delivered at least once. receive() hides it for the visibility time-out and hands out a receipt: the
// fencing token of that lease. A receipt is stale once the message was received again; a stale receipt changes
// nothing. No order is promised, but older visible messages are preferred, and one message never blocks another.
// A message received max_receive_count times whose lease runs out moves to the dead-letter queue by itself
// (reason "max_receives"), also when it crashed the process each time.
// Threads, durability, cancellation: as in store/table.hpp. A message that receive() took while its caller was
// cancelled becomes visible again after the visibility time-out.
// Errors of every method: storage_full, storage_read_only, storage_failed, cancelled. The others are named below.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/time.hpp"

namespace syncwell::queue {

inline constexpr std::size_t max_body_bytes = 256 * 1024;
inline constexpr std::size_t max_receive_batch = 10;
inline constexpr Duration max_delay = std::chrono::minutes{15};
inline constexpr Duration max_wait = std::chrono::seconds{20};
inline constexpr Duration max_visibility = std::chrono::hours{12};
inline constexpr std::size_t max_dead_letter_page = 1000;
inline constexpr std::size_t max_reason_bytes = 2000;  // of a dead letter's reason and message; longer ones are cut

struct Settings {
  Duration visibility_timeout = std::chrono::seconds{90};
  int max_receive_count = 5;
};

struct Message {
  std::string id;
  std::string body;
  std::string receipt;
  int receive_count = 0;  // this delivery included
  Instant sent{};
  Instant first_received{};
};

struct DeadLetter {
  std::string id;  // its own: drawn as it died; the message that it is redriven as has it, too
  std::string body;
  int receive_count = 0;
  Instant sent{};
  Instant died{};
  std::string reason;   // an error code's name, or "max_receives"
  std::string message;  // for people; no health data (SUP-2)
};

struct Depth {
  std::uint64_t visible = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t delayed = 0;
  std::uint64_t dead = 0;
  std::optional<Instant> oldest_visible{};  // when the oldest visible message was sent
};

class Queue {
 public:
  virtual ~Queue() = default;

  // Returns the message id. too_large, invalid_argument (delay past max_delay).
  [[nodiscard]] virtual Async<Result<std::string>> send(std::string body, Duration delay) = 0;
  // Up to `most` (<= max_receive_batch) messages; waits up to `wait` for the first. Empty when none came.
  // invalid_argument past these limits.
  [[nodiscard]] virtual Async<Result<std::vector<Message>>> receive(std::size_t most, Duration wait) = 0;
  // Hides the message until now + visibility (0 shows it at once). lease_lost for a stale receipt,
  // invalid_argument past max_visibility.
  [[nodiscard]] virtual Async<Result<void>> extend(std::string receipt, Duration visibility) = 0;
  // Deletes the message. lease_lost for a stale receipt; success when it is already gone by this receipt.
  [[nodiscard]] virtual Async<Result<void>> remove(std::string receipt) = 0;
  // Moves the message to the dead-letter queue at once. lease_lost for a stale receipt.
  [[nodiscard]] virtual Async<Result<void>> dead_letter(std::string receipt, std::string reason,
                                                        std::string message) = 0;

  [[nodiscard]] virtual Async<Result<Depth>> depth() = 0;
  // In the order in which they died, at most `limit`, after the id `after` ("" for the start; it may be gone).
  // invalid_argument past max_dead_letter_page or for an `after` that is no id.
  [[nodiscard]] virtual Async<Result<std::vector<DeadLetter>>> dead_letters(std::size_t limit, std::string after) = 0;
  // Back to the queue as if it were sent now: with a receive count of 0, visible at once. not_found when it is not
  // there (any more).
  [[nodiscard]] virtual Async<Result<void>> redrive(std::string id) = 0;
  // Returns how many were redriven.
  [[nodiscard]] virtual Async<Result<std::uint64_t>> redrive_all() = 0;
  // Deletes one dead letter. not_found.
  [[nodiscard]] virtual Async<Result<void>> purge(std::string id) = 0;
};

}  // namespace syncwell::queue
