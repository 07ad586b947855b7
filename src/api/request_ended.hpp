// What the API tells of each request when it has been answered, for metrics.
#pragma once

#include <string_view>

#include "base/time.hpp"

namespace syncwell::api {

struct RequestEnded {
  std::string_view method;
  std::string_view route;  // the pattern of its path, so that there are few: "/v1/sync-jobs/{id}"; "unknown": none fits
  int status = 0;
  Duration took{};  // up to the answer; a stream goes on after that
};

}  // namespace syncwell::api
