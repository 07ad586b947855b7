// The recorded exchanges of tests/data/api/strava: [{request:{method, url}, response:{status, headers, body}}].
// For tests only.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <vector>

#include "providers/scripted_http_client.hpp"
#include "providers/test_files.hpp"

namespace syncwell::providers::strava {

struct Exchange {
  std::string method;
  std::string url;
  net::Response response;
};

inline std::vector<Exchange> read_recorded(const std::string& path) {
  std::vector<Exchange> exchanges;
  for (const auto& item : boost::json::parse(read_test_file(path)).as_array()) {
    const auto& request = item.at("request").as_object();
    const auto& answer = item.at("response").as_object();
    Exchange exchange{std::string(request.at("method").as_string()), std::string(request.at("url").as_string()), {}};
    exchange.response.status = static_cast<int>(answer.at("status").as_int64());
    exchange.response.body = boost::json::serialize(answer.at("body"));
    for (const auto& [name, value] : answer.at("headers").as_object()) {
      exchange.response.headers.add(std::string(name), std::string(value.as_string()));
    }
    exchanges.push_back(std::move(exchange));
  }
  return exchanges;
}

}  // namespace syncwell::providers::strava
