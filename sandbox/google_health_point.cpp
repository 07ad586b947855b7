#include "sandbox/google_health_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "sandbox/google_health_payload.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

std::string_view text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(view(name));
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

const json::object* object_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(view(name));
  return value == nullptr ? nullptr : value->if_object();
}

struct Clocked {
  Instant at{};
  Duration offset{};
};

std::expected<Clocked, std::string> clocked_at(const json::object& object, std::string_view time_name,
                                               std::string_view offset_name) {
  const auto moment = parse_rfc3339(text_at(object, time_name));
  if (!moment || !moment->offset || moment->at < min_instant || moment->at > max_instant) {
    return std::unexpected(fmt::format("{}: an RFC 3339 time is needed", time_name));
  }
  const auto offset = parse_duration(text_at(object, offset_name)).value_or(0ms);
  if (std::chrono::abs(offset) > max_utc_offset) return std::unexpected(fmt::format("{}: past 18 hours", offset_name));
  return Clocked{moment->at, offset};
}

std::optional<Instant> civil_date_at(const json::object& date) {
  std::array<int, 3> parts{};
  constexpr std::array names = {"year", "month", "day"};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto* value = date.if_contains(names[i]);
    if (value == nullptr || !value->is_int64() || value->get_int64() < 0 || value->get_int64() > 9999) {
      return std::nullopt;
    }
    parts[i] = static_cast<int>(value->get_int64());
  }
  const std::chrono::year_month_day day{std::chrono::year{parts[0]},
                                        std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!day.ok() || parts[0] < 1900 || parts[0] > 2199) return std::nullopt;
  return Instant{std::chrono::sys_days{day}};
}

std::expected<PointTimes, std::string> read_times(PointKind kind, const json::object& payload) {
  if (kind == PointKind::daily) {
    const auto* date = object_at(payload, "date");
    const auto day = date == nullptr ? std::nullopt : civil_date_at(*date);
    if (!day) return std::unexpected(std::string("date: a date with year, month and day is needed"));
    return PointTimes{*day, *day, *day, *day};
  }
  if (kind == PointKind::sample) {
    const auto* sample = object_at(payload, "sampleTime");
    if (sample == nullptr) return std::unexpected(std::string("sampleTime: required"));
    const auto at = clocked_at(*sample, "physicalTime", "utcOffset");
    if (!at) return std::unexpected("sampleTime." + at.error());
    return PointTimes{at->at, at->at, at->at + at->offset, at->at + at->offset};
  }
  const auto* interval = object_at(payload, "interval");
  if (interval == nullptr) return std::unexpected(std::string("interval: required"));
  const auto start = clocked_at(*interval, "startTime", "startUtcOffset");
  if (!start) return std::unexpected("interval." + start.error());
  const auto end = clocked_at(*interval, "endTime", "endUtcOffset");
  if (!end) return std::unexpected("interval." + end.error());
  if (end->at < start->at) return std::unexpected(std::string("interval.endTime: before startTime"));
  return PointTimes{start->at, end->at, start->at + start->offset, end->at + end->offset};
}

// {date{…}, time{…}} of a local wall clock; members that are zero are left out, as proto3 JSON does.
json::object civil_time(Instant local) {
  const auto days = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{local - days};
  json::object time;
  const auto put = [&time](const char* name, std::int64_t value) {
    if (value != 0) time.emplace(name, value);
  };
  put("hours", clock.hours().count());
  put("minutes", clock.minutes().count());
  put("seconds", clock.seconds().count());
  put("nanos", std::int64_t{clock.subseconds().count()} * 1'000'000);
  return {{"date",
           {{"year", static_cast<int>(date.year())},
            {"month", static_cast<unsigned>(date.month())},
            {"day", static_cast<unsigned>(date.day())}}},
          {"time", std::move(time)}};
}

std::optional<std::string> why_stages_are_wrong(const json::object& sleep, const PointTimes& times) {
  const auto* stages = sleep.if_contains("stages");
  if (stages == nullptr) return std::nullopt;
  const std::string_view type = text_at(sleep, "type");
  constexpr std::array<std::string_view, 3> classic = {"AWAKE", "RESTLESS", "ASLEEP"};
  constexpr std::array<std::string_view, 4> staged = {"AWAKE", "LIGHT", "DEEP", "REM"};
  if (type != "CLASSIC" && type != "STAGES") return "type: CLASSIC or STAGES is needed";
  Instant previous_end = times.start;
  for (const json::value& element : stages->get_array()) {
    const json::object& stage = element.get_object();
    const std::string_view stage_type = text_at(stage, "type");
    const bool known = type == "CLASSIC" ? std::ranges::find(classic, stage_type) != classic.end()
                                         : std::ranges::find(staged, stage_type) != staged.end();
    if (!known) return "stages.type: does not belong to this type of sleep";
    const auto start = parse_rfc3339(text_at(stage, "startTime"))->at;
    const auto end = parse_rfc3339(text_at(stage, "endTime"))->at;
    if (end < start || start < previous_end || end > times.end) {
      return "stages: not in order, overlapping, or outside the interval";
    }
    previous_end = end;
  }
  return std::nullopt;
}

