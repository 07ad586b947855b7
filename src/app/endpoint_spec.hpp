// What `syncwell sync --from` and `--to` take: "provider:account" or "format:path".
#pragma once

#include <string>

#include "base/error.hpp"
#include "providers/registry.hpp"

namespace syncwell::app {

struct EndpointSpec {
  std::string provider;  // registry key
  std::string place;     // account name, or absolute path
  bool is_file = false;
};

// invalid_argument: no colon, unknown provider (names those there are), empty place.
[[nodiscard]] Result<EndpointSpec> parse_endpoint(const std::string& text, const providers::Registry& registry);

}  // namespace syncwell::app
