#include "providers/google_health/point_push.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "base/virtual_runtime.hpp"
#include "providers/google_health/google_health_provider.hpp"
#include "providers/scripted_http_client.hpp"

namespace syncwell::providers::google_health {
namespace {

using namespace std::chrono_literals;
using Kind = WriteOp::Kind;

constexpr const char* id_a = "swaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* id_b = "swbbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr const char* weights = "/v4/users/me/dataTypes/weight/dataPoints";

class PointPush : public testing::Test {
 protected:
  PointPush() {
    weight.type = model::DataType::weight;
    weight.source_id = "w";
    weight.time = {{Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}}, {}},
                   {Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}}, {}}};
    weight.payload = model::Quantity{81.5};
  }
  std::vector<Result<WriteDone>> push(std::vector<WriteOp> ops, model::DataType type = model::DataType::weight) {
    return runtime
        .run(provider.push({http, runtime, Deadline::after(runtime, 60s)}, {}, type, std::span<const WriteOp>(ops)))
        .outcomes;
  }
  WriteOp create(const char* id) { return {Kind::create, id, "", &weight}; }
  static std::string done(const std::string& id) {
    return R"({"name":"operations/1","done":true,"response":{"@type":"type.googleapis.com/x","name":
      "users/abc/dataTypes/weight/dataPoints/)" +
           id + R"("}})";
  }
  VirtualRuntime runtime;
  ScriptedHttpClient http;
  model::Record weight;
  GoogleHealthProvider provider{{"https://health.test", "https://a.test", "https://t.test", "id", "secret"}};
};

