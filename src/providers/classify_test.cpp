#include <gtest/gtest.h>

#include "providers/provider.hpp"
#include "providers/scripted_http_client.hpp"
#include "providers/test_files.hpp"

namespace syncwell::providers {
namespace {

using namespace std::chrono_literals;

constexpr Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

Error classified(int status, std::string body = {}, net::Headers headers = {}) {
  return classify(net::Response{status, std::move(headers), std::move(body)}, "acme", now);
}

TEST(Classify, GivesEachStatusItsClass) {  // PROV-3, DEC-3
  EXPECT_EQ(classified(401).code, ErrorCode::unauthenticated);
  EXPECT_EQ(classified(403).code, ErrorCode::forbidden);
  EXPECT_EQ(classified(429).code, ErrorCode::rate_limited);
  EXPECT_EQ(classified(408).code, ErrorCode::timeout);
  EXPECT_EQ(classified(504).code, ErrorCode::timeout);
  for (const int status : {500, 502, 503, 507, 599}) EXPECT_EQ(classified(status).code, ErrorCode::provider_failed);
  for (const int status : {400, 402, 404, 409, 410, 413, 422, 451}) {
    EXPECT_EQ(classified(status).code, ErrorCode::provider_rejected) << status;
  }
}

TEST(Classify, AnythingOutsideOfHttpIsTheProvidersFailure) {
  for (const int status : {0, 100, 302, 600, -1}) {
    EXPECT_EQ(classified(status).code, ErrorCode::provider_failed) << status;
  }
}

TEST(Classify, KeepsTheStatus) { EXPECT_EQ(classified(418).http_status, 418); }

TEST(Classify, TakesRetryAfterWhereItHelps) {  // DEC-1
  EXPECT_EQ(classified(429, "", {{"retry-after", "30"}}).retry_after, 30s);
  EXPECT_EQ(classified(503, "", {{"Retry-After", "Sun, 01 Nov 2026 00:02:00 GMT"}}).retry_after, 120s);
  EXPECT_EQ(classified(429, "", {{"Retry-After", "garbage"}}).retry_after, std::nullopt);
  EXPECT_EQ(classified(429).retry_after, std::nullopt);
  EXPECT_EQ(classified(400, "", {{"Retry-After", "30"}}).retry_after, std::nullopt);
}

TEST(Classify, NamesTheProvidersReasonWords) {
  const auto google = classified(
      400, read_test_file(SYNCWELL_SOURCE_DIR "/tests/data/api/google_health/authored_error_400_filter.json"));
  EXPECT_NE(google.message.find("INVALID_ARGUMENT"), std::string::npos);
  EXPECT_NE(google.message.find("INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER"), std::string::npos);
  const auto strava = classified(
      401, R"({"message":"Authorization Error","errors":[{"resource":"Application","field":"","code":"invalid"}]})");
  EXPECT_NE(strava.message.find("Application, invalid"), std::string::npos);
}

TEST(Classify, NeverPassesOnProseOrValues) {  // DEC-11
  for (const char* body :
       {R"({"error":{"code":400,"message":"weight 81.25 kg of anna@example.org","status":"weight 81.25"}})",
        R"({"error":"token abc.def-81.25","error_description":"81.25"})",
        R"({"message":"81.25","errors":[{"resource":"81.25","field":"81.25","code":"81.25"}]})",
        R"({"errors":"81.25"})", "weight 81.25", "<html>81.25</html>", R"(["81.25"])"}) {
    const auto error = classified(400, body);
    EXPECT_EQ(error.code, ErrorCode::provider_rejected);
    EXPECT_EQ(error.message.find("81"), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("anna"), std::string::npos) << error.message;
  }
}

TEST(Classify, TheMessageStaysShortWhateverTheBody) {
  std::string body = R"({"errors":[)";
  for (int i = 0; i < 5000; ++i) body += R"({"resource":"Resource","field":"field","code":"code"},)";
  body.back() = ']';
  EXPECT_LT(classified(400, body + "}").message.size(), 500u);
  EXPECT_LT(classified(400, R"({"error":")" + std::string(10000, 'a') + R"("})").message.size(), 500u);
}

}  // namespace
}  // namespace syncwell::providers
