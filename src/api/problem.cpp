#include "api/problem.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace syncwell::api {

namespace json = boost::json;

int http_status_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::unreadable_input:
      return 400;
    case ErrorCode::unsupported:
    case ErrorCode::provider_rejected:
    case ErrorCode::unauthenticated:  // the provider refused, not we: the request is understood but cannot be done
    case ErrorCode::forbidden:
    case ErrorCode::mapping:
    case ErrorCode::refused_address:
      return 422;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::already_exists:
    case ErrorCode::version_conflict:
    case ErrorCode::busy:
      return 409;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::rate_limited:
    case ErrorCode::circuit_open:
    case ErrorCode::cancelled:
    case ErrorCode::storage_full:
    case ErrorCode::storage_read_only:
    case ErrorCode::storage_in_use:
      return 503;
    case ErrorCode::provider_failed:
    case ErrorCode::connection_failed:
      return 502;
    case ErrorCode::timeout:
      return 504;
    case ErrorCode::storage_newer:
    case ErrorCode::storage_failed:
    case ErrorCode::sealed_by_other_key:
    case ErrorCode::lease_lost:
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

net::Response json_answer(int status, const json::object& body) {
  return {status, {{"Content-Type", "application/json"}}, json::serialize(body)};
}

net::Response problem(int status, std::string_view type, std::string_view detail) {
  std::string title(type);
  std::ranges::replace(title, '_', ' ');
  const json::object body{
      {"type", "urn:syncwell:problem:" + std::string(type)}, {"title", title}, {"status", status}, {"detail", detail}};
  return {status, {{"Content-Type", "application/problem+json"}}, json::serialize(body)};
}

net::Response problem(const Error& error) {
  const int status = http_status_of(error.code);
  // What broke inside is for the log, not for callers.
  auto answer = problem(status, name_of(error.code),
                        status == 500 ? "The server could not do this; its log says why." : error.message);
  if (error.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count();
    answer.headers.set("Retry-After", std::to_string(seconds));
  }
  return answer;
}

}  // namespace syncwell::api