TEST_F(PointPush, CreatesWithOurId) {  // INT-5
  http.answer(200, done(id_a));
  const auto outcomes = push({create(id_a)});
  ASSERT_TRUE(outcomes[0]);
  EXPECT_EQ(outcomes[0]->destination_id, id_a);
  EXPECT_FALSE(outcomes[0]->already_existed);
  EXPECT_EQ(http.requests[0].method, "POST");
  EXPECT_EQ(http.path(0), weights);
  EXPECT_EQ(http.requests[0].headers.get("content-type"), "application/json");
  const auto body = boost::json::parse(http.requests[0].body);
  EXPECT_EQ(body.at("name"), "users/me/dataTypes/weight/dataPoints/swaaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(body.at("weight").at("weightGrams"), 81500.0);
}

TEST_F(PointPush, AnOperationThatIsNotDoneYetIsAccepted) {
  http.answer(200, R"({"name":"operations/1","done":false})").answer(200, R"({"name":"operations/2"})");
  const auto outcomes = push({create(id_a), create(id_b)});
  EXPECT_EQ(outcomes[0]->destination_id, id_a);
  EXPECT_EQ(outcomes[1]->destination_id, id_b);
}

TEST_F(PointPush, AnIdThatExistsIsBroughtToTheRecordsContent) {  // ALG-7: a repeat makes no duplicate
  http.answer(409, R"({"error":{"code":409,"status":"ALREADY_EXISTS"}})").answer(200, done(id_a));
  const auto outcomes = push({create(id_a)});
  ASSERT_TRUE(outcomes[0]);
  EXPECT_TRUE(outcomes[0]->already_existed);
  EXPECT_EQ(http.requests[1].method, "PATCH");
  EXPECT_EQ(http.path(1), std::string(weights) + "/" + id_a);
  EXPECT_EQ(http.requests[1].body, http.requests[0].body);
}

TEST_F(PointPush, ADuplicateInsideTheOperationIsTheSame) {
  http.answer(200, R"({"done":true,"error":{"code":6,"message":"exists"}})").answer(200, done(id_a));
  EXPECT_TRUE(push({create(id_a)})[0]->already_existed);
}

TEST_F(PointPush, TakenButNotThereIsTriedLater) {
  http.answer(409, "{}").answer(404, "{}");
  EXPECT_EQ(push({create(id_a)})[0].error().code, ErrorCode::provider_failed);
}

TEST_F(PointPush, ARefusedRecordLeavesTheOthersToBeTried) {  // ALG-7
  http.answer(200, done(id_a)).answer(400, R"({"error":{"status":"INVALID_ARGUMENT"}})").answer(200, done(id_b));
  const auto outcomes = push({create(id_a), create("swcccccccccccccccccccccccccc"), create(id_b)});
  EXPECT_TRUE(outcomes[0]);
  EXPECT_EQ(outcomes[1].error().code, ErrorCode::provider_rejected);
  EXPECT_TRUE(outcomes[2]);
}

TEST_F(PointPush, AnErrorOfTheCallStandsAtAllThatItKeptFromBeingDone) {  // PushResult
  for (const auto& [status, code] : std::vector<std::pair<int, ErrorCode>>{{401, ErrorCode::unauthenticated},
                                                                           {403, ErrorCode::forbidden},
                                                                           {429, ErrorCode::rate_limited},
                                                                           {500, ErrorCode::provider_failed}}) {
    http.answer(200, done(id_a)).answer(status, "");
    const auto outcomes = push({create(id_a), create(id_b), {Kind::erase, "", "x", nullptr}});
    ASSERT_EQ(outcomes.size(), 3u);
    EXPECT_TRUE(outcomes[0]);
    EXPECT_EQ(outcomes[1].error().code, code);
    EXPECT_EQ(outcomes[2].error().code, code);
  }
  http.fail_with(ErrorCode::timeout);
  for (const auto& outcome : push({create(id_a), create(id_b)})) EXPECT_EQ(outcome.error().code, ErrorCode::timeout);
}

TEST_F(PointPush, OperationErrorsHaveTheirClass) {  // google.rpc.Code
  for (const auto& [rpc, code] : std::vector<std::pair<int, ErrorCode>>{{3, ErrorCode::provider_rejected},
                                                                        {7, ErrorCode::forbidden},
                                                                        {8, ErrorCode::rate_limited},
                                                                        {4, ErrorCode::timeout},
                                                                        {10, ErrorCode::provider_failed},
                                                                        {14, ErrorCode::provider_failed},
                                                                        {16, ErrorCode::unauthenticated},
                                                                        {99, ErrorCode::provider_failed},
                                                                        {-5, ErrorCode::provider_failed}}) {
    http.answer(200, R"({"done":true,"error":{"code":)" + std::to_string(rpc) + "}}");
    EXPECT_EQ(push({create(id_a)})[0].error().code, code) << rpc;
  }
}

TEST_F(PointPush, UpdatesByPatch) {  // DEC-7
  http.answer(200, done("old-id"));
  const auto outcomes = push({{Kind::update, id_a, "old-id", &weight}});
  EXPECT_EQ(outcomes[0]->destination_id, "old-id");
  EXPECT_EQ(http.requests[0].method, "PATCH");
  EXPECT_EQ(http.path(0), std::string(weights) + "/old-id");
}

TEST_F(PointPush, AnUpdateOfWhatIsGoneCreatesItAnew) {
  http.answer(404, "{}").answer(200, done(id_a));
  const auto outcomes = push({{Kind::update, id_a, "old-id", &weight}});
  EXPECT_EQ(outcomes[0]->destination_id, id_a);
  EXPECT_EQ(http.requests[1].method, "POST");
}

TEST_F(PointPush, NeighbouringDeletionsGoTogether) {  // DEC-7
  http.answer(200, R"({"done":true,"response":{}})").answer(200, done(id_a)).answer(200, "{}");
  const auto outcomes = push({{Kind::erase, "", "a1", nullptr},
                              {Kind::erase, "", "a2", nullptr},
                              create(id_a),
                              {Kind::erase, "", "a3", nullptr}});
  ASSERT_EQ(outcomes.size(), 4u);
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome);
  EXPECT_EQ(outcomes[1]->destination_id, "a2");
  EXPECT_EQ(http.path(0), std::string(weights) + ":batchDelete");
  const auto body = boost::json::parse(http.requests[0].body);
  EXPECT_EQ(body.at("names").as_array().size(), 2u);
  EXPECT_EQ(body.at("names").at(1), "users/me/dataTypes/weight/dataPoints/a2");
}

TEST_F(PointPush, ARefusedBatchOfDeletionsIsTriedOneByOne) {
  http.answer(404, "{}").answer(200, "{}").answer(404, "{}").answer(400, "{}");
  const auto outcomes =
      push({{Kind::erase, "", "a1", nullptr}, {Kind::erase, "", "a2", nullptr}, {Kind::erase, "", "a3", nullptr}});
  EXPECT_TRUE(outcomes[0]);
  EXPECT_TRUE(outcomes[1]);  // gone already is deleted as wished
  EXPECT_EQ(outcomes[2].error().code, ErrorCode::provider_rejected);
}

