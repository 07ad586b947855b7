#include "model/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "model/arbitrary_record.hpp"

namespace syncwell::model {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28} + 12h};

Record heart_rate() {
  Record record;
  record.type = DataType::heart_rate;
  record.source_id = "abc";
  record.external_id = "swext";
  record.origin = {"fit", "app", "Garmin", "fenix 5", RecordingMethod::sensed};
  record.time = {{noon, UtcOffset{1h}}, {noon, UtcOffset{1h}}};
  record.modified = noon + 1min;
  record.payload = Quantity{72};
  return record;
}

Record workout() {
  Record record;
  record.type = DataType::workout;
  record.source_id = "w";
  record.time = {{noon}, {noon + 30min}};
  Workout workout;
  workout.sport = Sport::running;
  workout.timer = 1750500ms;
  workout.distance_m = 5012.5;
  workout.laps = {{.start = noon, .end = noon + 10min, .distance_m = 1000}};
  workout.pauses = {{noon + 1min, noon + 2min}};
  workout.samples = {{.at = noon, .heart_rate_bpm = 71.5F}, {.at = noon + 1s, .distance_m = 2.25}};
  workout.route = {{.at = noon + 1s, .latitude_deg = 50.1, .longitude_deg = 8.7, .altitude_m = 112.2F}};
  record.payload = workout;
  return record;
}

constexpr std::string_view heart_rate_json =
    R"({"header":{"schema_id":{"namespace":"syncwell","name":"record","version":"1.0"},"type":"heart_rate",)"
    R"("source_data_point_id":"abc","external_id":"swext","source_last_modification_date_time":"2026-03-28T12:01:00Z",)"
    R"("modality":"sensed","acquisition_provenance":{"source_name":"fit","application":"app",)"
    R"("device_manufacturer":"Garmin","device_model":"fenix 5"}},"body":{"effective_time_frame":)"
    R"({"date_time":"2026-03-28T13:00:00+01:00"},"heart_rate":{"value":72,"unit":"beats/min"}}})";

// The document with the first `from` replaced by `to`.
std::string edited(std::string_view json, std::string_view from, std::string_view to) {
  std::string text(json);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string error_of(std::string_view json) {
  const auto record = from_json(json);
  if (record) return "(was read)";
  EXPECT_EQ(record.error().code, ErrorCode::unreadable_input);
  return record.error().message;
}

TEST(RecordJson, HasTheDocumentedForm) { EXPECT_EQ(to_json(heart_rate()), heart_rate_json); }

TEST(RecordJson, AWorkoutIsColumnar) {
  EXPECT_THAT(
      to_json(workout()),
      HasSubstr(
          R"("workout":{"activity_name":"running","timer_duration":{"value":1750500,"unit":"ms"},)"
          R"("distance":{"value":5012.5,"unit":"m"},"laps":[{"start_date_time":"2026-03-28T12:00:00Z",)"
          R"("end_date_time":"2026-03-28T12:10:00Z","distance":{"value":1000,"unit":"m"}}],"pauses":[)"
          R"({"start_date_time":"2026-03-28T12:01:00Z","end_date_time":"2026-03-28T12:02:00Z"}],)"
          R"("samples":{"time_offset_ms":[0,1000],"heart_rate_bpm":[71.5,null],"distance_m":[null,2.25]},)"
          R"("route":{"time_offset_ms":[1000],"latitude_deg":[50.1],"longitude_deg":[8.7],"altitude_m":[112.2]}})"));
}

RC_GTEST_PROP(RecordJson, EveryRecordReadsBackExactly, (const Record& record)) {
  const std::string json = to_json(record);
  const auto read = from_json(json);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == record);
  RC_ASSERT(to_json(*read) == json);
  RC_ASSERT(json.find('\n') == std::string::npos);
}

