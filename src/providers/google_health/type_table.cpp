#include "providers/google_health/type_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "providers/provider.hpp"

namespace syncwell::providers::google_health {
namespace {

using model::DataType;
using namespace std::chrono_literals;

constexpr std::uint32_t page = max_page_records;  // the API takes up to 10000; a Page of ours holds 2000
constexpr std::uint32_t session_page = 25;        // default and maximum of exercise and sleep; larger is ignored
constexpr double thousandths = 1000;

constexpr std::array rows = {
    TypeRow{DataType::steps, PointKind::interval, "steps", "steps", "steps.interval.start_time", "count", 1, 1h, page},
    TypeRow{DataType::distance, PointKind::interval, "distance", "distance", "distance.interval.start_time",
            "millimeters", thousandths, 1h, page},
    TypeRow{DataType::floors, PointKind::interval, "floors", "floors", "floors.interval.start_time", "count", 1, 1h,
            page},
    TypeRow{DataType::active_energy, PointKind::interval, "active-energy-burned", "activeEnergyBurned",
            "active_energy_burned.interval.start_time", "kcal", 1, 1h, page},
    TypeRow{DataType::heart_rate, PointKind::sample, "heart-rate", "heartRate", "heart_rate.sample_time.physical_time",
            "beatsPerMinute", 1, 0h, page},
    TypeRow{DataType::resting_heart_rate, PointKind::daily, "daily-resting-heart-rate", "dailyRestingHeartRate",
            "daily_resting_heart_rate.date", "beatsPerMinute", 1, 24h, page},
    TypeRow{DataType::hrv_sdnn, PointKind::sample, "heart-rate-variability", "heartRateVariability",
            "heart_rate_variability.sample_time.physical_time", "standardDeviationMilliseconds", 1, 0h, page, false,
            true},
    TypeRow{DataType::hrv_rmssd, PointKind::sample, "heart-rate-variability", "heartRateVariability",
            "heart_rate_variability.sample_time.physical_time", "rootMeanSquareOfSuccessiveDifferencesMilliseconds", 1,
            0h, page, false, true},
    TypeRow{DataType::oxygen_saturation, PointKind::sample, "oxygen-saturation", "oxygenSaturation",
            "oxygen_saturation.sample_time.physical_time", "percentage", 1, 0h, page},
    TypeRow{DataType::weight, PointKind::sample, "weight", "weight", "weight.sample_time.physical_time", "weightGrams",
            thousandths, 0h, page, true},
    TypeRow{DataType::body_fat, PointKind::sample, "body-fat", "bodyFat", "body_fat.sample_time.physical_time",
            "percentage", 1, 0h, page, true},
    TypeRow{DataType::sleep, PointKind::sleep, "sleep", "sleep", "sleep.interval.end_time", "", 1, 24h, session_page,
            true},
    TypeRow{DataType::workout, PointKind::exercise, "exercise", "exercise", "exercise.interval.civil_start_time", "", 1,
            24h, session_page, true},
};
static_assert(rows.size() == model::all_data_types.size());

// Keeps arithmetic on ranges like "everything" within the calendar.
Instant moved(Instant at, Duration by) { return std::clamp(at + by, min_instant, max_instant); }

std::string date_text(Instant at) { return format_rfc3339(at).substr(0, 10); }
std::string civil_text(Instant at) {
  return format_rfc3339(std::chrono::floor<std::chrono::seconds>(at)).substr(0, 19);
}

std::string between(std::string_view field, const std::string& from, const std::string& to) {
  return fmt::format("{0} >= \"{1}\" AND {0} < \"{2}\"", field, from, to);
}

}  // namespace

std::span<const TypeRow> all_rows() { return rows; }

const TypeRow& row_of(DataType type) {
  const auto found = std::ranges::find(rows, type, &TypeRow::type);
  if (found == rows.end()) throw std::logic_error("a data type without a row");
  return *found;
}

std::string filter_for(const TypeRow& row, TimeRange range) {
  constexpr Duration day = 24h;
  switch (row.kind) {
    case PointKind::interval:
      return between(row.filter_field, format_rfc3339(moved(range.start, -row.longest)), format_rfc3339(range.end));
    case PointKind::sample:
      return between(row.filter_field, format_rfc3339(range.start), format_rfc3339(range.end));
    case PointKind::sleep:
      return between(row.filter_field, format_rfc3339(range.start), format_rfc3339(moved(range.end, row.longest)));
    case PointKind::daily:
      return between(row.filter_field, date_text(moved(range.start, -max_utc_offset - row.longest)),
                     date_text(moved(range.end, max_utc_offset + day)));
    case PointKind::exercise:
      break;
  }
  // One second more at the end, because local times are asked for in whole seconds.
  return between(row.filter_field, civil_text(moved(range.start, -max_utc_offset - row.longest)),
                 civil_text(moved(range.end, max_utc_offset + 1s)));
}

}  // namespace syncwell::providers::google_health
