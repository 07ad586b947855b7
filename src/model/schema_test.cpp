// schema/record-1.0.json against the code, and against its own past.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "model/arbitrary_record.hpp"
#include "model/json.hpp"
#include "model/json_names.hpp"
#include "model/schema_evolution.hpp"
#include "model/schema_subset_validator.hpp"

namespace syncwell::model {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const std::filesystem::path schema_folder = SYNCWELL_SOURCE_DIR "/schema";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// The schemas in a folder: "record-1.0.json" → path.
std::vector<std::filesystem::path> schemas_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("record-")) found.push_back(entry.path());
  }
  return found;
}

std::filesystem::path current_path() {
  return schema_folder / ("record-" + std::string(names::schema_version) + ".json");
}

const json::value& current() {
  static const json::value schema = json::parse(read(current_path()));
  return schema;
}

std::string major_of(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.substr(0, name.find('.'));
}

std::set<std::string> enum_at(std::string_view pointer) {
  std::set<std::string> values;
  for (const auto& value : current().at_pointer(pointer).as_array()) values.insert(value.as_string().c_str());
  return values;
}

TEST(RecordSchema, UsesOnlyKeywordsThatAreChecked) { EXPECT_THAT(unsupported_keywords(current()), IsEmpty()); }

TEST(RecordSchema, ThereIsOneCurrentVersionAndTheCodeWritesIt) {
  EXPECT_THAT(schemas_in(schema_folder), testing::ElementsAre(current_path()));
  EXPECT_THAT(enum_at("/$defs/header/properties/schema_id/properties/version/enum"),
              Contains(std::string(names::schema_version)));
  EXPECT_EQ(current().at("$id").as_string(), "urn:syncwell:schema:record:" + std::string(names::schema_version));
}

RC_GTEST_PROP(RecordSchema, EverythingThatIsWrittenValidates, (const Record& record)) {
  const auto violations = schema_violations(current(), json::parse(to_json(record)));
  RC_ASSERT(violations == std::vector<std::string>{});
}

TEST(RecordSchema, KnowsEveryTypeSportAndStage) {
  std::set<std::string> types;
  for (const DataType type : all_data_types) types.emplace(name_of(type));
  EXPECT_EQ(enum_at("/$defs/header/properties/type/enum"), types);
  std::set<std::string> sports;
  for (int i = 0; i <= static_cast<int>(Sport::driving); ++i) sports.emplace(name_of(static_cast<Sport>(i)));
  EXPECT_EQ(enum_at("/$defs/workout/properties/activity_name/enum"), sports);
  std::set<std::string> stages;
  for (int i = 0; i <= static_cast<int>(SleepStage::unknown); ++i) {
    stages.emplace(name_of(static_cast<SleepStage>(i)));
  }
  EXPECT_EQ(enum_at("/$defs/sleep/properties/stages/items/properties/stage/enum"), stages);
}