// minutesAsleep is ASLEEP of CLASSIC and LIGHT, DEEP and REM of STAGES; minutesAwake the rest of the stages.
json::object sleep_summary(const json::object& sleep, const PointTimes& times) {
  struct Total {
    Duration time{0};
    std::int64_t count = 0;
  };
  std::map<std::string, Total, std::less<>> totals;
  if (const auto* stages = sleep.if_contains("stages")) {
    for (const json::value& element : stages->get_array()) {
      const json::object& stage = element.get_object();
      Total& total = totals[std::string(text_at(stage, "type"))];
      total.time += parse_rfc3339(text_at(stage, "endTime"))->at - parse_rfc3339(text_at(stage, "startTime"))->at;
      ++total.count;
    }
  }
  const auto minutes = [](Duration time) {
    return std::to_string(std::chrono::floor<std::chrono::minutes>(time).count());
  };
  Duration awake{0};
  Duration asleep{0};
  json::array rows;
  for (const auto& [type, total] : totals) {
    (type == "AWAKE" || type == "RESTLESS" ? awake : asleep) += total.time;
    rows.push_back({{"type", type}, {"minutes", minutes(total.time)}, {"count", std::to_string(total.count)}});
  }
  json::object summary{{"minutesInSleepPeriod", minutes(times.end - times.start)},
                       {"minutesAsleep", minutes(asleep)},
                       {"minutesAwake", minutes(awake)}};
  if (!rows.empty()) summary.emplace("stagesSummary", std::move(rows));
  return summary;
}

}  // namespace

bool is_client_point_id(std::string_view id) {
  return id.size() >= min_point_id_length && id.size() <= max_point_id_length &&
         std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::expected<Point, std::string> read_point(const GoogleHealthType& type, const json::object& body,
                                             PointAuthor author) {
  const std::string member = type.camel_case();
  for (const auto& entry : body) {
    const std::string_view key(entry.key().data(), entry.key().size());
    if (key != "name" && key != "dataSource" && key != "dataPointName" && key != member) {
      return std::unexpected(std::string("the point has a member that does not belong to its data type"));
    }
  }
  const auto* input = object_at(body, member);
  if (input == nullptr) return std::unexpected(member + ": required");
  auto payload = read_message(type.fields, *input, author == PointAuthor::seed);
  if (!payload) return std::unexpected(fmt::format("{}.{}", member, payload.error()));
  auto times = read_times(type.kind, *payload);
  if (!times) return std::unexpected(fmt::format("{}.{}", member, times.error()));
  Point point{&type, {}, std::move(*payload), {}, {}, *times};
  for (const std::string_view name : {"interval", "sampleTime"}) {
    // Civil times are worked out when the point is shown.
    auto* time = point.payload.if_contains(view(name));
    if (time == nullptr || !time->is_object()) continue;
    for (const char* civil : {"civilStartTime", "civilEndTime", "civilTime"}) time->get_object().erase(civil);
  }
  if (type.kind == PointKind::sleep) {
    if (auto wrong = why_stages_are_wrong(point.payload, point.times)) return std::unexpected("sleep." + *wrong);
  }
  if (const auto* source = body.if_contains("dataSource"); source != nullptr && !source->is_null()) {
    if (!source->is_object()) return std::unexpected(std::string("dataSource: an object is needed"));
    auto read = read_message(data_source_fields(), source->get_object(), author == PointAuthor::seed);
    if (!read) return std::unexpected("dataSource." + read.error());
    point.data_source = std::move(*read);
  }
  return point;
}

json::object rendered_payload(const Point& point) {
  json::object payload = point.payload;
  if (auto* sample = payload.if_contains("sampleTime"); sample != nullptr && sample->is_object()) {
    sample->get_object()["civilTime"] = civil_time(point.times.civil_start);
  }
  if (auto* interval = payload.if_contains("interval"); interval != nullptr && interval->is_object()) {
    interval->get_object()["civilStartTime"] = civil_time(point.times.civil_start);
    interval->get_object()["civilEndTime"] = civil_time(point.times.civil_end);
  }
  return payload;
}

void complete_derived_members(Point& point, Instant created, Instant updated) {
  if (point.type->kind == PointKind::sleep) {
    json::object metadata;
    if (const auto* given = object_at(point.payload, "metadata")) metadata = *given;
    if (text_at(point.payload, "type") == "STAGES") metadata["stagesStatus"] = "SUCCEEDED";
    metadata["processed"] = true;
    point.payload["metadata"] = std::move(metadata);
    point.payload["summary"] = sleep_summary(point.payload, point.times);
  }
  if (point.type->kind == PointKind::sleep || point.type->id == "exercise") {
    point.payload["createTime"] = format_rfc3339(created);
    point.payload["updateTime"] = format_rfc3339(updated);
  }
}

}  // namespace syncwell::sandbox
