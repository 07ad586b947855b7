// Strava: what the control endpoints do to it (seed, remove, show).
#include <fmt/format.h>

#include <algorithm>

#include "sandbox/strava.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

double number_at(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return 0;
  return value->to_number<double>();
}

bool flag_at(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::expected<StravaActivity, std::string> activity_of(const json::object& object, const std::string& zone) {
  StravaActivity activity;
  const auto start = parse_rfc3339(text_at(object, "start_date"));
  if (!start || !start->offset || start->at < min_instant || start->at > max_instant) {
    return std::unexpected(std::string("start_date: an RFC 3339 time with a zone is needed"));
  }
  activity.start = start->at;
  if (const auto* id = object.if_contains("id"); id != nullptr && id->is_int64()) activity.id = id->get_int64();
  activity.sport_type = text_at(object, "sport_type");
  if (!is_sport_type(activity.sport_type)) return std::unexpected(std::string("sport_type: not known"));
  const double elapsed_s = number_at(object, "elapsed_time");
  const double moving_s = object.contains("moving_time") ? number_at(object, "moving_time") : elapsed_s;
  if (!(elapsed_s >= 0 && elapsed_s < 1e8) || !(moving_s >= 0 && moving_s < 1e8)) {
    return std::unexpected(std::string("elapsed_time: out of range"));
  }
  activity.elapsed = std::chrono::seconds{static_cast<std::int64_t>(elapsed_s)};
  activity.moving = std::chrono::seconds{static_cast<std::int64_t>(moving_s)};
  activity.distance_m = number_at(object, "distance");
  activity.elevation_gain_m = number_at(object, "total_elevation_gain");
  activity.energy_kcal = number_at(object, "calories");
  activity.name = text_at(object, "name");
  activity.description = text_at(object, "description");
  activity.external_id = text_at(object, "external_id");
  activity.device_name = text_at(object, "device_name");
  activity.manual = flag_at(object, "manual");
  activity.trainer = flag_at(object, "trainer");
  activity.commute = flag_at(object, "commute");
  activity.is_private = flag_at(object, "private");
  activity.time_zone = zone;
  if (activity.name.empty()) activity.name = default_activity_name(activity);
  return activity;
}

}  // namespace

std::expected<std::size_t, std::string> Strava::seed(const std::string& name, const json::object& body, Instant now) {
  Account* account = account_of(name);
  if (account == nullptr) return std::unexpected(std::string("too many accounts"));
  if (const auto* athlete = body.if_contains("athlete"); athlete != nullptr && athlete->is_object()) {
    const std::string zone = text_at(athlete->get_object(), "timezone");
    if (!zone.empty() && !offset_in_zone(zone, now)) return std::unexpected(std::string("athlete.timezone: not known"));
    if (!zone.empty()) account->time_zone = zone;
  }
  std::vector<StravaActivity> activities;
  if (const auto* list = body.if_contains("activities"); list != nullptr) {
    if (!list->is_array()) return std::unexpected(std::string("activities: a list is needed"));
    for (const json::value& value : list->get_array()) {
      const auto where = fmt::format("activities[{}]", activities.size());
      if (!value.is_object()) return std::unexpected(where + ": an object is needed");
      auto activity = activity_of(value.get_object(), account->time_zone);
      if (!activity) return std::unexpected(fmt::format("{}: {}", where, activity.error()));
      activities.push_back(std::move(*activity));
    }
  }
  if (account->activities.size() + activities.size() > max_activities_per_account) {
    return std::unexpected(std::string("too many activities"));
  }
  for (StravaActivity& activity : activities) {
    if (activity.id == 0) {
      activity.id =
          free_activity_id(account->activities,
                           fmt::format("{}|{}", activity.start.time_since_epoch().count(), activity.sport_type), name);
    }
    const bool known = account->activities.contains(activity.id);
    const std::int64_t id = store(*account, std::move(activity)).id;
    notify(name, "activity", id, known ? "update" : "create", {}, now);
  }
  return activities.size();
}

bool Strava::remove(std::string_view name, std::int64_t id, Instant now) {
  const auto account = accounts_.find(name);
  if (account == accounts_.end()) return false;
  const auto activity = account->second.activities.find(id);
  if (activity == account->second.activities.end()) return false;
  stored_points_ -= activity->second.points.size();
  account->second.activities.erase(activity);
  notify(name, "activity", id, "delete", {}, now);
  return true;
}

json::object Strava::state(std::string_view only_account) const {
  json::object accounts;
  for (const auto& [name, account] : accounts_) {
    if (!only_account.empty() && name != only_account) continue;
    std::vector<const StravaActivity*> order;
    order.reserve(account.activities.size());
    for (const auto& [id, activity] : account.activities) order.push_back(&activity);
    std::ranges::sort(order, {},
                      [](const StravaActivity* activity) { return std::pair(activity->start, activity->id); });
    json::array activities;
    for (const StravaActivity* activity : order) {
      json::object object = detail_of(*activity, athlete_id(name));
      object.emplace("point_count", activity->point_count);
      if (!activity->written_by.empty()) object.emplace("written_by", activity->written_by);
      activities.push_back(std::move(object));
    }
    json::array uploads;
    for (const auto& [id, upload] : uploads_) {
      if (upload.account == name) uploads.push_back(render(upload, account));
    }
    json::object object{{"count", activities.size()}};
    object.emplace("activities", std::move(activities));
    object.emplace("uploads", std::move(uploads));
    accounts.emplace(name, std::move(object));
  }
  return accounts;
}

void Strava::clear() {
  accounts_.clear();
  uploads_.clear();
  upload_order_.clear();
  pending_uploads_.clear();
  usage_.clear();
  outbox_.clear();
  stored_points_ = 0;
}

}  // namespace syncwell::sandbox
