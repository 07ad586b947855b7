// What the sandbox's tests share: a caller that holds a token, and reading the recorded exchanges.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "sandbox/sandbox.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox::testing {

inline Instant at(std::string_view text) { return parse_rfc3339(text).value().at; }

inline boost::json::value json_of(const net::Response& response) {
  const auto value = parse_json(response.body);
  EXPECT_TRUE(value.has_value()) << response.body;
  return value.value_or(nullptr);
}

inline std::string read_file(const std::string& path_below_data) {
  std::ifstream file(std::string(SYNCWELL_SOURCE_DIR "/tests/data/") + path_below_data, std::ios::binary);
  EXPECT_TRUE(file.good()) << path_below_data;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline boost::json::value read_json(const std::string& path_below_data) {
  return parse_json(read_file(path_below_data)).value();
}

inline const std::string google_scopes = [] {
  std::string text;
  for (const char* name :
       {"activity_and_fitness", "health_metrics_and_measurements", "sleep", "nutrition", "settings"}) {
    for (const char* mode : {"readonly", "writeonly"}) {
      text +=
          std::string(text.empty() ? "" : " ") + "https://www.googleapis.com/auth/googlehealth." + name + "." + mode;
    }
  }
  return text;
}();
inline const std::string strava_scopes = "read,activity:read_all,activity:write,profile:read_all,profile:write";

// A sandbox with a clock, and one token per provider for "alice".
struct World {
  explicit World(SandboxOptions options = {}) : sandbox(std::move(options)) {
    google_token = mint("google_health", google_scopes);
    strava_token = mint("strava", strava_scopes);
  }

  net::Response call(net::Request request) { return sandbox.handle(request, now); }
  net::Response control(std::string method, std::string target, std::string body = {}) {
    return call({.method = std::move(method), .url = "/_sandbox/" + std::move(target), .body = std::move(body)});
  }
  net::Response google(std::string method, std::string target, std::string body = {}) {
    return call({.method = std::move(method),
                 .url = "/google/v4/users/me/" + std::move(target),
                 .headers = {{"Authorization", "Bearer " + google_token}, {"Content-Type", "application/json"}},
                 .body = std::move(body)});
  }
  net::Response strava(std::string method, std::string target, const net::Parameters& form = {}) {
    return call({.method = std::move(method),
                 .url = "/strava/api/v3/" + std::move(target),
                 .headers = {{"Authorization", "Bearer " + strava_token},
                             {"Content-Type", "application/x-www-form-urlencoded"}},
                 .body = net::encode_form(form)});
  }
  net::Response post_form(std::string target, const net::Parameters& form) {
    return call({.method = "POST",
                 .url = std::move(target),
                 .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                 .body = net::encode_form(form)});
  }
  net::Response upload(std::string_view data_type, std::string file, std::vector<net::FormPart> more = {},
                       std::string file_name = "ride.fit") {
    std::vector<net::FormPart> parts = std::move(more);
    parts.push_back({.name = "data_type", .value = std::string(data_type)});
    parts.push_back({.name = "file",
                     .value = std::move(file),
                     .file_name = std::move(file_name),
                     .content_type = "application/octet-stream"});
    auto multipart = net::encode_multipart(parts, "sandbox-test-boundary");
    return call({.method = "POST",
                 .url = "/strava/api/v3/uploads",
                 .headers = {{"Authorization", "Bearer " + strava_token}, {"Content-Type", multipart.content_type}},
                 .body = std::move(multipart.body)});
  }
  std::string mint(const std::string& provider, const std::string& scopes, const std::string& more = {}) {
    const auto response =
        control("POST", "tokens?account=alice&provider=" + provider + "&scope=" + net::percent_encode(scopes) + more);
    return std::string(json_of(response).at("access_token").as_string());
  }

  Instant now = at("2026-03-28T12:00:00Z");
  Sandbox sandbox;
  std::string google_token;
  std::string strava_token;
};

}  // namespace syncwell::sandbox::testing
