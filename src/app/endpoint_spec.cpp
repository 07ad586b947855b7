#include "app/endpoint_spec.hpp"

#include <algorithm>
#include <filesystem>

namespace syncwell::app {

Result<EndpointSpec> parse_endpoint(const std::string& text, const providers::Registry& registry) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0) {
    return fail(ErrorCode::invalid_argument,
                "\"" + text + "\" is not provider:account or format:path, like google_health:me or fit:./rides");
  }
  EndpointSpec spec{text.substr(0, colon), text.substr(colon + 1)};
  std::ranges::replace(spec.provider, '-', '_');
  if (spec.provider == "apple_health") spec.provider = "apple_health_export";
  const auto* provider = registry.find(spec.provider);
  if (provider == nullptr) {
    return fail(ErrorCode::invalid_argument,
                "unknown provider \"" + text.substr(0, colon) + "\"; there are: " + registry.key_list());
  }
  if (spec.place.empty())
    return fail(ErrorCode::invalid_argument, "\"" + text + "\" names no account or path after the colon");
  spec.is_file = provider->capabilities().kind == providers::ProviderKind::file;
  if (spec.is_file) {
    std::error_code error;
    // Absolute first: of a relative path that is yet to be made, weakly_canonical leaves a relative one.
    auto path = std::filesystem::absolute(spec.place, error);
    if (!error) path = std::filesystem::weakly_canonical(path, error);
    // "rides/" and "rides" are one place, also before it is made.
    spec.place = (path.has_filename() ? path : path.parent_path()).string();
    if (error) return fail(ErrorCode::invalid_argument, text + ": " + error.message());
  }
  return spec;
}

}  // namespace syncwell::app
