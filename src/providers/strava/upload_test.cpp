#include "providers/strava/upload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/virtual_runtime.hpp"
#include "providers/strava/recorded.hpp"
#include "providers/strava/strava_provider.hpp"

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;
using Kind = WriteOp::Kind;

const std::string folder = SYNCWELL_SOURCE_DIR "/tests/data/api/strava/";
constexpr const char* id_a = "swaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* id_b = "swbbbbbbbbbbbbbbbbbbbbbbbbbb";
const std::string processing =
    R"({"id":89,"id_str":"89","error":null,"status":"Your activity is still being processed.",
  "activity_id":null})";
const std::string ready = R"({"id":89,"id_str":"89","error":null,"status":"Your activity is ready.",
  "activity_id":9007199254740993})";

class Upload : public testing::Test {
 protected:
  Upload() {
    record.type = model::DataType::workout;
    record.source_id = "w";
    record.time.end.at = Instant{1h};
    model::Workout workout;
    workout.sport = model::Sport::treadmill_running;
    workout.title = "Morning";
    record.payload = workout;
  }
  std::vector<Result<WriteDone>> push(std::vector<WriteOp> ops, Duration time = 60s,
                                      model::DataType type = model::DataType::workout) {
    return runtime
        .run(provider.push({http, runtime, Deadline::after(runtime, time)}, {}, type, std::span<const WriteOp>(ops)))
        .outcomes;
  }
  WriteOp create(const char* id) { return {Kind::create, id, "", &record}; }
  std::map<std::string, net::FormPart> parts(std::size_t index) {
    const auto& request = http.requests.at(index);
    std::map<std::string, net::FormPart> by_name;
    const auto decoded = net::decode_multipart(*request.headers.get("content-type"), request.body);
    EXPECT_TRUE(decoded);
    for (const auto& part : decoded.value_or(std::vector<net::FormPart>{})) by_name[part.name] = part;
    return by_name;
  }
  void replay(const char* file, std::size_t count = 99) {
    for (const auto& exchange : read_recorded(folder + file)) {
      if (count-- > 0) http.answer(exchange.response.status, exchange.response.body, exchange.response.headers);
    }
  }

  VirtualRuntime runtime;
  ScriptedHttpClient http;
  model::Record record;
  StravaProvider provider{{"https://strava.test", "https://strava.test", "https://strava.test", "id", "secret"},
                          [](const model::Record&) { return std::string("FIT\0\x0d\x0a--file", 12); }};
};

TEST_F(Upload, SendsTheFileAndWaitsForTheActivity) {  // INT-5
  http.answer(201, processing).answer(200, processing).answer(200, ready);
  const auto before = runtime.now();
  const auto outcomes = push({create(id_a)});
  ASSERT_TRUE(outcomes[0]);
  EXPECT_EQ(outcomes[0]->destination_id, "9007199254740993");
  EXPECT_FALSE(outcomes[0]->already_existed);
  EXPECT_EQ(runtime.now() - before, 3s);  // 1 s, then 2 s
  EXPECT_EQ(http.requests[0].method, "POST");
  EXPECT_EQ(http.requests[0].url, "https://strava.test/api/v3/uploads");
  auto form = parts(0);
  EXPECT_EQ(form["data_type"].value, "fit");
  EXPECT_EQ(form["external_id"].value, id_a);
  EXPECT_EQ(form["sport_type"].value, "Run");
  EXPECT_EQ(form["trainer"].value, "1");
  EXPECT_EQ(form["name"].value, "Morning");
  EXPECT_EQ(form["file"].value, std::string("FIT\0\x0d\x0a--file", 12));
  EXPECT_EQ(form["file"].file_name, std::string(id_a) + ".fit");
  EXPECT_EQ(http.requests[1].url, "https://strava.test/api/v3/uploads/89");
  EXPECT_EQ(http.requests[1].method, "GET");
}

TEST_F(Upload, ReplaysTheRecordedUploads) {
  const auto recorded = read_recorded(folder + "client_create_upload.json");
  replay("client_create_upload.json");
  const auto outcomes = push({create(id_a)});
  const auto last = boost::json::parse(recorded.back().response.body);
  ASSERT_TRUE(outcomes[0]);
  EXPECT_EQ(outcomes[0]->destination_id, std::to_string(last.at("activity_id").as_int64()));
  EXPECT_EQ(http.requests.size(), recorded.size());
}

TEST_F(Upload, ReplaysTheRecordedRefusal) {
  replay("client_create_upload_file_with_error.json");
  const auto outcome = push({create(id_a)})[0];
  const auto recorded = read_recorded(folder + "client_create_upload_file_with_error.json").back().response.body;
  const auto text = std::string(boost::json::parse(recorded).at("error").as_string());
  if (const auto duplicate = duplicate_of(text)) {
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->already_existed);
    EXPECT_EQ(outcome->destination_id, *duplicate);
  } else {
    EXPECT_EQ(outcome.error().code, ErrorCode::provider_rejected);
  }
}