TEST(RecordSchema, KnownBadDocumentsDoNotValidate) {
  Record record;
  record.type = DataType::workout;
  record.source_id = "id";
  record.origin.method = RecordingMethod::sensed;
  Workout workout;
  workout.timer = std::chrono::minutes{1};
  workout.samples = {{.at = record.time.start.at, .heart_rate_bpm = 60.0F}};
  workout.route = {{.at = record.time.start.at, .latitude_deg = 50, .longitude_deg = 8}};
  record.payload = workout;
  const std::string sound = to_json(record);
  ASSERT_THAT(schema_violations(current(), json::parse(sound)), IsEmpty());
  const auto after = [&](std::string_view from, std::string_view to) {
    std::string text = sound;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return schema_violations(current(), json::parse(text));
  };
  EXPECT_THAT(after(R"("source_data_point_id":"id")", R"("x":1)"), Contains("$.header: misses source_data_point_id"));
  EXPECT_THAT(after(R"("source_data_point_id":"id")", R"("source_data_point_id":7)"),
              Contains("$.header.source_data_point_id: of another type"));
  EXPECT_THAT(after(R"("type":"workout")", R"("type":"steps")"), Contains(HasSubstr("oneOf")));
  EXPECT_THAT(after(R"("type":"workout")", R"("type":"naps")"), Contains("$.header.type: not in the enum"));
  EXPECT_THAT(after(R"("syncwell")", R"("omh")"), Contains("$.header.schema_id.namespace: not the constant"));
  EXPECT_THAT(after(R"("version":"1.0")", R"("version":"2.0")"), Contains(HasSubstr("not in the enum")));
  EXPECT_THAT(after(R"("modality":"sensed")", R"("modality":"unknown")"), Contains(HasSubstr("not in the enum")));
  EXPECT_THAT(after(R"("date_time":)", R"("when":)"), Contains(HasSubstr("matches 0 alternatives")));
  EXPECT_THAT(after(R"("date_time":)", R"("time_interval":{"start_date_time":"","end_date_time":""},"date_time":)"),
              Contains(HasSubstr("matches 2 alternatives")));
  EXPECT_THAT(after(R"("unit":"ms")", R"("unit":"s")"), Contains(HasSubstr("unit: not the constant")));
  EXPECT_THAT(after(R"("value":60000)", R"("value":60000.5)"), Contains(HasSubstr("value: of another type")));
  EXPECT_THAT(after("[60]", "[\"60\"]"), Contains("$.body.workout.samples.heart_rate_bpm[0]: of another type"));
  EXPECT_THAT(after("[50]", "[90.5]"), Contains("$.body.workout.route.latitude_deg[0]: above the maximum"));
  EXPECT_THAT(after("[50]", "[-90.5]"), Contains("$.body.workout.route.latitude_deg[0]: below the minimum"));
  EXPECT_THAT(schema_violations(current(), json::parse("[]")), Contains("$: of another type"));
}

TEST(RecordSchema, StaysReadableForOlderReadersOfItsMajorVersion) {
  std::size_t compared = 0;
  for (const auto& path : schemas_in(schema_folder / "released")) {
    if (major_of(path) != major_of(current_path())) continue;
    EXPECT_THAT(schema_breaks(json::parse(read(path)), current()), IsEmpty()) << path.filename();
    ++compared;
  }
  EXPECT_GT(compared, 0U);
}

TEST(RecordSchema, AReleasedVersionNeverChanges) {
  const auto released = schema_folder / "released" / current_path().filename();
  if (!std::filesystem::exists(released)) return;  // the current version is not released yet
  EXPECT_EQ(read(released), read(current_path())) << "raise names::schema_version and add a new file";
}

// The validator and its keyword check themselves.
TEST(SchemaSubset, FindsKeywordsThatItWouldNotCheck) {
  EXPECT_THAT(unsupported_keywords(json::parse(R"({"properties":{"a":{"pattern":"x"}}})")),
              testing::ElementsAre("#/properties/a/pattern"));
  EXPECT_THAT(unsupported_keywords(json::parse(R"({"items":{"oneOf":[{"format":"date-time"}]}})")),
              testing::ElementsAre("#/items/oneOf/0/format"));
  EXPECT_THAT(unsupported_keywords(json::parse(R"({"$defs":{"a":{"minLength":1}},"$ref":"#/$defs/b"})")),
              testing::UnorderedElementsAre("#/$defs/a/minLength", "#/$ref leads nowhere"));
  EXPECT_THAT(unsupported_keywords(json::parse(R"({"$ref":"other.json"})")), testing::SizeIs(1));
}

TEST(SchemaSubset, ChecksAdditionalProperties) {
  const auto closed = json::parse(R"({"properties":{"a":{}},"additionalProperties":false})");
  EXPECT_THAT(schema_violations(closed, json::parse(R"({"a":1})")), IsEmpty());
  EXPECT_THAT(schema_violations(closed, json::parse(R"({"b":1})")), testing::ElementsAre("$.b: not allowed"));
  const auto typed = json::parse(R"({"additionalProperties":{"type":"string"}})");
  EXPECT_THAT(schema_violations(typed, json::parse(R"({"b":1})")), testing::ElementsAre("$.b: of another type"));
}

}  // namespace
}  // namespace syncwell::model
