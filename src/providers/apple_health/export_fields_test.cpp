#include "providers/apple_health/export_fields.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "providers/apple_health/quantity_types.hpp"
#include "providers/apple_health/workout_builder.hpp"

namespace syncwell::providers::apple_health {
namespace {

std::string instant(std::string_view text) {
  const auto at = parse_export_date(text);
  return at ? format_rfc3339(*at) : "none";
}

TEST(ExportFields, ReadsBothDateForms) {
  EXPECT_EQ(instant("2025-11-02 09:00:00 -0500"), "2025-11-02T14:00:00Z");
  EXPECT_EQ(instant("2024-01-01 01:01:36 +0200"), "2023-12-31T23:01:36Z");
  EXPECT_EQ(instant("2024-01-01 05:45:00 +0545"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(instant("20141002150200+0200"), "2014-10-02T13:02:00Z");
  EXPECT_EQ(instant("2019-06-11T22:00:42Z"), "2019-06-11T22:00:42Z");
}

TEST(ExportFields, RefusesDatesThatAreNone) {
  for (const char* text :
       {"", "2025-11-02", "2025-11-02 09:00:00", "2025-02-30 09:00:00 -0500", "2025-11-02 24:00:00 -0500",
        "2025-11-02 09:60:00 -0500", "2025-11-02 09:00:00 *0500", "2025-11-02 09:00:00 -9900",
        "2025-11-02 09:00:00 -05x0", "20141002150200 0200", "2014100215020+02000", "x025-11-02 09:00:00 -0500"}) {
    EXPECT_EQ(instant(text), "none") << text;
  }
}

RC_GTEST_PROP(ExportFields, NeverReadsAnythingOdd, (std::string text)) {
  (void)parse_export_date(text);
  (void)parse_number(text);
  (void)parse_device(text);
}

TEST(ExportFields, ReadsFiniteNumbersOnly) {
  EXPECT_EQ(parse_number("72.5"), 72.5);
  EXPECT_EQ(parse_number("-1e3"), -1000);
  for (const char* text : {"", "x", "1x", "nan", "inf", "1e999", "1,5", " 1"}) EXPECT_FALSE(parse_number(text)) << text;
  std::string normalised;
  append_normalised(normalised, "72.0");
  append_normalised(normalised, "72");
  append_normalised(normalised, "HKValue");
  EXPECT_EQ(normalised, "7272HKValue");
}

// Commas inside values, an address that changes from export to export.
TEST(ExportFields, ReadsADeviceByItsKnownKeys) {
  const auto device = parse_device(
      "<<HKDevice: 0x301f2c0a0>, name:Apple Watch, manufacturer:Acme, Inc., model:Watch, hardware:Watch6,12, "
      "software:11.1>");
  EXPECT_EQ(device.manufacturer, "Acme, Inc.");
  EXPECT_EQ(device.model, "Watch");
  EXPECT_EQ(device.normalised,
            "name:Apple Watch\nmanufacturer:Acme, Inc.\nmodel:Watch\nhardware:Watch6,12\nsoftware:11.1\n");
  EXPECT_EQ(parse_device("<<HKDevice: 0x1>, name:A, model:>").model, "A");
  EXPECT_EQ(parse_device("<<HKDevice: 0x1>, software:2, name:A>").normalised,
            parse_device("<<HKDevice: 0x2>, name:A, software:2>").normalised);
  EXPECT_EQ(parse_device("").normalised, "");
  EXPECT_EQ(parse_device("nonsense").normalised, "");
}

TEST(ExportFields, IdentityDependsOnEveryFieldAndOnTheirBorders) {
  const auto id = [](std::string_view a, std::string_view b) {
    Identity identity;
    identity.add(a);
    identity.add(b);
    return to_hex(identity.bytes());
  };
  EXPECT_EQ(id("a", "b").size(), 32U);
  EXPECT_EQ(id("a", "b"), id("a", "b"));
  EXPECT_NE(id("ab", ""), id("a", "b"));
  EXPECT_NE(id("a", "b"), id("b", "a"));
}

TEST(QuantityTypes, ConvertsEveryDisplayUnit) {
  const auto is = [](Dimension dimension, double value, const char* unit, double expected) {
    const auto converted = to_canonical(dimension, value, unit);
    ASSERT_TRUE(converted) << unit;
    EXPECT_NEAR(*converted, expected, 1e-9 * std::max(1.0, expected)) << unit;
  };
  is(Dimension::length, 2, "km", 2000);
  is(Dimension::length, 1, "mi", 1609.344);
  is(Dimension::length, 7, "m", 7);
  is(Dimension::length, 10, "ft", 3.048);
  is(Dimension::length, 250, "cm", 2.5);
  is(Dimension::energy, 3, "kcal", 3);
  is(Dimension::energy, 3, "Cal", 3);
  is(Dimension::energy, 4.184, "kJ", 1);
  is(Dimension::energy, 4184, "J", 1);
  is(Dimension::mass, 1, "lb", 0.45359237);
  is(Dimension::mass, 80, "kg", 80);
  is(Dimension::mass, 80000, "g", 80);
  is(Dimension::mass, 10, "st", 63.5029318);
  is(Dimension::rate, 61, "count/min", 61);
  is(Dimension::duration, 0.05, "s", 50);
  is(Dimension::duration, 51.7, "ms", 51.7);
  is(Dimension::percent, 0.97, "%", 97);
  is(Dimension::percent, 0.29, "%", 29);
  is(Dimension::percent, 97, "%", 97);  // a foreign app
  is(Dimension::percent, 1, "%", 100);
  EXPECT_FALSE(to_canonical(Dimension::length, 1, "kg"));
  EXPECT_FALSE(to_canonical(Dimension::mass, 1, ""));
  EXPECT_FALSE(to_canonical(Dimension::percent, 1, "kg"));
}

TEST(WorkoutSports, DependOnPlace) {
  using model::Sport;
  EXPECT_EQ(sport_of("HKWorkoutActivityTypeRunning", false, ""), Sport::running);
  EXPECT_EQ(sport_of("HKWorkoutActivityTypeRunning", true, ""), Sport::treadmill_running);
  EXPECT_EQ(sport_of("HKWorkoutActivityTypeCycling", true, ""), Sport::indoor_cycling);
  EXPECT_EQ(sport_of("HKWorkoutActivityTypeSwimming", false, "1"), Sport::pool_swimming);
  EXPECT_EQ(sport_of("HKWorkoutActivityTypeSwimming", false, "2"), Sport::open_water_swimming);
  EXPECT_EQ(sport_of("HKWorkoutActivityTypeLacrosse", false, ""), Sport::other);
}

}  // namespace
}  // namespace syncwell::providers::apple_health
