#include "model/schema_evolution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace syncwell::model {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view first_version = R"({
  "type": "object", "required": ["kind", "at"],
  "properties": {
    "kind": {"enum": ["a", "b"]}, "at": {"$ref": "#/$defs/time"}, "size": {"type": "number", "minimum": 0, "maximum": 9},
    "unit": {"const": "kg"}, "list": {"type": "array", "items": {"type": ["number", "null"]}},
    "inner": {"type": "object", "additionalProperties": false, "properties": {"x": {"type": "string"}}}},
  "oneOf": [{"properties": {"kind": {"const": "a"}}, "required": ["size"]}, {"properties": {"kind": {"const": "b"}}}],
  "$defs": {"time": {"type": "object", "properties": {"s": {"type": "string"}, "e": {"type": "string"}},
                     "oneOf": [{"required": ["s"]}, {"required": ["e"]}]}}
})";

// The breaks after the first `from` became `to`.
std::vector<std::string> breaks_after(std::string_view from, std::string_view to) {
  std::string later(first_version);
  const auto at = later.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) later.replace(at, from.size(), to);
  return schema_breaks(boost::json::parse(first_version), boost::json::parse(later));
}

TEST(SchemaEvolution, TheSameSchemaBreaksNothing) { EXPECT_THAT(breaks_after("kind", "kind"), IsEmpty()); }

TEST(SchemaEvolution, AdditionsPass) {
  EXPECT_THAT(breaks_after(R"("unit": {)", R"("more": {"type": "object", "required": ["y"]}, "unit": {)"), IsEmpty());
  EXPECT_THAT(breaks_after(R"(["a", "b"])", R"(["a", "b", "c"])"), IsEmpty());
  EXPECT_THAT(breaks_after(R"("type": "object", "required")", R"("title": "t", "type": "object", "required")"),
              IsEmpty());
  EXPECT_THAT(breaks_after(R"({"properties": {"kind": {"const": "b"}}})",
                           R"({"properties": {"kind": {"const": "b"}}}, {"properties": {"kind": {"const": "c"}}})"),
              IsEmpty());
}

TEST(SchemaEvolution, RemovedAndRenamedMembersFail) {
  EXPECT_THAT(breaks_after(R"("unit": {"const": "kg"},)", ""), ElementsAre("#/unit: removed"));
  EXPECT_THAT(breaks_after(R"("unit")", R"("units")"), ElementsAre("#/unit: removed"));
  EXPECT_THAT(breaks_after(R"("e": {"type": "string"})", R"("f": {"type": "string"})"), ElementsAre("#/at/e: removed"));
}

