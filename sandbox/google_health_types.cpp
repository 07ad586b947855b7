#include "sandbox/google_health_types.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace syncwell::sandbox {
namespace {

using Kind = FieldKind;
constexpr bool required = true;
constexpr bool output_only = true;

constexpr std::array civil_date = {FieldRule{"year", Kind::any}, FieldRule{"month", Kind::any},
                                   FieldRule{"day", Kind::any}};

constexpr std::array interval_fields = {FieldRule{"startTime", Kind::timestamp, required},
                                        FieldRule{"startUtcOffset", Kind::duration, required},
                                        FieldRule{"endTime", Kind::timestamp, required},
                                        FieldRule{"endUtcOffset", Kind::duration, required},
                                        FieldRule{"civilStartTime", Kind::any, false, output_only},
                                        FieldRule{"civilEndTime", Kind::any, false, output_only}};
constexpr FieldRule interval{"interval", Kind::message, required, false, interval_fields};

constexpr std::array sample_time_fields = {FieldRule{"physicalTime", Kind::timestamp, required},
                                           FieldRule{"utcOffset", Kind::duration, required},
                                           FieldRule{"civilTime", Kind::any, false, output_only}};
constexpr FieldRule sample_time{"sampleTime", Kind::message, required, false, sample_time_fields};
constexpr FieldRule date{"date", Kind::message, required, false, civil_date};

constexpr std::array count_fields = {interval, FieldRule{"count", Kind::int64, required}};
constexpr std::array distance_fields = {interval, FieldRule{"millimeters", Kind::int64, required}};
constexpr std::array altitude_fields = {interval, FieldRule{"gainMillimeters", Kind::int64, required}};
constexpr std::array energy_fields = {interval, FieldRule{"kcal", Kind::number, required}};
constexpr std::array zone_minutes_fields = {interval, FieldRule{"heartRateZone", Kind::enumeration, required},
                                            FieldRule{"activeZoneMinutes", Kind::int64, required}};

constexpr std::array heart_rate_metadata = {FieldRule{"motionContext", Kind::enumeration},
                                            FieldRule{"sensorLocation", Kind::enumeration}};
constexpr std::array heart_rate_fields = {sample_time, FieldRule{"beatsPerMinute", Kind::int64, required},
                                          FieldRule{"metadata", Kind::message, false, false, heart_rate_metadata}};
constexpr std::array variability_fields = {sample_time,
                                           FieldRule{"rootMeanSquareOfSuccessiveDifferencesMilliseconds", Kind::number},
                                           FieldRule{"standardDeviationMilliseconds", Kind::number}};
constexpr std::array percentage_fields = {sample_time, FieldRule{"percentage", Kind::percentage, required}};
constexpr std::array weight_fields = {sample_time, FieldRule{"weightGrams", Kind::number, required},
                                      FieldRule{"notes", Kind::text}};
constexpr std::array height_fields = {sample_time, FieldRule{"heightMillimeters", Kind::int64, required}};
constexpr std::array run_vo2_max_fields = {sample_time, FieldRule{"runVo2Max", Kind::number, required}};
constexpr std::array vo2_max_fields = {sample_time, FieldRule{"vo2Max", Kind::number, required},
                                       FieldRule{"measurementMethod", Kind::enumeration}};

constexpr std::array resting_metadata = {FieldRule{"calculationMethod", Kind::enumeration}};
constexpr std::array resting_fields = {
    date, FieldRule{"beatsPerMinute", Kind::int64, required},
    FieldRule{"dailyRestingHeartRateMetadata", Kind::message, false, false, resting_metadata}};
constexpr std::array daily_variability_fields = {
    date, FieldRule{"averageHeartRateVariabilityMilliseconds", Kind::number},
    FieldRule{"nonRemHeartRateBeatsPerMinute", Kind::int64}, FieldRule{"entropy", Kind::number},
    FieldRule{"deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds", Kind::number}};
constexpr std::array daily_oxygen_fields = {date, FieldRule{"averagePercentage", Kind::percentage, required},
                                            FieldRule{"lowerBoundPercentage", Kind::percentage},
                                            FieldRule{"upperBoundPercentage", Kind::percentage},
                                            FieldRule{"standardDeviationPercentage", Kind::number}};
constexpr std::array daily_breath_fields = {date, FieldRule{"breathsPerMinute", Kind::number, required}};
constexpr std::array daily_temperature_fields = {date, FieldRule{"nightlyTemperatureCelsius", Kind::number, required},
                                                 FieldRule{"baselineTemperatureCelsius", Kind::number},
                                                 FieldRule{"relativeNightlyStddev30dCelsius", Kind::number}};

constexpr std::array segment_fields = {
    FieldRule{"startTime", Kind::timestamp, required}, FieldRule{"startUtcOffset", Kind::duration, required},
    FieldRule{"endTime", Kind::timestamp, required}, FieldRule{"endUtcOffset", Kind::duration, required}};
constexpr std::array stage_fields = {FieldRule{"startTime", Kind::timestamp, required},
                                     FieldRule{"startUtcOffset", Kind::duration, required},
                                     FieldRule{"endTime", Kind::timestamp, required},
                                     FieldRule{"endUtcOffset", Kind::duration, required},
                                     FieldRule{"type", Kind::enumeration, required},
                                     FieldRule{"createTime", Kind::timestamp, false, output_only},
                                     FieldRule{"updateTime", Kind::timestamp, false, output_only}};
constexpr std::array sleep_metadata = {FieldRule{"stagesStatus", Kind::enumeration, false, output_only},
                                       FieldRule{"processed", Kind::boolean, false, output_only},
                                       FieldRule{"nap", Kind::boolean},
                                       FieldRule{"manuallyEdited", Kind::boolean, false, output_only},
                                       FieldRule{"externalId", Kind::text},
                                       FieldRule{"mainSleep", Kind::boolean}};
constexpr std::array sleep_fields = {interval,
                                     FieldRule{"type", Kind::enumeration},
                                     FieldRule{"stages", Kind::list, false, false, stage_fields},
                                     FieldRule{"outOfBedSegments", Kind::list, false, false, segment_fields},
                                     FieldRule{"shortAwakenings", Kind::list, false, false, stage_fields},
                                     FieldRule{"metadata", Kind::message, false, false, sleep_metadata},
                                     FieldRule{"summary", Kind::any, false, output_only},
                                     FieldRule{"createTime", Kind::timestamp, false, output_only},
                                     FieldRule{"updateTime", Kind::timestamp, false, output_only}};

constexpr std::array metrics_fields = {FieldRule{"caloriesKcal", Kind::number},
                                       FieldRule{"distanceMillimeters", Kind::number},
                                       FieldRule{"steps", Kind::int64},
                                       FieldRule{"averageSpeedMillimetersPerSecond", Kind::number},
                                       FieldRule{"averagePaceSecondsPerMeter", Kind::number},
                                       FieldRule{"averageHeartRateBeatsPerMinute", Kind::int64},
                                       FieldRule{"elevationGainMillimeters", Kind::number},
                                       FieldRule{"activeZoneMinutes", Kind::int64},
                                       FieldRule{"runVo2Max", Kind::number},
                                       FieldRule{"totalSwimLengths", Kind::number},
                                       FieldRule{"heartRateZoneDurations", Kind::any},
                                       FieldRule{"mobilityMetrics", Kind::any}};
constexpr std::array split_fields = {FieldRule{"startTime", Kind::timestamp, required},
                                     FieldRule{"startUtcOffset", Kind::duration, required},
                                     FieldRule{"endTime", Kind::timestamp, required},
                                     FieldRule{"endUtcOffset", Kind::duration, required},
                                     FieldRule{"activeDuration", Kind::duration, false, output_only},
                                     FieldRule{"metricsSummary", Kind::message, required, false, metrics_fields},
                                     FieldRule{"splitType", Kind::enumeration, required}};
constexpr std::array event_fields = {FieldRule{"eventTime", Kind::timestamp, required},
                                     FieldRule{"eventUtcOffset", Kind::duration, required},
                                     FieldRule{"exerciseEventType", Kind::enumeration, required}};
constexpr std::array exercise_metadata = {FieldRule{"hasGps", Kind::boolean},
                                          FieldRule{"poolLengthMillimeters", Kind::int64}};
constexpr std::array exercise_fields = {interval,
                                        FieldRule{"exerciseType", Kind::enumeration, required},
                                        FieldRule{"displayName", Kind::text, required},
                                        FieldRule{"activeDuration", Kind::duration},
                                        FieldRule{"metricsSummary", Kind::message, required, false, metrics_fields},
                                        FieldRule{"splits", Kind::list, false, false, split_fields},
                                        FieldRule{"splitSummaries", Kind::list, false, false, split_fields},
                                        FieldRule{"exerciseEvents", Kind::list, false, false, event_fields},
                                        FieldRule{"exerciseMetadata", Kind::message, false, false, exercise_metadata},
                                        FieldRule{"notes", Kind::text},
                                        FieldRule{"createTime", Kind::timestamp, false, output_only},
                                        FieldRule{"updateTime", Kind::timestamp, false, output_only}};

constexpr std::array volume_fields = {FieldRule{"milliliters", Kind::number, required},
                                      FieldRule{"userProvidedUnit", Kind::enumeration}};
constexpr std::array hydration_fields = {interval,
                                         FieldRule{"amountConsumed", Kind::message, required, false, volume_fields}};

constexpr std::array device_fields = {FieldRule{"formFactor", Kind::enumeration}, FieldRule{"manufacturer", Kind::text},
                                      FieldRule{"displayName", Kind::text}};
constexpr std::array source_fields = {FieldRule{"recordingMethod", Kind::enumeration},
                                      FieldRule{"device", Kind::message, false, false, device_fields},
                                      FieldRule{"application", Kind::any, false, output_only},
                                      FieldRule{"platform", Kind::enumeration, false, output_only}};

constexpr std::string_view activity = "activity_and_fitness";
constexpr std::string_view measurements = "health_metrics_and_measurements";
constexpr std::string_view sleep = "sleep";
constexpr std::string_view nutrition = "nutrition";
constexpr std::span<const FieldRule> anything{};

// id, kind, listable, writable, identifiable, scope, fields.
constexpr std::array types = {
    GoogleHealthType{"steps", PointKind::interval, true, false, false, activity, count_fields},
    GoogleHealthType{"distance", PointKind::interval, true, false, false, activity, distance_fields},
    GoogleHealthType{"floors", PointKind::interval, true, false, false, activity, count_fields},
    GoogleHealthType{"altitude", PointKind::interval, true, false, false, activity, altitude_fields},
    GoogleHealthType{"active-energy-burned", PointKind::interval, true, false, false, activity, energy_fields},
    GoogleHealthType{"basal-energy-burned", PointKind::interval, true, false, false, activity, energy_fields},
    GoogleHealthType{"active-zone-minutes", PointKind::interval, true, false, false, activity, zone_minutes_fields},
    GoogleHealthType{"active-minutes", PointKind::interval, true, false, false, activity, anything},
    GoogleHealthType{"activity-level", PointKind::interval, true, false, false, activity, anything},
    GoogleHealthType{"sedentary-period", PointKind::interval, true, false, false, activity, anything},
    GoogleHealthType{"swim-lengths-data", PointKind::interval, true, false, false, activity, anything},
    GoogleHealthType{"time-in-heart-rate-zone", PointKind::interval, true, false, false, activity, anything},
    GoogleHealthType{"total-calories", PointKind::interval, false, false, false, activity, anything},
    GoogleHealthType{"calories-in-heart-rate-zone", PointKind::interval, false, false, false, activity, anything},
    GoogleHealthType{"heart-rate", PointKind::sample, true, false, false, measurements, heart_rate_fields},
    GoogleHealthType{"heart-rate-variability", PointKind::sample, true, false, false, measurements, variability_fields},
    GoogleHealthType{"oxygen-saturation", PointKind::sample, true, false, false, measurements, percentage_fields},
    GoogleHealthType{"weight", PointKind::sample, true, true, true, measurements, weight_fields},
    GoogleHealthType{"body-fat", PointKind::sample, true, true, true, measurements, percentage_fields},
    GoogleHealthType{"height", PointKind::sample, true, true, true, measurements, height_fields},
    GoogleHealthType{"blood-glucose", PointKind::sample, true, true, true, measurements, anything},
    GoogleHealthType{"core-body-temperature", PointKind::sample, true, false, false, measurements, anything},
    GoogleHealthType{"respiratory-rate-sleep-summary", PointKind::sample, true, false, false, measurements, anything},
    GoogleHealthType{"run-vo2-max", PointKind::sample, true, false, false, activity, run_vo2_max_fields},
    GoogleHealthType{"vo2-max", PointKind::sample, true, false, false, activity, vo2_max_fields},
    GoogleHealthType{"daily-resting-heart-rate", PointKind::daily, true, false, false, measurements, resting_fields},
    GoogleHealthType{"daily-heart-rate-variability", PointKind::daily, true, false, false, measurements,
                     daily_variability_fields},
    GoogleHealthType{"daily-oxygen-saturation", PointKind::daily, true, false, false, measurements,
                     daily_oxygen_fields},
    GoogleHealthType{"daily-respiratory-rate", PointKind::daily, true, false, false, measurements, daily_breath_fields},
    GoogleHealthType{"daily-sleep-temperature-derivations", PointKind::daily, true, false, false, measurements,
                     daily_temperature_fields},
    GoogleHealthType{"sleep", PointKind::sleep, true, true, true, sleep, sleep_fields},
    GoogleHealthType{"exercise", PointKind::session, true, true, true, activity, exercise_fields},
    GoogleHealthType{"hydration-log", PointKind::session, true, true, true, nutrition, hydration_fields},
    GoogleHealthType{"nutrition-log", PointKind::session, true, true, true, nutrition, anything},
    GoogleHealthType{"electrocardiogram", PointKind::electrocardiogram, true, false, true, "ecg", anything},
};

}  // namespace

std::string GoogleHealthType::snake_case() const {
  std::string text(id);
  std::ranges::replace(text, '-', '_');
  return text;
}

std::string GoogleHealthType::camel_case() const {
  std::string text;
  bool upper = false;
  for (const char c : id) {
    if (c == '-') {
      upper = true;
      continue;
    }
    text += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = false;
  }
  return text;
}

const GoogleHealthType* find_google_health_type(std::string_view id) {
  const auto found = std::ranges::find(types, id, &GoogleHealthType::id);
  return found == types.end() ? nullptr : &*found;
}

std::span<const GoogleHealthType> google_health_types() { return types; }
std::span<const FieldRule> data_source_fields() { return source_fields; }

}  // namespace syncwell::sandbox
