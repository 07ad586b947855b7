// Strava: the athlete's activities: list, detail, streams, manual creation, update. Source: strava.md, Reading,
// Writing.
#include <algorithm>
#include <iterator>

#include "sandbox/strava.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

bool has_scope(const Bearer& bearer, std::string_view scope) {
  return std::ranges::find(bearer.scopes, scope) != bearer.scopes.end();
}

bool may_read(const Bearer& bearer) {
  return has_scope(bearer, "activity:read") || has_scope(bearer, "activity:read_all");
}

bool may_see(const Bearer& bearer, const StravaActivity& activity) {
  return !activity.is_private || has_scope(bearer, "activity:read_all");
}

net::Response missing_scope(std::string_view field) {
  return strava_error(401, "Authorization Error", "AccessToken", field, "missing");
}

net::Response not_found() { return strava_error(404, "Record Not Found", "Activity", "id", "invalid"); }

// The first 19 characters are the wall clock; what follows ("Z", " -0400") is not meant. nullopt: not a date and time.
std::optional<Instant> wall_clock_of(std::string_view text) {
  if (text.size() < 16) return std::nullopt;
  const auto moment = parse_rfc3339(text.substr(0, 19));
  return moment ? std::optional(moment->at) : std::nullopt;
}

}  // namespace

net::Response Strava::list_activities(Call& call) const {
  if (!may_read(call.bearer)) return missing_scope("activity:read_permission");
  const auto number = [&call](std::string_view name, std::int64_t missing) -> std::optional<std::int64_t> {
    const auto text = call.target.parameter(name);
    return !text || text->empty() ? std::optional(missing) : parse_integer(*text);
  };
  constexpr std::int64_t end_of_time = max_instant.time_since_epoch().count() / 1000;
  const auto before = number("before", end_of_time);
  const auto after = number("after", -end_of_time);
  const auto page = number("page", 1);
  const auto per_page = number("per_page", default_per_page);
  if (!before) return strava_error(400, "Bad Request", "Activity", "before", "invalid");
  if (!after) return strava_error(400, "Bad Request", "Activity", "after", "invalid");
  if (!page || *page < 1 || *page > 1'000'000) return strava_error(400, "Bad Request", "Activity", "page", "invalid");
  if (!per_page || *per_page < 1 || *per_page > max_per_page) {
    return strava_error(400, "Bad Request", "Activity", "per_page", "invalid");
  }
  std::vector<const StravaActivity*> chosen;
  for (const auto& [id, activity] : call.account.activities) {
    const std::int64_t start = std::chrono::floor<std::chrono::seconds>(activity.start).time_since_epoch().count();
    if (start < *before && start > *after && may_see(call.bearer, activity)) chosen.push_back(&activity);
  }
  const bool oldest_first = call.target.parameter("after").value_or("") != "";
  std::ranges::sort(chosen, [oldest_first](const StravaActivity* left, const StravaActivity* right) {
    const auto key = [](const StravaActivity* activity) { return std::pair(activity->start, activity->id); };
    return oldest_first ? key(left) < key(right) : key(right) < key(left);
  });
  json::array list;
  const auto first = static_cast<std::size_t>((*page - 1) * *per_page);
  for (std::size_t i = first; i < chosen.size() && list.size() < static_cast<std::size_t>(*per_page); ++i) {
    list.push_back(summary_of(*chosen[i], athlete_id(call.bearer.account)));
  }
  return json_response(200, list);
}

net::Response Strava::get_activity(Call& call, StravaActivity& activity) const {
  if (!may_read(call.bearer)) return missing_scope("activity:read_permission");
  if (!may_see(call.bearer, activity)) return not_found();
  if (activity.hidden_once) {
    activity.hidden_once = false;
    return not_found();
  }
  return json_response(200, detail_of(activity, athlete_id(call.bearer.account)));
}

net::Response Strava::streams(Call& call, const StravaActivity& activity) const {
  if (!may_read(call.bearer)) return missing_scope("activity:read_permission");
  if (!may_see(call.bearer, activity)) return not_found();
  const std::string keys = call.target.parameter("keys").value_or("distance");
  if (keys.empty()) return strava_error(400, "Bad Request", "Stream", "keys", "invalid");
  if (activity.points.empty()) return not_found();
  const bool by_type = is_true(call.target.parameter("key_by_type"));
  json::object object;
  json::array list;
  for (const std::string_view key : split(keys, ',')) {
    if (!is_stream_key(key)) return strava_error(400, "Bad Request", "Stream", "keys", "invalid");
    json::array data = stream_of(activity, key);
    if (data.empty() || object.contains(json::string_view(key.data(), key.size()))) continue;
    json::object stream{{"series_type", "distance"}, {"original_size", data.size()}, {"resolution", "high"}};
    stream.emplace("data", std::move(data));
    if (by_type) {
      object.emplace(json::string_view(key.data(), key.size()), std::move(stream));
    } else {
      stream.emplace("type", key);
      list.push_back(std::move(stream));
    }
  }
  return by_type ? json_response(200, object) : json_response(200, list);
}