TEST(SchemaEvolution, RetypedMembersFail) {
  EXPECT_THAT(breaks_after(R"("size": {"type": "number")", R"("size": {"type": "integer")"),
              ElementsAre("#/size: of another type"));
  EXPECT_THAT(breaks_after(R"("size": {"type": "number")", R"("size": {"type": ["number", "null"])"),
              ElementsAre("#/size: of another type"));
  EXPECT_THAT(breaks_after(R"(["number", "null"])", R"("number")"), ElementsAre("#/list/items: of another type"));
  EXPECT_THAT(breaks_after(R"("items": {"type": ["number", "null"]})", R"("title": "t")"),
              ElementsAre(HasSubstr("#/list/items")));
  EXPECT_THAT(breaks_after(R"({"$ref": "#/$defs/time"})", R"({"type": "string"})"), Contains("#/at: of another type"));
  EXPECT_THAT(breaks_after(R"("s": {"type": "string"})", R"("s": {"type": "number"})"),
              ElementsAre("#/at/s: of another type"));
}

TEST(SchemaEvolution, ChangesOfWhatIsRequiredFail) {
  EXPECT_THAT(breaks_after(R"(["kind", "at"])", R"(["kind", "at", "size"])"), ElementsAre("#: size newly required"));
  EXPECT_THAT(breaks_after(R"(["kind", "at"])", R"(["kind"])"), ElementsAre("#: at no longer required"));
}

TEST(SchemaEvolution, NarrowedEnumsFail) {
  EXPECT_THAT(breaks_after(R"(["a", "b"])", R"(["a"])"), ElementsAre("#/kind: enum lost \"b\""));
  EXPECT_THAT(breaks_after(R"({"enum": ["a", "b"]})", R"({"type": "string"})"),
              Contains("#/kind: enum added or dropped"));
  EXPECT_THAT(breaks_after(R"("x": {"type": "string"})", R"("x": {"type": "string", "enum": ["k"]})"),
              ElementsAre("#/inner/x: enum added or dropped"));
}

TEST(SchemaEvolution, ChangedBoundsAndConstantsFail) {
  EXPECT_THAT(breaks_after(R"("minimum": 0)", R"("minimum": 1)"), ElementsAre("#/size: minimum changed"));
  EXPECT_THAT(breaks_after(R"("minimum": 0)", R"("minimum": -1)"), ElementsAre("#/size: minimum changed"));
  EXPECT_THAT(breaks_after(R"("maximum": 9)", R"("maximum": 8)"), ElementsAre("#/size: maximum changed"));
  EXPECT_THAT(breaks_after(R"(, "maximum": 9)", ""), ElementsAre("#/size: maximum changed"));
  EXPECT_THAT(breaks_after(R"("const": "kg")", R"("const": "lb")"), ElementsAre("#/unit: const changed"));
  EXPECT_THAT(breaks_after(R"("const": "kg")", R"("type": "string")"), Contains("#/unit: const changed"));
}

TEST(SchemaEvolution, AlternativesThatAnOlderReaderCannotTellApartFail) {
  EXPECT_THAT(breaks_after(R"({"required": ["e"]})", R"({"required": ["e"]}, {"required": ["d"]})"),
              ElementsAre("#/at: alternative 2 of oneOf added without a constant of its own"));
  EXPECT_THAT(breaks_after(R"(, {"required": ["e"]})", ""),
              ElementsAre("#/at: alternative 1 of oneOf removed or changed"));
  EXPECT_THAT(breaks_after(R"({"kind": {"const": "b"}})", R"({"kind": {"const": "d"}})"),
              ElementsAre("#: alternative 1 of oneOf removed or changed"));
  EXPECT_THAT(breaks_after(R"("required": ["size"])", R"("required": ["size", "unit"])"),
              Contains("#: alternative 0 of oneOf removed or changed"));
}

TEST(SchemaEvolution, OpeningOrClosingAnObjectFails) {
  EXPECT_THAT(breaks_after(R"("additionalProperties": false)", R"("additionalProperties": true)"),
              ElementsAre(HasSubstr("#/inner/additionalProperties")));
  EXPECT_THAT(
      breaks_after(R"("type": "object", "required")", R"("additionalProperties": false, "type": "object", "required")"),
      ElementsAre(HasSubstr("#/additionalProperties")));
  EXPECT_THAT(breaks_after(R"("x": {)", R"("z": {"type": "string"}, "x": {)"),
              ElementsAre("#/inner/z: added where the earlier schema is closed"));
}

TEST(SchemaEvolution, ADefinitionThatIsMovedButTheSamePasses) {
  std::string later(first_version);
  for (std::size_t at = 0; (at = later.find("time", at)) != std::string::npos; at += 6) later.replace(at, 4, "moment");
  EXPECT_THAT(schema_breaks(boost::json::parse(first_version), boost::json::parse(later)), IsEmpty());
}

TEST(SchemaEvolution, ACircleIsReportedInsteadOfFollowed) {
  const auto circle = boost::json::parse(
      R"({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}}})");
  EXPECT_THAT(schema_breaks(circle, circle), ElementsAre(HasSubstr("in a circle")));
}

}  // namespace
}  // namespace syncwell::model
