// The one error type of the system. Ports return Result<T>; exceptions are for start-up and broken invariants only.
// An Error says what happened (code), what to do about it (retry_class, PROV-3 / DEC-1 / DEC-3) and in which words to
// tell a person (message: what was wrong, where, what to do next). A message never holds a token, a user id or a
// health value: it ends up in logs, answers and the dead-letter queue.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace syncwell {

enum class ErrorCode {
  // The caller asked for something wrong.
  invalid_argument,
  unsupported,  // a direction, type or operation that this provider cannot do
  not_found,
  already_exists,
  version_conflict,  // a conditional write met another version
  too_large,         // past a named maximum
  // A provider's answer.
  unauthenticated,    // 401, or a refresh token that was refused
  forbidden,          // 403
  rate_limited,       // 429, or our own bucket is empty
  circuit_open,       // our breaker refuses the call
  busy,               // another job of the same sync is running (DEC-10)
  provider_rejected,  // 400 and other permanent 4xx
  provider_failed,    // 5xx
  mapping,            // an essential field of the answer is unreadable
  // The way there.
  timeout,
  connection_failed,
  refused_address,  // the target resolves to an address that we never call
  // Files and storage.
  unreadable_input,  // damaged, truncated, hostile or of another type
  storage_full,
  storage_read_only,
  storage_in_use,  // another process holds the data folder
  storage_newer,   // written by a newer version of SyncWell
  storage_failed,
  sealed_by_other_key,  // the vault key does not open this secret
  // Neither success nor failure.
  cancelled,
  lease_lost,  // another worker took the job over
  internal,
};

// What the job's life cycle does with an error (PROV-3, LIFE).
enum class RetryClass {
  permanent_auth,     // connection needs_reauth, no retry, no DLQ
  delayed,            // not a failure: try again later, no attempt used (DEC-1)
  transient,          // backoff; dead-lettered after the last attempt
  permanent_request,  // dead-lettered at once (DEC-3)
  mapping,            // dead-lettered at once, with its own class
  cancelled,          // back to the queue at once, no attempt used
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  // How long to wait before the next try, when the other side or a limiter said so.
  std::optional<std::chrono::milliseconds> retry_after{};
  // Set when the error came from an HTTP answer; 0 otherwise.
  int http_status = 0;
};

template <class T>
using Result = std::expected<T, Error>;

// "rate_limited" and so on: stable names for logs, metrics, the DLQ and documents.
[[nodiscard]] std::string_view name_of(ErrorCode code) noexcept;
[[nodiscard]] std::string_view name_of(RetryClass retry_class) noexcept;
[[nodiscard]] RetryClass retry_class_of(ErrorCode code) noexcept;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message)});
}

// Passes an error of one Result on as the error of another.
[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace syncwell
