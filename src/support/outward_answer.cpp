#include "support/outward_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace syncwell::support {
namespace {

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
      return ErrorCode::unauthenticated;
    case 403:
      return ErrorCode::forbidden;
    case 408:
    case 504:
      return ErrorCode::timeout;
    case 409:
      return ErrorCode::version_conflict;
    case 413:
      return ErrorCode::too_large;
    case 429:
      return ErrorCode::rate_limited;
    default:
      return status >= 300 && status < 500 ? ErrorCode::provider_rejected : ErrorCode::provider_failed;
  }
}

}  // namespace

std::optional<Duration> retry_after_of(const net::Response& answer) {
  const auto text = answer.headers.get("Retry-After").value_or("");
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::min<Duration>(std::chrono::seconds{seconds}, max_retry_after);
}

Error error_of(const net::Response& answer, std::string_view service, std::string_view advice) {
  Error error{code_of(answer.status), fmt::format("{} answered {}: {}", service, answer.status, advice)};
  error.http_status = answer.status;
  if (answer.status == 429 || answer.status == 503) error.retry_after = retry_after_of(answer);
  return error;
}

}  // namespace syncwell::support
