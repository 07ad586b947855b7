// A double of HttpClient for provider tests: answers one request after the other from a script, and keeps the requests
// for inspection. A request that the script does not foresee, or a script that is not used up, fails the test.
// For tests only; no target but test executables includes it.
#pragma once

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "net/http_client.hpp"

namespace syncwell::providers {

class ScriptedHttpClient final : public net::HttpClient {
 public:
  ScriptedHttpClient() = default;
  ScriptedHttpClient(const ScriptedHttpClient&) = delete;
  ScriptedHttpClient& operator=(const ScriptedHttpClient&) = delete;
  ~ScriptedHttpClient() override {
    EXPECT_TRUE(script_.empty()) << script_.size() << " scripted answers were not used";
  }

  ScriptedHttpClient& answer(int status, std::string body, net::Headers headers = {}) {
    script_.push_back(net::Response{status, std::move(headers), std::move(body)});
    return *this;
  }
  ScriptedHttpClient& fail_with(ErrorCode code) {
    script_.push_back(fail(code, "scripted failure"));
    return *this;
  }
  // The last scripted answer comes again and again.
  ScriptedHttpClient& for_ever() {
    for_ever_ = script_.back();
    script_.pop_back();
    return *this;
  }

  Async<Result<net::Response>> send(net::Request request, Deadline) override {
    requests.push_back(std::move(request));
    if (script_.empty()) {
      if (for_ever_) co_return *for_ever_;
      ADD_FAILURE() << "request that the script does not foresee: " << requests.back().method << ' '
                    << requests.back().url;
      co_return fail(ErrorCode::internal, "the script is at its end");
    }
    auto next = std::move(script_.front());
    script_.pop_front();
    co_return next;
  }

  [[nodiscard]] net::Target target(std::size_t index) const { return net::parse_target(path_and_query(index)); }
  [[nodiscard]] std::string path(std::size_t index) const { return target(index).path; }
  [[nodiscard]] std::string query(std::size_t index, std::string_view name) const {
    return target(index).parameter(name).value_or("(absent)");
  }

  std::vector<net::Request> requests;

 private:
  [[nodiscard]] std::string path_and_query(std::size_t index) const {
    const std::string& url = requests.at(index).url;
    const auto scheme = url.find("://");
    const auto slash = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
    return slash == std::string::npos ? "/" : url.substr(slash);
  }

  std::deque<Result<net::Response>> script_;
  std::optional<Result<net::Response>> for_ever_;
};

}  // namespace syncwell::providers
