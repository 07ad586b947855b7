// Strava: asynchronous uploads. 201 first, then "processing", then an activity or an error. Source: strava.md, Writing
// 1; recorded exchanges client_create_upload*.json, which also show that external_id is null until the activity is
// ready.
#include <fmt/format.h>

#include <algorithm>

#include "sandbox/strava.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

constexpr std::string_view processing_text = "Your activity is still being processed.";
constexpr std::string_view ready_text = "Your activity is ready.";
constexpr std::string_view failed_text = "There was an error processing your activity.";
constexpr std::string_view deleted_text = "The created activity has been deleted.";

net::Response bad_upload(std::string_view field, std::string_view code) {
  return strava_error(400, "Bad Request", "Upload", field, code);
}

bool has_write_scope(const Bearer& bearer) {
  return std::ranges::find(bearer.scopes, "activity:write") != bearer.scopes.end();
}

}  // namespace

net::Response Strava::upload(Call& call) {
  if (!has_write_scope(call.bearer)) {
    return strava_error(401, "Authorization Error", "AccessToken", "activity:write_permission", "missing");
  }
  const auto parts = net::decode_multipart(call.request.headers.get("Content-Type").value_or(""), call.request.body);
  if (!parts) return bad_upload("file", "missing");
  const auto file = std::ranges::find(*parts, "file", &net::FormPart::name);
  if (file == parts->end() || file->value.empty()) return bad_upload("file", "missing");
  const net::Parameters fields = body_fields(call.request);
  const std::string data_type = field_of(fields, "data_type").value_or("");
  if (data_type.empty()) return bad_upload("data_type", "missing");
  if (!is_activity_data_type(data_type)) return bad_upload("data_type", "invalid");
  auto sport = field_of(fields, "sport_type");
  if (!sport) sport = field_of(fields, "activity_type");
  if (sport && !is_sport_type(*sport)) return bad_upload("sport_type", "invalid");

  Upload upload{.account = call.bearer.account, .client_id = call.bearer.client_id, .received = call.now};
  upload.label = field_of(fields, "external_id").value_or("");
  const bool named = !upload.label.empty();
  if (!named && is_utf8(file->file_name)) upload.label = file->file_name;
  if (named && options_.append_data_type_to_external_id) upload.label += "." + data_type;
  auto read = read_activity_file(data_type, file->value);
  if (read) {
    upload.activity = activity_from_file(std::move(*read));
  } else {
    upload.fault = read.error();
  }
  StravaActivity& activity = upload.activity;
  if (sport) activity.sport_type = *sport;
  const bool has_position =
      std::ranges::any_of(activity.points, [](const TrackPoint& p) { return p.latitude_deg.has_value(); });
  activity.time_zone = !has_position && options_.utc_for_files_without_position ? "UTC" : call.account.time_zone;
  activity.name = field_of(fields, "name").value_or("");
  if (activity.name.empty()) activity.name = default_activity_name(activity);
  activity.description = field_of(fields, "description").value_or("");
  activity.trainer = is_true(field_of(fields, "trainer"));
  activity.commute = is_true(field_of(fields, "commute"));
  activity.external_id = upload.label;
  activity.written_by = call.bearer.client_id;

  // Upload ids are past 2^31, depend on the content, and differ when the same file comes twice.
  const auto number = stable_number(fmt::format("{}|{}|{}", call.bearer.account, upload.label, file->value));
  upload.id = 20'000'000'000 + static_cast<std::int64_t>(number % 8'000'000'000);
  while (uploads_.contains(upload.id)) ++upload.id;
  const std::int64_t id = upload.id;
  activity.upload_id = id;
  upload_order_.push_back(id);
  pending_uploads_.push_back(id);
  const Upload& stored = uploads_.emplace(id, std::move(upload)).first->second;
  if (upload_order_.size() > max_strava_uploads) {
    uploads_.erase(upload_order_.front());
    upload_order_.pop_front();
  }
  return json_response(201, render(stored, call.account));
}

net::Response Strava::get_upload(Call& call, std::string_view id_text) {
  if (!has_write_scope(call.bearer)) {
    return strava_error(401, "Authorization Error", "AccessToken", "activity:write_permission", "missing");
  }
  const auto id = parse_integer(id_text);
  const auto found = id ? uploads_.find(*id) : uploads_.end();
  if (found == uploads_.end() || found->second.account != call.bearer.account) {
    return strava_error(404, "Record Not Found", "Upload", "id", "invalid");
  }
  Upload& upload = found->second;
  if (!upload.settled && ++upload.polls > options_.polls_while_processing) settle(upload, call.now);
  return json_response(200, render(upload, call.account));
}

void Strava::settle(Instant now) {
  while (!pending_uploads_.empty()) {
    const auto found = uploads_.find(pending_uploads_.front());
    if (found != uploads_.end() && !found->second.settled) {
      if (now - found->second.received < options_.processing_time) return;
      settle(found->second, now);
    }
    pending_uploads_.pop_front();
  }
}

void Strava::settle(Upload& upload, Instant now) {
  upload.settled = true;
  if (upload.fault) {
    upload.error = std::string(message_of(*upload.fault));
    return;
  }
  Account* account = account_of(upload.account);
  if (account == nullptr || account->activities.size() >= max_activities_per_account) {
    upload.error = "The athlete has too many activities.";
    return;
  }
  if (const StravaActivity* duplicate = duplicate_of(*account, upload.activity)) {
    upload.error = options_.duplicate_error_as_link
                       ? fmt::format("{} duplicate of <a href='/activities/{}' target='_blank'>{}</a>", upload.label,
                                     duplicate->id, duplicate->name)
                       : fmt::format("{} duplicate of activity {}", upload.label, duplicate->id);
    upload.activity.points.clear();
    return;
  }
  StravaActivity activity = std::move(upload.activity);
  upload.activity = {};
  upload.activity.external_id = activity.external_id;
  activity.hidden_once = options_.hide_new_activity_once;
  activity.id = free_activity_id(account->activities,
                                 fmt::format("{}|{}", activity.start.time_since_epoch().count(), activity.sport_type),
                                 upload.account);
  upload.activity_id = store(*account, std::move(activity)).id;
  notify(upload.account, "activity", *upload.activity_id, "create", {}, now);
}

json::object Strava::render(const Upload& upload, const Account& account) {
  const bool ready = upload.settled && upload.error.empty();
  const bool deleted = ready && !account.activities.contains(*upload.activity_id);
  const bool has_external_id = ready && !upload.activity.external_id.empty();
  return {{"id", upload.id},
          {"id_str", std::to_string(upload.id)},
          {"external_id", has_external_id ? json::value(upload.activity.external_id) : json::value(nullptr)},
          {"error", upload.error.empty() ? json::value(nullptr) : json::value(upload.error)},
          {"status", !upload.settled ? processing_text
                     : deleted       ? deleted_text
                     : ready         ? ready_text
                                     : failed_text},
          {"activity_id", ready && !deleted ? json::value(*upload.activity_id) : json::value(nullptr)}};
}

}  // namespace syncwell::sandbox
