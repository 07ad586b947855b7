#include "providers/apple_health/apple_health_provider.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "providers/apple_health/export_generator.hpp"
#include "providers/apple_health/fetched_export.hpp"
#include "providers/apple_health/record_mapper.hpp"

namespace syncwell::providers::apple_health {
namespace {

using model::DataType;
using ::testing::HasSubstr;

double value_of(const model::Record& record) { return std::get<model::Quantity>(record.payload).value; }
const model::Workout& workout_of(const model::Record& record) { return std::get<model::Workout>(record.payload); }
Instant at(std::string_view text) { return parse_rfc3339(text)->at; }

std::string document(const std::string& body) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<HealthData locale=\"en_US\">\n" + body + "</HealthData>\n";
}

// A step record with the given attributes behind the usual ones.
std::string steps(int minute, const std::string& value = "10", const std::string& children = "") {
  return fmt::format(
      " <Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"S\" unit=\"count\" creationDate=\"2025-01-01 "
      "12:00:00 "
      "+0000\" startDate=\"2025-01-01 10:{0:02}:00 +0000\" endDate=\"2025-01-01 10:{0:02}:30 +0000\" "
      "value=\"{1}\"{2}\n",
      minute, value, children.empty() ? "/>" : ">" + children + "</Record>");
}

FetchedExport fetch_text(const std::string& text, DataType type = DataType::steps) {
  const TemporaryFolder folder;
  return fetch_export(folder.write("export.xml", text), type);
}

TEST(AppleHealthProvider, SaysThatItOnlyReads) {
  const auto provider = make_apple_health_provider();
  const Capabilities& capabilities = provider->capabilities();
  EXPECT_EQ(capabilities.key, "apple_health_export");
  EXPECT_TRUE(capabilities.full_history_each_time);
  EXPECT_EQ(capabilities.types.size(), model::all_data_types.size() - 1);
  EXPECT_EQ(capabilities.find(DataType::hrv_rmssd), nullptr);  // Apple has SDNN only
  for (const auto& type : capabilities.types) {
    EXPECT_TRUE(type.can_read);
    EXPECT_FALSE(type.can_write || type.can_delete || type.absence_means_deleted);
  }
  VirtualRuntime runtime;
  NoNetwork http;
  const CallContext context{http, runtime, Deadline{}};
  EXPECT_EQ(provider->fetch(context, Account{"", "x", ""}, {DataType::hrv_rmssd}).error().code, ErrorCode::unsupported);
  EXPECT_EQ(provider->fetch(context, {}, {DataType::steps}).error().code, ErrorCode::invalid_argument);
  const std::vector<WriteOp> ops(2);
  const auto pushed = runtime.run(provider->push(context, {}, DataType::steps, ops));
  ASSERT_EQ(pushed.outcomes.size(), 2U);
  EXPECT_EQ(pushed.outcomes[0].error().code, ErrorCode::unsupported);
}

// Day totals of the sample, by the local day in New York across the end of summer time (DST, quirk 11).
TEST(AppleHealthProvider, CountsTheStepsOfEachLocalDayAcrossTheEndOfSummerTime) {
  const auto fetched = fetch_export(sample("authored_ios18_new_york_dst_end.xml"), DataType::steps);
  ASSERT_FALSE(fetched.error) << fetched.error->message;
  EXPECT_TRUE(fetched.warnings.empty());
  EXPECT_FALSE(fetched.partial);
  EXPECT_EQ(fetched.records.size(), 55U);
  std::map<std::string, double> watch;
  std::map<double, int> night_steps;
  for (const auto& record : fetched.records) {
    EXPECT_EQ(model::why_invalid(record), std::nullopt);
    EXPECT_FALSE(record.time.start.offset);  // the printed offset is the export's (quirk 11)
    const Moment local{record.time.start.at, offset_in_zone("America/New_York", record.time.start.at)};
    if (record.origin.device_model == "Watch") watch[format_local_date(local)] += value_of(record);
    if (value_of(record) == 41) ++night_steps[41];
  }
  EXPECT_EQ(watch, (std::map<std::string, double>{{"2025-11-01", 8511}, {"2025-11-02", 8997}, {"2025-11-03", 8411}}));
  EXPECT_EQ(night_steps[41], 2);  // 01:30 occurs twice that night
}

TEST(AppleHealthProvider, ConvertsTheUnitsThatThePhoneShows) {
  const auto file = sample("authored_ios18_new_york_dst_end.xml");
  const auto weight = fetch_export(file, DataType::weight);
  ASSERT_EQ(weight.records.size(), 2U);
  EXPECT_GT(value_of(weight.records[0]), 40);
  EXPECT_LT(value_of(weight.records[0]), 120);  // printed in lb
  const auto oxygen = fetch_export(file, DataType::oxygen_saturation);
  ASSERT_EQ(oxygen.records.size(), 3U);
  for (const auto& record : oxygen.records) EXPECT_GT(value_of(record), 80);
  EXPECT_EQ(fetch_export(file, DataType::heart_rate).records.size(), 1542U);
  EXPECT_EQ(fetch_export(file, DataType::resting_heart_rate).records.size(), 3U);
  EXPECT_EQ(fetch_export(file, DataType::active_energy).records.size(), 27U);
  EXPECT_EQ(fetch_export(file, DataType::distance).records.size(), 27U);
  EXPECT_TRUE(fetch_export(file, DataType::floors).records.empty());
  const auto hrv = fetch_export(file, DataType::hrv_sdnn);
  ASSERT_EQ(hrv.records.size(), 3U);
  EXPECT_EQ(value_of(hrv.records[0]), 51.736);
}

TEST(AppleHealthProvider, MakesOneNightOfTheRowsOfEachSource) {
  const auto fetched = fetch_export(sample("authored_ios18_new_york_dst_end.xml"), DataType::sleep);
  ASSERT_EQ(fetched.records.size(), 2U);  // the phone's "in bed" is the frame of the watch's nights
  const auto& night = fetched.records[0];
  EXPECT_EQ(format_rfc3339(night.time.start), "2025-11-01T23:48:00-04:00");  // summer time
  EXPECT_EQ(format_rfc3339(night.time.end), "2025-11-02T06:05:00-05:00");
  EXPECT_EQ(night.origin.application, "Test\u2019s Apple\u00A0Watch");  // quirk 7
  const auto& stages = std::get<model::Sleep>(night.payload).stages;
  ASSERT_EQ(stages.size(), 14U);
  EXPECT_EQ(stages[0].stage, model::SleepStage::awake);
  EXPECT_EQ(stages[2].stage, model::SleepStage::deep);
}

TEST(AppleHealthProvider, ReadsAWorkoutWithEventsStatisticsAndRoute) {
  const auto fetched = fetch_export(sample("authored_ios18_new_york_dst_end.xml"), DataType::workout);
  ASSERT_FALSE(fetched.error);
  ASSERT_EQ(fetched.records.size(), 2U);
  EXPECT_TRUE(fetched.warnings.empty()) << fetched.warnings[0].what;
  const auto& run = fetched.records[0];
  EXPECT_EQ(format_rfc3339(run.time.start), "2025-11-02T09:00:00-05:00");
  EXPECT_EQ(run.origin.device_manufacturer, "Apple Inc.");
  const auto& workout = workout_of(run);
  EXPECT_EQ(workout.sport, model::Sport::running);
  EXPECT_EQ(workout.timer, std::chrono::minutes{40});
  EXPECT_NEAR(*workout.distance_m, 3.9812 * 1609.344, 1e-6);
  EXPECT_EQ(workout.energy_kcal, 412.337);
  EXPECT_EQ(workout.average_heart_rate_bpm, 147.2);
  EXPECT_EQ(workout.maximum_heart_rate_bpm, 171);
  EXPECT_EQ(workout.steps, 6180);
  EXPECT_NEAR(*workout.elevation_gain_m, 42.1, 1e-9);
  ASSERT_EQ(workout.pauses.size(), 1U);  // MotionPaused is none
  EXPECT_EQ(workout.pauses[0].start, at("2025-11-02T14:15:00Z"));
  EXPECT_EQ(workout.pauses[0].end, at("2025-11-02T14:17:00Z"));
  EXPECT_TRUE(workout.laps.empty());  // segments are none
  EXPECT_EQ(workout.route.size(), 900U);
  const auto& ride = workout_of(fetched.records[1]);
  EXPECT_EQ(ride.sport, model::Sport::indoor_cycling);
  EXPECT_EQ(ride.distance_m, std::nullopt);
  EXPECT_TRUE(ride.route.empty());
}

TEST(AppleHealthProvider, ReadsOlderExports) {
  const auto ios9 = fetch_export(sample("ios9_en_GB_real_sample.xml"), DataType::steps);
  ASSERT_EQ(ios9.records.size(), 10U);
  EXPECT_EQ(value_of(ios9.records[0]), 329);
  EXPECT_EQ(ios9.records[0].time.start.at, at("2014-09-13T09:27:54Z"));
  EXPECT_NEAR(value_of(fetch_export(sample("ios9_en_GB_real_sample.xml"), DataType::distance).records.at(0)), 2.88,
              1e-9);
  const auto other = fetch_export(sample("ios9_en_GB_real_sample.xml"), DataType::workout);
  ASSERT_EQ(other.records.size(), 1U);
  EXPECT_EQ(workout_of(other.records[0]).sport, model::Sport::other);
  EXPECT_NEAR(*workout_of(other.records[0]).energy_kcal, 139.317, 1e-9);

  const auto ios13 = fetch_export(sample("ios13_workout_route_filereference.xml"), DataType::workout);
  ASSERT_EQ(ios13.records.size(), 1U);
  EXPECT_EQ(workout_of(ios13.records[0]).route.size(), 2U);                          // three points, two of one second
  EXPECT_EQ(ios13.records[0].time.start.offset, UtcOffset{std::chrono::hours{-8}});  // printed -0700

  const auto ios17 = fetch_export(sample("ios17_amsterdam_real_sample.xml"), DataType::sleep);
  ASSERT_EQ(ios17.records.size(), 2U);
  EXPECT_EQ(ios17.records[0].time.start.offset, UtcOffset{std::chrono::hours{1}});  // printed +0200
}

// Quirk 1: a ">" is missing in the DTD, an attribute is declared twice.
TEST(AppleHealthProvider, ReadsTheMalformedDocumentTypeOfIos16) {
  const auto file = sample("authored_ios16_malformed_dtd.xml");
  const auto fetched = fetch_export(file, DataType::steps);
  ASSERT_FALSE(fetched.error) << fetched.error->message;
  EXPECT_FALSE(fetched.partial);
  double watch = 0;
  for (const auto& record : fetched.records) {
    if (record.origin.device_model == "Watch") watch += value_of(record);
  }
  EXPECT_EQ(watch, 3585);
  const auto walk = fetch_export(file, DataType::workout);
  ASSERT_EQ(walk.records.size(), 1U);
  EXPECT_EQ(workout_of(walk.records[0]).sport, model::Sport::walking);
  EXPECT_TRUE(workout_of(walk.records[0]).energy_kcal);  // unit Cal
}

TEST(AppleHealthProvider, GivesStableIdsThatDifferFromRecordToRecord) {
  for (const auto type : {DataType::steps, DataType::heart_rate, DataType::sleep, DataType::workout}) {
    const auto first = fetch_export(sample("authored_ios18_new_york_dst_end.xml"), type);
    const auto second = fetch_export(sample("authored_ios18_new_york_dst_end.xml"), type);
    EXPECT_EQ(first.records, second.records);
    std::set<std::string> ids;
    for (const auto& record : first.records) ids.insert(record.source_id);
    EXPECT_EQ(ids.size(), first.records.size());
  }
}

// The address, the creation date and the printed offset may change from export to export, the id must not.
TEST(AppleHealthProvider, KeepsTheIdWhenTheExportIsMadeAgain) {
  const auto one = [](const std::string& address, const std::string& created, const std::string& dates,
                      const std::string& value) {
    return fetch_text(document(fmt::format(" <Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"S\" "
                                           "device=\"&lt;&lt;HKDevice: {}&gt;, "
                                           "name:W&gt;\" unit=\"count\" creationDate=\"{}\" {} value=\"{}\"/>\n",
                                           address, created, dates, value)))
        .records.at(0)
        .source_id;
  };
  const std::string winter = "startDate=\"2025-01-01 10:00:00 +0000\" endDate=\"2025-01-01 10:01:00 +0000\"";
  const std::string summer = "startDate=\"2025-01-01 11:00:00 +0100\" endDate=\"2025-01-01 11:01:00 +0100\"";
  const auto id = one("0x1", "2025-01-01 10:02:00 +0000", winter, "10");
  EXPECT_EQ(id, one("0x2", "2025-01-02 10:02:00 +0000", summer, "10.0"));
  EXPECT_NE(id, one("0x1", "2025-01-01 10:02:00 +0000", winter, "11"));
}

TEST(AppleHealthProvider, TakesOriginMethodZoneAndOwnIdFromMetadata) {
  const auto meta = [](const char* key, const char* value) {
    return fmt::format("<MetadataEntry key=\"{}\" value=\"{}\"/>", key, value);
  };
  const std::string own = "swabcdefghijklmnopqrstuvwx23";
  const auto fetched = fetch_text(document(
      steps(1) + steps(2, "10", meta("HKWasUserEntered", "1")) + steps(3, "10", meta("HKWasUserEntered", "0")) +
      steps(4, "10", meta("HKTimeZone", "Asia/Kathmandu") + meta("HKMetadataKeySyncIdentifier", own.c_str())) +
      steps(5, "10", meta("HKExternalUUID", "0B0C") + meta("HKTimeZone", "Nowhere/City"))));
  ASSERT_EQ(fetched.records.size(), 5U);
  EXPECT_EQ(fetched.records[0].origin.provider, "apple_health_export");
  EXPECT_EQ(fetched.records[0].origin.application, "S");
  EXPECT_EQ(fetched.records[0].origin.method, model::RecordingMethod::unknown);
  EXPECT_EQ(fetched.records[1].origin.method, model::RecordingMethod::self_reported);
  EXPECT_EQ(fetched.records[2].origin.method, model::RecordingMethod::sensed);
  EXPECT_EQ(fetched.records[3].time.start.offset, UtcOffset{std::chrono::minutes{345}});
  EXPECT_EQ(fetched.records[3].external_id, own);  // DEC-6: what we wrote ourselves
  EXPECT_EQ(fetched.records[4].external_id, "");
  EXPECT_EQ(fetched.records[4].time.start.offset, std::nullopt);
  EXPECT_EQ(fetched.records[0].modified, std::nullopt);
}

TEST(AppleHealthProvider, ReadsOnlyTheRequestedRange) {
  const TemporaryFolder folder;
  const auto file = folder.write("export.xml", document(steps(0) + steps(1) + steps(2) + steps(3)));
  const auto fetched = fetch_export(file, DataType::steps, {at("2025-01-01T10:01:10Z"), at("2025-01-01T10:03:00Z")});
  ASSERT_EQ(fetched.records.size(), 2U);  // one that starts before and ends in it, one inside; not the one at its end
  EXPECT_EQ(fetched.records[0].time.start.at, at("2025-01-01T10:01:00Z"));
}

TEST(AppleHealthProvider, CountsCorrelationsAndRepeatedRecordsOnce) {
  const auto fetched =
      fetch_text(document(steps(1) + " <Correlation type=\"HKCorrelationTypeIdentifierFood\" sourceName=\"S\">\n" +
                          steps(1) + steps(2) + " </Correlation>\n" + steps(2) + steps(2) + steps(1)));
  EXPECT_EQ(fetched.records.size(), 2U);
  EXPECT_FALSE(fetched.partial);
}

// Quirk 3: iOS 8.
TEST(AppleHealthProvider, ReadsCompactDatesAndAttributeNamesWithBlanks) {
  const auto fetched =
      fetch_text(document(" <Record type=\"HKQuantityTypeIdentifierStepCount\" source=\"Old\" unit=\"count\" start "
                          "Date=\"20141002150200+0200\" end "
                          "Date=\"20141002150300+0200\" value=\"7\"/>\n"));
  ASSERT_EQ(fetched.records.size(), 1U);
  EXPECT_EQ(fetched.records[0].time.start.at, at("2014-10-02T13:02:00Z"));
  EXPECT_EQ(fetched.records[0].origin.application, "Old");
  EXPECT_TRUE(fetched.warnings.empty());
}

// PROV-3: an unreadable essential field costs the record and a warning that names the place, not the value.
TEST(AppleHealthProvider, WarnsAboutRecordsThatCannotBeRead) {
  const auto bad_unit = steps(4);
  const std::string body =
      steps(1, "secret") + steps(2) + steps(3, "") +
      " <Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"S\" unit=\"kg\" startDate=\"2025-01-01 "
      "10:00:00 +0000\" endDate=\"2025-01-01 10:00:00 +0000\" value=\"1\"/>\n"
      " <Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"S\" unit=\"count\" startDate=\"soon\" "
      "endDate=\"2025-01-01 10:00:00 +0000\" value=\"1\"/>\n"
      " <Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"S\" unit=\"count\" startDate=\"2025-01-01 "
      "10:00:01 +0000\" endDate=\"2025-01-01 10:00:00 +0000\" value=\"1\"/>\n";
  const auto fetched = fetch_text(document(body));
  EXPECT_EQ(fetched.records.size(), 1U);
  ASSERT_EQ(fetched.warnings.size(), 5U);
  EXPECT_TRUE(fetched.partial);
  for (const auto& warning : fetched.warnings) {
    EXPECT_THAT(warning.where, HasSubstr("export.xml, byte "));
    EXPECT_EQ(warning.what.find("secret"), std::string::npos);
  }
}

// Long names must not make a page large: it is handed over earlier.
TEST(AppleHealthProvider, BoundsAPageByItsBytes) {
  std::string body;
  const std::string name(100'000, 'n');
  for (int i = 0; i < 200; ++i) {
    std::string record = steps(i % 60, std::to_string(i));
    record.replace(record.find("\"S\"") + 1, 1, name);
    body += record;
  }
  const TemporaryFolder folder;
  const auto fetched = fetch_export(folder.write("export.xml", document(body)), DataType::steps);
  EXPECT_EQ(fetched.records.size(), 200U);
  EXPECT_LE(fetched.largest_page, max_page_bytes / name.size() + 1);
  const auto longer =
      fetch_text(document(steps(1) + " <Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"" +
                          std::string(max_tag_bytes, 'n') + "\"/>\n" + steps(2)));
  EXPECT_EQ(longer.records.size(), 2U);
  EXPECT_TRUE(longer.partial);
}

TEST(AppleHealthProvider, BoundsItsWarnings) {
  std::string body;
  for (std::size_t i = 0; i < max_warnings + 500; ++i) body += steps(1, "x");
  const auto fetched = fetch_text(document(body));
  EXPECT_EQ(fetched.warnings.size(), max_warnings);
}

// Quirk 2, damage in the middle, and what bombs are made of.
TEST(AppleHealthProvider, SalvagesWhatIsSoundAroundDamage) {
  const auto controls =
      fetch_text(document(steps(1, "10", "<MetadataEntry key=\"a\x0B\x01z\" value=\"&#11;\"/>") + steps(2)));
  EXPECT_EQ(controls.records.size(), 2U);
  EXPECT_FALSE(controls.partial);
  const auto bomb =
      fetch_text("<!DOCTYPE HealthData [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<HealthData>\n" + steps(1) +
                 steps(2, "&b;") + steps(3) + "</HealthData>");
  EXPECT_EQ(bomb.records.size(), 2U);
  ASSERT_EQ(bomb.warnings.size(), 1U);
  EXPECT_THAT(bomb.warnings[0].what, HasSubstr("undefined entity"));
  EXPECT_TRUE(bomb.partial);
  const auto external = fetch_text(
      "<!DOCTYPE HealthData SYSTEM \"file:///etc/passwd\" [<!ENTITY x SYSTEM "
      "\"file:///etc/passwd\">]>\n<HealthData>\n" +
      steps(1, "1", "<MetadataEntry key=\"k\" value=\"&x;\"/>") + steps(2) + "</HealthData>");
  EXPECT_EQ(external.records.size(), 1U);
  EXPECT_TRUE(external.partial);
}

// Quirk 4: a half-written export, cut anywhere, gives what is whole and says that it is not all.
TEST(AppleHealthProvider, TellsATruncatedExport) {
  const std::string text = read_test_file(sample("authored_ios18_new_york_dst_end.xml"));
  const auto whole = fetch_text(text, DataType::heart_rate);
  for (std::size_t part = 1; part < 20; ++part) {
    const auto cut = fetch_text(text.substr(0, text.size() * part / 20), DataType::heart_rate);
    ASSERT_FALSE(cut.error) << part;
    EXPECT_TRUE(cut.partial);
    ASSERT_EQ(cut.warnings.size(), 1U);
    EXPECT_THAT(cut.warnings[0].where, HasSubstr("byte"));
    ASSERT_LE(cut.records.size(), whole.records.size());
    EXPECT_TRUE(std::equal(cut.records.begin(), cut.records.end(), whole.records.begin()));
  }
}

TEST(AppleHealthProvider, SurvivesChangedBytes) {
  const std::string text = read_test_file(sample("ios13_workout_route_filereference.xml"));
  Random random(7);
  for (int i = 0; i < 300; ++i) {
    std::string changed = text;
    for (int flips = 0; flips < 3; ++flips)
      changed[random.below(changed.size())] = static_cast<char>(random.below(256));
    for (const auto type : {DataType::workout, DataType::heart_rate}) {
      const auto fetched = fetch_text(changed, type);
      EXPECT_LE(fetched.records.size(), 2U);
      for (const auto& record : fetched.records) EXPECT_FALSE(model::why_invalid(record));
    }
  }
}

TEST(AppleHealthProvider, LeavesOutARouteThatIsMissingOrLeadsOutOfTheExport) {
  const TemporaryFolder folder;
  folder.write(
      "secret.gpx",
      "<gpx><trk><trkseg><trkpt lat=\"1\" lon=\"1\"><time>2025-01-01T10:00:00Z</time></trkpt></trkseg></trk></gpx>");
  for (const std::string path :
       {"/workout-routes/none.gpx", "/../secret.gpx", "/workout-routes/../../secret.gpx", "", "/link.gpx"}) {
    const auto file = folder.write(
        "in/export.xml",
        document(" <Workout workoutActivityType=\"HKWorkoutActivityTypeHiking\" duration=\"5\" sourceName=\"S\" "
                 "startDate=\"2025-01-01 "
                 "10:00:00 +0000\" endDate=\"2025-01-01 10:05:00 +0000\">\n  <WorkoutRoute><FileReference path=\"" +
                 path + "\"/></WorkoutRoute>\n </Workout>\n"));
    std::error_code ignored;
    std::filesystem::create_symlink(folder.path() / "secret.gpx", folder.path() / "in/link.gpx", ignored);
    const auto fetched = fetch_export(file, DataType::workout);
    ASSERT_EQ(fetched.records.size(), 1U) << path;
    EXPECT_TRUE(workout_of(fetched.records[0]).route.empty()) << path;
    ASSERT_EQ(fetched.warnings.size(), 1U) << path;
    EXPECT_TRUE(fetched.partial);
  }
}

// Quirk 12, laps of both kinds, a multisport workout, events without a partner.
TEST(AppleHealthProvider, ReadsTheOlderAndNewerShapesOfWorkouts) {
  const auto workout = [](const std::string& attributes, const std::string& children) {
    return " <Workout workoutActivityType=\"HKWorkoutActivityType" + attributes +
           " sourceName=\"S\" startDate=\"2025-01-01 10:00:00 +0000\" endDate=\"2025-01-01 11:00:00 +0000\">\n" +
           children + " </Workout>\n";
  };
  const auto event = [](const char* type, int minute, const char* more = "") {
    return fmt::format("<WorkoutEvent type=\"HKWorkoutEventType{}\" date=\"2025-01-01 10:{:02}:00 +0000\"{}/>", type,
                       minute, more);
  };
  const auto fetched = fetch_text(
      document(
          workout("Swimming\" totalDistance=\"1500\" totalDistanceUnit=\"yd\"",
                  "<WorkoutRoute>\n<Location date=\"2025-01-01 10:00:02 +0000\" latitude=\"1.5\" longitude=\"2.5\" "
                  "altitude=\"3\"/>"
                  "<Location date=\"2025-01-01 10:00:01 +0000\" latitude=\"1\" longitude=\"2\"/>"
                  "<Location date=\"2025-01-01 10:00:03 +0000\" latitude=\"91\" longitude=\"2\"/></WorkoutRoute>") +
          workout("Running\"", event("Lap", 0, " duration=\"20\" durationUnit=\"min\"") +
                                   event("Lap", 20, " duration=\"40\" durationUnit=\"min\"") + event("Resume", 5) +
                                   event("Pause", 30) + event("Pause", 31) + event("Resume", 32) + event("Pause", 50)) +
          workout("Cycling\"", event("Lap", 30)) +
          workout("SwimBikeRun\"",
                  "<WorkoutActivity startDate=\"2025-01-01 10:00:00 +0000\" endDate=\"2025-01-01 10:20:00 "
                  "+0000\"><WorkoutStatistics "
                  "type=\"HKQuantityTypeIdentifierDistanceSwimming\" sum=\"750\" "
                  "unit=\"m\"/></WorkoutActivity><WorkoutActivity "
                  "startDate=\"2025-01-01 10:20:00 +0000\" endDate=\"2025-01-01 11:00:00 +0000\"/>")),
      DataType::workout);
  ASSERT_EQ(fetched.records.size(), 4U);
  const auto& swim = workout_of(fetched.records[0]);
  EXPECT_NEAR(*swim.distance_m, 1371.6, 1e-9);
  ASSERT_EQ(swim.route.size(), 2U);
  EXPECT_EQ(swim.route[0].latitude_deg, 1);
  EXPECT_EQ(swim.route[1].altitude_m, 3.0F);
  EXPECT_EQ(fetched.warnings.size(), 1U);  // the point off the globe
  const auto& run = workout_of(fetched.records[1]);
  ASSERT_EQ(run.laps.size(), 2U);
  EXPECT_EQ(run.laps[1].end, at("2025-01-01T11:00:00Z"));
  ASSERT_EQ(run.pauses.size(), 2U);
  EXPECT_EQ(run.pauses[0].end, at("2025-01-01T10:32:00Z"));
  EXPECT_EQ(run.pauses[1].end, at("2025-01-01T11:00:00Z"));
  const auto& ride = workout_of(fetched.records[2]);
  ASSERT_EQ(ride.laps.size(), 2U);
  EXPECT_EQ(ride.laps[0].end, ride.laps[1].start);
  const auto& triathlon = workout_of(fetched.records[3]);
  EXPECT_EQ(triathlon.sport, model::Sport::multisport);
  ASSERT_EQ(triathlon.laps.size(), 2U);
  EXPECT_EQ(triathlon.laps[0].distance_m, 750);
}

// NFR: memory does not grow with the export, pages keep their maximum, nothing is lost or invented.
TEST(AppleHealthProvider, StreamsALargeExportInBoundedMemory) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "export.xml";
  ExportGenerator::Written written;
  {
    std::ofstream file(path, std::ios::binary);
    written = ExportGenerator(11).write(50'000'000, [&](std::string_view text) { file << text; });
  }
  ASSERT_EQ(std::filesystem::file_size(path), written.bytes);
  const auto before = bytes_in_use();
  const auto hearts = fetch_export(path, DataType::heart_rate, {min_instant, max_instant}, false);
  EXPECT_FALSE(hearts.error);
  EXPECT_FALSE(hearts.partial);
  EXPECT_LE(hearts.largest_page, max_page_records);
  EXPECT_GE(hearts.pages, written.heart_rate_records / max_page_records);
  EXPECT_LT(hearts.most_bytes_in_use, before + 64 * 1024 * 1024);
  const auto walked = fetch_export(path, DataType::steps);
  EXPECT_EQ(walked.records.size(), written.steps_records);
  double sum = 0;
  for (const auto& record : walked.records) sum += value_of(record);
  EXPECT_EQ(sum, written.steps);
  EXPECT_EQ(fetch_export(path, DataType::sleep).records.size(), written.nights);
  EXPECT_EQ(fetch_export(path, DataType::workout).records.size(), written.workouts);
  const auto nothing = fetch_export(path, DataType::floors);
  EXPECT_GE(nothing.pages, written.bytes / max_bytes_per_page);  // a page at least every 16 MiB
}

}  // namespace
}  // namespace syncwell::providers::apple_health