// Not idempotent: the same form twice makes two activities.
net::Response Strava::create_activity(Call& call) {
  if (!has_scope(call.bearer, "activity:write")) return missing_scope("activity:write_permission");
  const net::Parameters fields = body_fields(call.request);
  const auto missing = [](std::string_view field) {
    return strava_error(400, "Bad Request", "Activity", field, "missing");
  };
  const auto invalid = [](std::string_view field) {
    return strava_error(400, "Bad Request", "Activity", field, "invalid");
  };
  StravaActivity activity;
  activity.name = field_of(fields, "name").value_or("");
  if (activity.name.empty()) return missing("name");
  auto sport = field_of(fields, "sport_type");
  if (!sport) sport = field_of(fields, "type");
  if (!sport) return missing("sport_type");
  if (!is_sport_type(*sport)) return invalid("sport_type");
  activity.sport_type = *sport;
  const auto start = field_of(fields, "start_date_local");
  if (!start) return missing("start_date_local");
  const auto wall_clock = wall_clock_of(*start);
  if (!wall_clock || *wall_clock < min_instant || *wall_clock > max_instant) return invalid("start_date_local");
  const auto elapsed_text = field_of(fields, "elapsed_time");
  if (!elapsed_text) return missing("elapsed_time");
  const auto elapsed = parse_integer(*elapsed_text);
  constexpr std::int64_t longest_s = 30 * 24 * 3600;
  if (!elapsed || *elapsed < 0 || *elapsed > longest_s) return invalid("elapsed_time");
  if (const auto distance = field_of(fields, "distance")) {
    const auto number = parse_number(*distance);
    if (!number || *number < 0) return invalid("distance");
    activity.distance_m = *number;
  }
  if (call.account.activities.size() >= max_activities_per_account) return invalid("athlete");
  activity.time_zone = call.account.time_zone;
  activity.start = instant_of_local(*wall_clock, activity.time_zone);
  activity.elapsed = activity.moving = std::chrono::seconds{*elapsed};
  activity.description = field_of(fields, "description").value_or("");
  activity.trainer = is_true(field_of(fields, "trainer"));
  activity.commute = is_true(field_of(fields, "commute"));
  activity.manual = true;
  activity.written_by = call.bearer.client_id;
  activity.hidden_once = options_.hide_new_activity_once;
  activity.id = free_activity_id(call.account.activities, call.request.body, call.bearer.account);
  const StravaActivity& stored = store(call.account, std::move(activity));
  notify(call.bearer.account, "activity", stored.id, "create", {}, call.now);
  return json_response(201, detail_of(stored, athlete_id(call.bearer.account)));
}

net::Response Strava::update_activity(Call& call, StravaActivity& activity) {
  if (!has_scope(call.bearer, "activity:write")) return missing_scope("activity:write_permission");
  net::Parameters fields = body_fields(call.request);
  std::ranges::copy_if(call.target.query, std::back_inserter(fields),
                       [](const auto& parameter) { return is_utf8(parameter.second); });
  auto sport = field_of(fields, "sport_type");
  if (!sport) sport = field_of(fields, "type");
  if (sport && !is_sport_type(*sport)) return strava_error(400, "Bad Request", "Activity", "sport_type", "invalid");
  if (sport) activity.sport_type = *sport;
  if (const auto name = field_of(fields, "name")) activity.name = *name;
  if (const auto description = field_of(fields, "description")) activity.description = *description;
  if (const auto gear = field_of(fields, "gear_id")) activity.gear_id = *gear == "none" ? "" : *gear;
  if (const auto commute = field_of(fields, "commute")) activity.commute = is_true(commute);
  if (const auto trainer = field_of(fields, "trainer")) activity.trainer = is_true(trainer);
  if (const auto hide = field_of(fields, "hide_from_home")) activity.hide_from_home = is_true(hide);
  json::object updates;
  if (sport) updates.emplace("type", activity.sport_type);
  if (field_of(fields, "name")) updates.emplace("title", activity.name);
  if (!updates.empty()) notify(call.bearer.account, "activity", activity.id, "update", std::move(updates), call.now);
  return json_response(200, detail_of(activity, athlete_id(call.bearer.account)));
}

}  // namespace syncwell::sandbox