TEST_F(Upload, AnEarlierAnswerWithoutIdTextWorks) {
  const auto recorded = read_recorded(folder + "client_upload.json")[0].response;  // 2018: no id_str
  http.answer(201,
              R"({"id":2136460097,"error":null,"status":"Your activity is still being processed.","activity_id":null})")
      .answer(recorded.status, recorded.body);
  EXPECT_EQ(push({create(id_a)})[0]->destination_id, "1998557443");
  EXPECT_EQ(http.path(1), "/api/v3/uploads/2136460097");
}

TEST_F(Upload, ADuplicateIsSuccess) {  // ALG-7, INT-5: what makes the repeat of an uncertain upload safe
  for (const char* text : {"morning_run.fit duplicate of activity 8319193780",
                           "x.fit duplicate of <a href='/activities/8319193780' target='_blank'>Morning</a>"}) {
    http.answer(201, processing).answer(200, R"({"id":89,"error":")" + std::string(text) + R"(","activity_id":null})");
    const auto outcomes = push({create(id_a)});
    ASSERT_TRUE(outcomes[0]) << text;
    EXPECT_TRUE(outcomes[0]->already_existed);
    EXPECT_EQ(outcomes[0]->destination_id, "8319193780");
  }
  http.answer(201, R"({"id":89,"error":"a duplicate of activity 12","activity_id":null})");
  EXPECT_EQ(push({create(id_a)})[0]->destination_id, "12");
  http.answer(400, R"({"error":"a duplicate of activity 13"})");
  EXPECT_EQ(push({create(id_a)})[0]->destination_id, "13");
}

TEST(DuplicateOf, ReadsOnlyWholeIds) {
  EXPECT_EQ(duplicate_of("activity 5 duplicate of activity 77"), "77");
  for (const char* text : {"", "duplicate of", "duplicate of activity", "duplicate of activity x", "activity 5",
                           "duplicate of /activities/", "duplicate of activity 12345678901234567890"}) {
    EXPECT_EQ(duplicate_of(text), std::nullopt) << text;
  }
}

RC_GTEST_PROP(DuplicateOf, AnyTextGivesNothingOrDigits, (const std::string& text)) {
  const auto id = duplicate_of("duplicate of activity " + text);
  if (!id) return;  // RC_ASSERT's own operators do not short-circuit
  RC_ASSERT(!id->empty());
  RC_ASSERT(std::ranges::all_of(*id, [](char c) { return c >= '0' && c <= '9'; }));
}

TEST_F(Upload, OtherRefusalsArePermanentAndDoNotTellTheTitle) {  // DEC-3
  for (const char* text :
       {"Morning at the clinic: The file is empty", "Time information is missing from file Clinic.fit",
        "clinic is malformed", "something new about the clinic"}) {
    http.answer(201, processing).answer(200, R"({"id":89,"error":")" + std::string(text) + R"(","activity_id":null})");
    const auto outcome = push({create(id_a)})[0];
    EXPECT_EQ(outcome.error().code, ErrorCode::provider_rejected);
    EXPECT_EQ(outcome.error().message.find("linic"), std::string::npos);
  }
  for (const char* status :
       {"The created activity has been deleted.", "There was an error processing your activity."}) {
    http.answer(201, processing).answer(200, R"({"id":89,"error":null,"status":")" + std::string(status) + R"("})");
    EXPECT_EQ(push({create(id_a)})[0].error().code, ErrorCode::provider_rejected);
  }
}

TEST_F(Upload, AnUncertainOutcomeIsTransient) {  // the engine repeats, Strava recognises the duplicate
  for (const auto code : {ErrorCode::timeout, ErrorCode::connection_failed}) {
    http.fail_with(code);
    EXPECT_EQ(retry_class_of(push({create(id_a)})[0].error().code), RetryClass::transient);
  }
  http.answer(500, "");
  EXPECT_EQ(push({create(id_a)})[0].error().code, ErrorCode::provider_failed);
  http.answer(201, "<html>");
  EXPECT_EQ(push({create(id_a)})[0].error().code, ErrorCode::provider_failed);
  http.answer(201, processing).fail_with(ErrorCode::connection_failed);
  EXPECT_EQ(push({create(id_a)})[0].error().code, ErrorCode::connection_failed);
}

TEST_F(Upload, PollingEndsAtTheDeadline) {
  http.answer(201, processing).answer(200, processing).for_ever();
  const auto before = runtime.now();
  const auto outcomes = push({create(id_a)}, 40s);
  EXPECT_EQ(outcomes[0].error().code, ErrorCode::timeout);
  EXPECT_LE(runtime.now() - before, 40s);
  EXPECT_EQ(http.requests.size(), 8u);  // after 1, 3, 7, 15, 23, 31 and 39 s; another 8 s do not fit
}

TEST_F(Upload, APollMayMissTheUploadAtFirst) {
  http.answer(201, processing).answer(404, "").answer(404, "").answer(200, ready);
  EXPECT_TRUE(push({create(id_a)})[0]);
  http.answer(201, processing).answer(404, "").for_ever();
  EXPECT_EQ(push({create(id_a)})[0].error().code, ErrorCode::provider_rejected);
}