TEST(RecordJson, UnknownMembersAreIgnoredAndUnknownValuesBecomeOther) {
  auto json = edited(heart_rate_json, R"("body":{)", R"("body":{"later":[{"a":[1,2,{}]}],)");
  json = edited(json, R"("version":"1.0")", R"("version":"1.7","more":null)");
  json = edited(json, R"("modality":"sensed")", R"("modality":"dreamt")");
  Record expected = heart_rate();
  expected.origin.method = RecordingMethod::unknown;
  ASSERT_EQ(error_of(json), "(was read)");
  EXPECT_EQ(*from_json(json), expected);

  const auto run = from_json(edited(to_json(workout()), R"("running")", R"("moon_walking")"));
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(std::get<Workout>(run->payload).sport, Sport::other);

  Record night = heart_rate();
  night.type = DataType::sleep;
  night.payload = Sleep{.stages = {{night.time.start, night.time.end, SleepStage::deep}}};
  const auto read = from_json(edited(to_json(night), R"("deep")", R"("deeper")"));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(std::get<Sleep>(read->payload).stages.at(0).stage, SleepStage::unknown);
}

TEST(RecordJson, MembersMayComeInAnyOrderAndWithBlanks) {
  const std::string json =
      R"( { "body" : {"body_weight":{"unit":"kg","value":7.25e1}, "effective_time_frame":{"date_time":"2026-03-28T12:00:00Z"}},)"
      "\t"
      R"("header":{"type":"weight","source_data_point_id":"\u00fc","schema_id":{"version":"1.0","name":"record","namespace":"syncwell"}}} )";
  const auto record = from_json(json);
  ASSERT_TRUE(record.has_value()) << record.error().message;
  EXPECT_EQ(record->source_id, "ü");
  EXPECT_EQ(std::get<Quantity>(record->payload).value, 72.5);
}

TEST(RecordJson, SaysWhichMemberIsWrongWithoutItsValue) {
  const auto after = [](std::string_view from, std::string_view to) {
    return error_of(edited(heart_rate_json, from, to));
  };
  EXPECT_EQ(after(R"("source_data_point_id":"abc",)", ""), "header.source_data_point_id: missing");
  EXPECT_EQ(after(R"("source_data_point_id":"abc")", R"("source_data_point_id":17)"),
            "header.source_data_point_id: not a text");
  EXPECT_EQ(after(R"("source_data_point_id":"abc")", R"("source_data_point_id":"")"), "source id: missing");
  EXPECT_EQ(after(R"("version":"1.0")", R"("version":"2.0")"),
            "header.schema_id.version: of another major version than 1");
  EXPECT_EQ(after(R"("version":"1.0")", R"("version":"10.0")"),
            "header.schema_id.version: of another major version than 1");
  EXPECT_EQ(after(R"("namespace":"syncwell")", R"("namespace":"omh")"),
            "header.schema_id.namespace: not of this format");
  EXPECT_EQ(after(R"("name":"record")", R"("name":"x")"), "header.schema_id.name: not of this format");
  EXPECT_EQ(after(R"("type":"heart_rate")", R"("type":"Heart-Rate")"),
            "header.type: not a data type that is known here");
  EXPECT_EQ(after(R"("type":"heart_rate")", R"("type":"steps")"), "body.step_count: missing");
  EXPECT_EQ(after(R"("value":72)", R"("value":"72")"), "body.heart_rate.value: not a number");
  EXPECT_EQ(after(R"("value":72)", R"("value":null)"), "body.heart_rate.value: not a number");
  EXPECT_EQ(after(R"(beats/min)", R"(1/s)"), "body.heart_rate.unit: not the unit of this member");
  EXPECT_EQ(after(R"("date_time":"2026-03-28T13:00:00+01:00")", R"("date_time":"2026-03-28T13:00:00")"),
            "body.effective_time_frame.date_time: no date-time with an offset (RFC 3339)");
  EXPECT_EQ(after(R"("date_time":"2026-03-28T13:00:00+01:00")", R"("date":"2026-03-28")"),
            "body.effective_time_frame.time_interval: missing");
  EXPECT_EQ(after(R"("acquisition_provenance":{)", R"("acquisition_provenance":7,"x":{)"),
            "header.acquisition_provenance: not an object");
  EXPECT_EQ(after(R"("modality":"sensed")", R"("modality":true)"), "header.modality: not a text");
}

