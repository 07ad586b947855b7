#include "app/demo_environment.hpp"

namespace syncwell::app {

std::vector<std::string> to_environment(const DemoEnvironment& demo) {
  const auto setting = [](const std::string& name, const std::string& value) {
    return "SYNCWELL_" + name + "=" + value;
  };
  std::string roots;
  for (const auto& root : demo.file_roots) roots += (roots.empty() ? "" : ",") + root;
  return {setting("DATA_DIR", demo.data_folder.string()),
          setting("SERVER_PORT", "0"),
          setting("LOG_LEVEL", "warn"),
          setting("FILES_ROOTS", roots),
          setting("HTTP_ALLOW_PRIVATE_ADDRESSES", "true"),
          setting("WORKER_BACKOFF_BASE_MS", "500"),
          setting("PROVIDERS_GOOGLE_HEALTH_API_BASE", demo.sandbox + "/google"),
          setting("PROVIDERS_GOOGLE_HEALTH_AUTH_BASE", demo.sandbox + "/google"),
          setting("PROVIDERS_GOOGLE_HEALTH_TOKEN_BASE", demo.sandbox + "/google"),
          setting("PROVIDERS_GOOGLE_HEALTH_CLIENT_ID", "syncwell-google-client"),
          setting("PROVIDERS_GOOGLE_HEALTH_CLIENT_SECRET", "syncwell-google-secret"),
          setting("PROVIDERS_GOOGLE_HEALTH_WEBHOOK_SECRET", demo_webhook_secret),
          setting("PROVIDERS_STRAVA_API_BASE", demo.sandbox + "/strava"),
          setting("PROVIDERS_STRAVA_AUTH_BASE", demo.sandbox + "/strava"),
          setting("PROVIDERS_STRAVA_TOKEN_BASE", demo.sandbox + "/strava"),
          setting("PROVIDERS_STRAVA_CLIENT_ID", "100001"),
          setting("PROVIDERS_STRAVA_CLIENT_SECRET", "syncwell-strava-secret")};
}

}  // namespace syncwell::app
