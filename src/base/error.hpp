// The one error type of the system. Ports return Result<T>; exceptions are for start-up and broken invariants only.
// An Error says what happened (code), what to do about it (retry_class, PROV-3 / DEC-1 / DEC-3) and in which words to
// tell a person (message: what was wrong, where, what to do next). A message never holds a token, a user id or a
// health value: it ends up in logs, answers and the dead-letter queue.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/log_level.hpp"

namespace syncwell {

// The codes, what they mean and what to do about each stand in error_codes.inc, which code, API and documents share.
enum class ErrorCode {
#define SYNCWELL_ERROR(code, retry_class, log_level, status, meaning, advice) code,
#include "base/error_codes.inc"
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

// What the dictionary says of a code; all of it is constant text.
struct ErrorEntry {
  std::string_view name;
  RetryClass retry_class;
  LogLevel log_level;  // of an attempt that ended so; a job that is given up is an error in any case
  int http_status;     // of the API's answer
  std::string_view meaning;
  std::string_view advice;  // what to do
};
[[nodiscard]] std::span<const ErrorEntry> error_dictionary() noexcept;
[[nodiscard]] const ErrorEntry& entry_of(ErrorCode code) noexcept;
// nullptr where no code has this name.
[[nodiscard]] const ErrorEntry* find_error(std::string_view name) noexcept;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message)});
}

// Passes an error of one Result on as the error of another.
[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace syncwell