TEST(RecordJson, SaysWhatIsWrongInAWorkout) {
  const auto after = [](std::string_view from, std::string_view to) {
    return error_of(edited(to_json(workout()), from, to));
  };
  EXPECT_EQ(after(R"("activity_name":"running",)", ""), "body.workout.activity_name: missing");
  EXPECT_EQ(after(R"([71.5,null])", R"([71.5])"),
            "body.workout.samples.heart_rate_bpm: of another length than time_offset_ms");
  EXPECT_EQ(after(R"([71.5,null])", R"([71.5,"x"])"),
            "body.workout.samples.heart_rate_bpm: an element is neither a number nor null");
  EXPECT_EQ(after(R"([71.5,null])", R"({})"), "body.workout.samples.heart_rate_bpm: not an array");
  EXPECT_EQ(after(R"([71.5,null])", R"([1e39,null])"), "workout: a value of a sample is not finite");
  EXPECT_EQ(after(R"([0,1000])", R"([0,0.5])"),
            "body.workout.samples.time_offset_ms: an element is no whole number, or out of range");
  EXPECT_EQ(after(R"([0,1000])", R"([0,9223372036854775807])"),
            "body.workout.samples.time_offset_ms: an element is no whole number, or out of range");
  EXPECT_EQ(after(R"([0,1000])", R"([1000,0])"), "workout: samples are not in ascending time order");
  EXPECT_EQ(after(R"("latitude_deg":[50.1])", R"("latitude_deg":[null])"),
            "body.workout.route.latitude_deg: an element is no number");
  EXPECT_EQ(after(R"("latitude_deg":[50.1],)", ""), "body.workout.route.latitude_deg: missing");
  EXPECT_EQ(after(R"("laps":[{)", R"("laps":[5,{)"), "body.workout.laps[0]: not an object");
  EXPECT_EQ(after(R"("value":1000)", R"("value":[])"), "body.workout.laps[0].distance.value: not a number");
  EXPECT_EQ(after(R"("value":1750500)", R"("value":9223372036854775807)"),
            "body.workout.timer_duration.value: out of range");
  EXPECT_EQ(after(R"("value":1750500)", R"("value":1.5)"), "body.workout.timer_duration.value: not a whole number");
}

TEST(RecordJson, RefusesWhatIsNoJson) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string(heart_rate_json) + "x",
        std::string(heart_rate_json) + std::string(heart_rate_json),
        std::string("\xef\xbb\xbf") + std::string(heart_rate_json),
        edited(heart_rate_json, "abc",
               "a\xff"
               "c"),
        edited(heart_rate_json, "abc", "\xed\xa0\x80"), edited(heart_rate_json, "abc", "\\ud800"),
        edited(heart_rate_json, "abc", "a\nc"), edited(heart_rate_json, ":72", ":072"),
        edited(heart_rate_json, ":72", ":NaN"), edited(heart_rate_json, ":72", ":1e999"),
        edited(heart_rate_json, ":72", ":+72"), edited(heart_rate_json, "}}}", "}},}"),
        edited(heart_rate_json, "{\"header", "/* */{\"header")}) {
    const auto record = from_json(text);
    ASSERT_FALSE(record.has_value()) << text;
    EXPECT_EQ(record.error().code, ErrorCode::unreadable_input);
    EXPECT_THAT(record.error().message, Not(HasSubstr("abc")));
  }
}

RC_GTEST_PROP(RecordJson, ACutDocumentIsNeverARecord, (const Record& record)) {  // a torn line is always seen
  const std::string json = to_json(record);
  const auto length = *rc::gen::inRange<std::size_t>(0, json.size());
  RC_ASSERT(!from_json(std::string_view(json).substr(0, length)).has_value());
}

