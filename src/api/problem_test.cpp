#include "api/problem.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <regex>

namespace syncwell::api {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr int codes = static_cast<int>(ErrorCode::internal) + 1;

json::object body_of(const net::Response& answer) { return json::parse(answer.body).as_object(); }

TEST(Problem, EveryErrorIsAProblemDetailsAnswer) {  // RFC 9457
  for (int i = 0; i < codes; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const auto answer = problem(Error{code, "what was wrong"});
    EXPECT_GE(answer.status, 400) << name_of(code);
    EXPECT_LT(answer.status, 600) << name_of(code);
    EXPECT_EQ(answer.headers.get("Content-Type"), "application/problem+json");
    const auto body = body_of(answer);
    EXPECT_EQ(body.at("type").as_string(), "urn:syncwell:problem:" + std::string(name_of(code)));
    EXPECT_EQ(body.at("status").as_int64(), answer.status);
    EXPECT_EQ(body.at("title").as_string().find('_'), json::string::npos);
    EXPECT_FALSE(body.at("detail").as_string().empty());
  }
}

TEST(Problem, WhatBrokeInsideIsNotTold) {
  for (int i = 0; i < codes; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const auto answer = problem(Error{code, "/var/lib/syncwell: broken"});
    EXPECT_EQ(answer.status == 500, answer.body.find("/var/lib") == std::string::npos) << name_of(code);
  }
  EXPECT_EQ(http_status_of(ErrorCode::internal), 500);
  EXPECT_EQ(http_status_of(ErrorCode::storage_failed), 500);
  EXPECT_EQ(http_status_of(ErrorCode::sealed_by_other_key), 500);
}

TEST(Problem, CallersAreToldWhoseFaultItIs) {  // API
  EXPECT_EQ(http_status_of(ErrorCode::invalid_argument), 400);
  EXPECT_EQ(http_status_of(ErrorCode::not_found), 404);
  EXPECT_EQ(http_status_of(ErrorCode::version_conflict), 409);
  EXPECT_EQ(http_status_of(ErrorCode::too_large), 413);
  EXPECT_EQ(http_status_of(ErrorCode::unauthenticated), 422) << "401 would say that our own token is wrong";
  EXPECT_EQ(http_status_of(ErrorCode::storage_full), 503);
  EXPECT_EQ(http_status_of(ErrorCode::provider_failed), 502);
  EXPECT_EQ(http_status_of(ErrorCode::timeout), 504);
}

TEST(Problem, AWaitIsNamedInWholeSecondsThatAreEnough) {  // RFC 9110 section 10.2.3
  const auto retry_after = [](std::chrono::milliseconds wait) {
    Error error{ErrorCode::rate_limited, "later"};
    error.retry_after = wait;
    return std::string(problem(error).headers.get("Retry-After").value());
  };
  EXPECT_EQ(retry_after(1ms), "1");
  EXPECT_EQ(retry_after(1000ms), "1");
  EXPECT_EQ(retry_after(1001ms), "2");
  EXPECT_FALSE(problem(Error{ErrorCode::rate_limited, "later"}).headers.get("Retry-After"));
}

TEST(Problem, EveryTypeIsInTheDocumentation) {  // API: stable types, listed in the docs
  const std::string source_dir = SYNCWELL_SOURCE_DIR;
  std::ifstream file(source_dir + "/docs/errors.md");
  const std::string listed{std::istreambuf_iterator<char>(file), {}};
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const auto name = std::string(name_of(static_cast<ErrorCode>(code)));
    EXPECT_NE(listed.find("`" + name + "`"), std::string::npos) << name;
  }
  const std::regex named("problem\\((\\d{3}), \"([a-z_]+)\"");
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir + "/src/api")) {
    if (entry.path().extension() != ".cpp" || entry.path().stem().string().ends_with("_test")) continue;
    std::ifstream source(entry.path());
    const std::string text{std::istreambuf_iterator<char>(source), {}};
    for (auto match = std::sregex_iterator(text.begin(), text.end(), named); match != std::sregex_iterator(); ++match) {
      ++found;
      const std::regex row("`" + (*match)[2].str() + "`[^\n]*\\|[^\n|]*" + (*match)[1].str());
      EXPECT_TRUE(std::regex_search(listed, row)) << (*match)[0] << " in " << entry.path().filename();
    }
  }
  EXPECT_GT(found, 20U);
}

TEST(Problem, TextsAreEscaped) {
  const auto answer = problem(404, "not_found", "there is no \"x\"\n</script>");
  EXPECT_EQ(body_of(answer).at("detail").as_string(), "there is no \"x\"\n</script>");
  EXPECT_EQ(body_of(answer).at("title").as_string(), "not found");
}

TEST(Problem, JsonAnswersSayThatTheyAre) {
  const auto answer = json_answer(201, {{"id", "thing_1"}});
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(body_of(answer).at("id").as_string(), "thing_1");
}

}  // namespace
}  // namespace syncwell::api