TEST_F(PointPush, DeletionsThatFailedInsideTheOperationAreTold) {
  http.answer(200, R"({"done":true,"metadata":{"failedRequests":{"1":{"code":3},"2":{"code":5},"x":{"code":3}}}})");
  const auto outcomes =
      push({{Kind::erase, "", "a1", nullptr}, {Kind::erase, "", "a2", nullptr}, {Kind::erase, "", "a3", nullptr}});
  EXPECT_TRUE(outcomes[0]);
  EXPECT_EQ(outcomes[1].error().code, ErrorCode::provider_rejected);
  EXPECT_TRUE(outcomes[2]);
}

TEST_F(PointPush, AFailedDeletionCallStandsAtAllItsRecords) {
  http.answer(503, "");
  const auto outcomes = push({{Kind::erase, "", "a1", nullptr}, {Kind::erase, "", "a2", nullptr}});
  EXPECT_EQ(outcomes[0].error().code, ErrorCode::provider_failed);
  EXPECT_EQ(outcomes[1].error().code, ErrorCode::provider_failed);
}

TEST_F(PointPush, IdsCannotLeaveTheirPlaceInTheAddress) {
  http.answer(200, "{}");
  EXPECT_TRUE(push({{Kind::update, id_a, "../../x?y=z", &weight}})[0]);
  EXPECT_THAT(http.requests[0].url, testing::EndsWith("dataPoints/..%2F..%2Fx%3Fy%3Dz"));
}

TEST_F(PointPush, HostileAnswersToAWriteAreTriedAgain) {  // the repeat finds the id
  for (const char* body : {"", "<html>", R"({"done":tr)"}) {
    http.answer(200, body);
    EXPECT_EQ(push({create(id_a)})[0].error().code, ErrorCode::provider_failed) << body;
  }
  http.answer(200, R"({"done":"yes","error":"no","response":[1],"metadata":{"failedRequests":5}})");
  EXPECT_EQ(push({create(id_a)})[0]->destination_id, id_a);
}

TEST_F(PointPush, UnusableOperationsAskNothing) {
  model::Record other = weight;
  other.type = model::DataType::body_fat;
  for (const WriteOp& op : std::vector<WriteOp>{{Kind::create, id_a, "", nullptr},
                                                {Kind::create, "", "", &weight},
                                                {Kind::create, id_a, "", &other},
                                                {Kind::update, id_a, "", &weight},
                                                {Kind::erase, "", "", nullptr}}) {
    EXPECT_EQ(push({op})[0].error().code, ErrorCode::invalid_argument);
  }
  EXPECT_EQ(push({create(id_a)}, model::DataType::steps)[0].error().code, ErrorCode::unsupported);
  EXPECT_TRUE(push({}).empty());
}

TEST_F(PointPush, OnePastTheLargestBatchIsRefused) {
  const auto outcomes = push(std::vector<WriteOp>(provider.capabilities().max_push_batch + 1, create(id_a)));
  EXPECT_EQ(outcomes.front().error().code, ErrorCode::too_large);
  EXPECT_EQ(outcomes.size(), provider.capabilities().max_push_batch + 1);
}

TEST(GoogleHealthCapabilities, SayWhatTheSheetSays) {  // PROV-7
  GoogleHealthProvider provider(public_settings("id", "secret"));
  const auto& capabilities = provider.capabilities();
  EXPECT_EQ(capabilities.key, "google_health");
  EXPECT_EQ(capabilities.types.size(), model::all_data_types.size());
  const auto* weight = capabilities.find(model::DataType::weight);
  EXPECT_TRUE(weight->can_write && weight->can_delete && weight->absence_means_deleted);
  EXPECT_EQ(weight->overwrite, Overwrite::own_records);
  EXPECT_FALSE(capabilities.find(model::DataType::steps)->can_write);
  EXPECT_EQ(capabilities.rate_rules[0].limit, 300u);
  EXPECT_EQ(capabilities.rate_rules[0].scope, RateScope::user);
  EXPECT_NE(provider.oauth(), nullptr);
}

}  // namespace
}  // namespace syncwell::providers::google_health