TEST_F(Upload, AnErrorOfTheCallStandsAtAllThatItKeptFromBeingDone) {  // PushResult
  for (const auto& [status, code] : std::vector<std::pair<int, ErrorCode>>{
           {401, ErrorCode::unauthenticated}, {403, ErrorCode::forbidden}, {429, ErrorCode::rate_limited}}) {
    http.answer(201, ready).answer(status, "");
    const auto outcomes = push({create(id_a), create(id_b), create(id_b)});
    EXPECT_TRUE(outcomes[0]);
    EXPECT_EQ(outcomes[1].error().code, code);
    EXPECT_EQ(outcomes[2].error().code, code);
  }
}

TEST_F(Upload, ARefusedFileLeavesTheOthersToBeTried) {  // ALG-7
  http.answer(400, R"({"message":"Bad Request"})").answer(201, ready);
  const auto outcomes = push({create(id_a), create(id_b)});
  EXPECT_EQ(outcomes[0].error().code, ErrorCode::provider_rejected);
  EXPECT_TRUE(outcomes[1]);
}

TEST_F(Upload, HostileAnswersAreErrors) {
  for (const auto& [body, code] :
       std::vector<std::pair<std::string, ErrorCode>>{{"{}", ErrorCode::mapping},
                                                      {"[]", ErrorCode::mapping},
                                                      {R"({"id":"x","id_str":"../9"})", ErrorCode::mapping},
                                                      {R"({"id":-1})", ErrorCode::mapping},
                                                      {R"({"id":1e40})", ErrorCode::mapping}}) {
    http.answer(201, body);
    EXPECT_EQ(push({create(id_a)})[0].error().code, code) << body;
  }
  http.answer(201, processing).answer(200, R"({"activity_id":"soon","error":5,"status":[]})").answer(200, ready);
  EXPECT_TRUE(push({create(id_a)})[0]);
}

TEST_F(Upload, WhatStravaCannotDoAsksNothing) {  // PROV-7, DEC-9
  for (const WriteOp& op : std::vector<WriteOp>{{Kind::update, id_a, "5", &record}, {Kind::erase, "", "5", nullptr}}) {
    EXPECT_EQ(push({op})[0].error().code, ErrorCode::unsupported);
  }
  EXPECT_EQ(push({create(id_a)}, 60s, model::DataType::weight)[0].error().code, ErrorCode::unsupported);
  EXPECT_EQ(push({{Kind::create, id_a, "", nullptr}})[0].error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(push({{Kind::create, "", "", &record}})[0].error().code, ErrorCode::invalid_argument);
  const auto outcomes = push(std::vector<WriteOp>(provider.capabilities().max_push_batch + 1, create(id_a)));
  EXPECT_EQ(outcomes.back().error().code, ErrorCode::too_large);
}

TEST_F(Upload, AFileThatIsTooLargeIsNotSent) {
  StravaProvider large({"https://strava.test", "", "", "", ""},
                       [](const model::Record&) { return std::string(max_upload_bytes + 1, 'x'); });
  const std::vector<WriteOp> ops{create(id_a)};
  const auto result = runtime.run(large.push({http, runtime, Deadline::after(runtime, 9s)}, {},
                                             model::DataType::workout, std::span<const WriteOp>(ops)));
  EXPECT_EQ(result.outcomes[0].error().code, ErrorCode::too_large);
}

TEST_F(Upload, AWorkoutThatMakesNoFileIsNotSent) {
  StravaProvider none({"https://strava.test", "", "", "", ""}, [](const model::Record&) { return std::string{}; });
  const std::vector<WriteOp> ops{create(id_a)};
  const auto result = runtime.run(none.push({http, runtime, Deadline::after(runtime, 9s)}, {}, model::DataType::workout,
                                            std::span<const WriteOp>(ops)));
  EXPECT_EQ(result.outcomes[0].error().code, ErrorCode::unsupported);
}

TEST(StravaCapabilities, SayWhatTheSheetSays) {  // PROV-7, PROV-9
  StravaProvider provider(public_settings("id", "secret"), {});
  const auto& capabilities = provider.capabilities();
  EXPECT_EQ(capabilities.key, "strava");
  EXPECT_TRUE(capabilities.reading_is_opt_in);
  EXPECT_FALSE(capabilities.terms.empty());
  ASSERT_EQ(capabilities.types.size(), 1u);
  const auto& workout = capabilities.types[0];
  EXPECT_TRUE(workout.can_read && workout.can_write);
  EXPECT_FALSE(workout.can_delete);
  EXPECT_EQ(workout.overwrite, Overwrite::none);
  EXPECT_NE(provider.oauth(), nullptr);
  EXPECT_EQ(provider.rate_feedback({200, {{"X-RateLimit-Usage", "1,2"}, {"X-RateLimit-Limit", "3,4"}}, ""}).size(), 2u);
}

}  // namespace
}  // namespace syncwell::providers::strava
