#include "api/problem.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace syncwell::api {

namespace json = boost::json;

int http_status_of(ErrorCode code) noexcept { return entry_of(code).http_status; }

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
