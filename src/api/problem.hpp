// Errors as HTTP answers: RFC 9457 problem details. The only place where an ErrorCode becomes a status.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "base/error.hpp"
#include "net/http.hpp"

namespace syncwell::api {

[[nodiscard]] int http_status_of(ErrorCode code) noexcept;

// {"type": "urn:syncwell:problem:rate_limited", "title", "status", "detail"}; Retry-After where the error names a wait.
[[nodiscard]] net::Response problem(const Error& error);
// For problems that are HTTP's own: 404, 405, 409, 422 …
[[nodiscard]] net::Response problem(int status, std::string_view type, std::string_view detail);

[[nodiscard]] net::Response json_answer(int status, const boost::json::object& body);

}  // namespace syncwell::api