RC_GTEST_PROP(RecordJson, DamagedBytesNeverDoMoreThanAnError, (const Record& record)) {
  std::string json = to_json(record);
  const auto at = *rc::gen::inRange<std::size_t>(0, json.size());
  json[at] = static_cast<char>(*rc::gen::inRange(0, 256));
  if (const auto read = from_json(json)) RC_ASSERT(why_invalid(*read) == std::nullopt);
}

TEST(RecordJson, NestingAndSizeAreBounded) {
  const auto nested = [](std::size_t depth) {
    return edited(heart_rate_json, R"("body":{)",
                  R"("x":)" + std::string(depth, '[') + std::string(depth, ']') + R"(,"body":{)");
  };
  EXPECT_EQ(error_of(nested(max_record_json_depth - 1)), "(was read)");
  EXPECT_THAT(error_of(nested(max_record_json_depth)), HasSubstr("at byte"));
  EXPECT_THAT(error_of(nested(1'000'000)), HasSubstr("at byte"));
  EXPECT_THAT(error_of(std::string(max_record_json_bytes + 1, ' ')), HasSubstr("longer than"));
  std::string many = R"({"x":[0)";
  for (std::size_t i = 0; i < max_record_json_values; ++i) many += ",0";
  EXPECT_THAT(error_of(many + "]}"), HasSubstr("too large"));
}

TEST(RecordJson, NumbersAreExactToTheLastBit) {  // Boost.JSON 1.81 by itself is not
  for (const char* text :
       {"0.1", "72.5", "1.7976931348623157e308", "5e-324", "123456.78901234568", "9007199254740993.0",
        "0.30000000000000004", "2.2250738585072011e-308", "-8.000000000000001e-7"}) {
    const auto record = from_json(edited(heart_rate_json, ":72,", ":" + std::string(text) + ","));
    ASSERT_TRUE(record.has_value()) << text;
    EXPECT_EQ(std::get<Quantity>(record->payload).value, std::strtod(text, nullptr)) << text;
  }
}

// DEC-7: the digest of these bytes is in every ledger. Another text would make every record look edited.
TEST(ContentForDigest, IsPinned) {
  EXPECT_EQ(content_for_digest(heart_rate()),
            R"({"type":"heart_rate","modality":"sensed","device_manufacturer":"Garmin","device_model":"fenix 5",)"
            R"("body":{"effective_time_frame":{"date_time":"2026-03-28T13:00:00+01:00"},)"
            R"("heart_rate":{"value":72,"unit":"beats/min"}}})");
}

RC_GTEST_PROP(ContentForDigest, DoesNotDependOnWhatChangesWithoutAnEdit, (const Record& record)) {  // DEC-7
  Record other = record;
  other.source_id += "x";
  other.external_id += "x";
  other.modified = noon;
  other.origin.provider += "x";
  other.origin.application += "x";
  RC_ASSERT(content_for_digest(other) == content_for_digest(record));
}

RC_GTEST_PROP(ContentForDigest, TellsContentsApart, (const Record& a, const Record& b)) {  // DEC-7
  Record with_same_ids = b;
  with_same_ids.source_id = a.source_id;
  with_same_ids.external_id = a.external_id;
  with_same_ids.modified = a.modified;
  with_same_ids.origin.provider = a.origin.provider;
  with_same_ids.origin.application = a.origin.application;
  RC_ASSERT((content_for_digest(a) == content_for_digest(b)) == (a == with_same_ids));
}

TEST(ContentForDigest, AnEditOfAnyKindChangesIt) {  // DEC-7
  const std::string before = content_for_digest(heart_rate());
  Record record = heart_rate();
  record.payload = Quantity{72.0000001};
  EXPECT_NE(content_for_digest(record), before);
  record = heart_rate();
  record.time.start.offset.reset();
  record.time.end.offset.reset();
  EXPECT_NE(content_for_digest(record), before);
  record = heart_rate();
  record.origin.method = RecordingMethod::self_reported;
  EXPECT_NE(content_for_digest(record), before);
  record = heart_rate();
  record.origin.device_model = "fenix 6";
  EXPECT_NE(content_for_digest(record), before);
}

}  // namespace
}  // namespace syncwell::model
