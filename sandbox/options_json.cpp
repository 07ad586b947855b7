#include "sandbox/options_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <variant>
#include <vector>

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t max_option_number = 1'000'000'000;

// One option: its place, which says what kind of value it takes. Durations are milliseconds, from the name's unit.
struct Option {
  std::string_view name;
  std::variant<bool*, int*, Duration*> place;
};

std::vector<Option> google_options(GoogleHealth& google) {
  GoogleHealthOptions& options = google.options();
  OAuthRules& oauth = google.oauth().rules();
  return {{"access_token_life_ms", &oauth.access_token_life},
          {"any_2xx_verifies", &options.any_2xx_verifies},
          {"code_life_ms", &oauth.code_life},
          {"empty_page_every", &options.empty_page_every},
          {"enforce_scopes", &options.enforce_scopes},
          {"names_for_all_types", &options.names_for_all_types},
          {"notify_as_object", &options.notify_as_object},
          {"notify_own_writes", &options.notify_own_writes},
          {"other_signature_header", &options.other_signature_header},
          {"requests_per_minute_per_user", &options.requests_per_minute_per_user},
          {"rotate_refresh_tokens", &oauth.rotate_refresh_tokens},
          {"write_web_client_id", &options.write_web_client_id}};
}

std::vector<Option> strava_options(Strava& strava) {
  StravaOptions& options = strava.options();
  OAuthRules& oauth = strava.oauth().rules();
  return {{"access_token_life_ms", &oauth.access_token_life},
          {"append_data_type_to_external_id", &options.append_data_type_to_external_id},
          {"code_life_ms", &oauth.code_life},
          {"duplicate_error_as_link", &options.duplicate_error_as_link},
          {"duplicate_start_tolerance_ms", &options.duplicate_start_tolerance},
          {"hide_new_activity_once", &options.hide_new_activity_once},
          {"limit_errors_as_text", &options.limit_errors_as_text},
          {"overall_per_day", &options.limits.overall_per_day},
          {"overall_per_quarter_hour", &options.limits.overall_per_quarter_hour},
          {"polls_while_processing", &options.polls_while_processing},
          {"processing_time_ms", &options.processing_time},
          {"reads_per_day", &options.limits.reads_per_day},
          {"reads_per_quarter_hour", &options.limits.reads_per_quarter_hour},
          {"rotate_refresh_tokens", &oauth.rotate_refresh_tokens},
          {"same_token_while_more_than_ms", &oauth.same_token_while_more_than},
          {"sign_events", &options.sign_events},
          {"utc_for_files_without_position", &options.utc_for_files_without_position}};
}

json::object to_json(const std::vector<Option>& options) {
  json::object object;
  for (const Option& option : options) {
    const json::string_view name(option.name.data(), option.name.size());
    if (const auto* flag = std::get_if<bool*>(&option.place)) object.emplace(name, **flag);
    if (const auto* number = std::get_if<int*>(&option.place)) object.emplace(name, **number);
    if (const auto* time = std::get_if<Duration*>(&option.place)) object.emplace(name, (*time)->count());
  }
  return object;
}

// Collects what to do, so that nothing is done when a later option is wrong.
std::optional<std::string> plan(const json::value& wanted, const std::vector<Option>& options,
                                std::vector<std::function<void()>>& actions) {
  if (!wanted.is_object()) return "an object per provider is needed";
  for (const auto& member : wanted.get_object()) {
    const std::string_view key(member.key().data(), member.key().size());
    const auto option = std::ranges::find(options, key, &Option::name);
    if (option == options.end()) return "unknown option";
    const json::value& value = member.value();
    if (auto* const* flag = std::get_if<bool*>(&option->place)) {
      if (!value.is_bool()) return fmt::format("{}: true or false", option->name);
      actions.emplace_back([place = *flag, to = value.get_bool()] { *place = to; });
      continue;
    }
    if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > max_option_number) {
      return fmt::format("{}: a number from 0 to {}", option->name, max_option_number);
    }
    const std::int64_t to = value.get_int64();
    if (auto* const* number = std::get_if<int*>(&option->place)) {
      actions.emplace_back([place = *number, to] { *place = static_cast<int>(to); });
    } else {
      actions.emplace_back([place = std::get<Duration*>(option->place), to] { *place = Duration{to}; });
    }
  }
  return std::nullopt;
}

}  // namespace

json::object options_to_json(GoogleHealth& google_health, Strava& strava) {
  return {{"google_health", to_json(google_options(google_health))}, {"strava", to_json(strava_options(strava))}};
}

std::optional<std::string> apply_options(const json::object& wanted, GoogleHealth& google_health, Strava& strava) {
  std::vector<std::function<void()>> actions;
  for (const auto& member : wanted) {
    std::optional<std::string> problem = "google_health or strava";
    if (member.key() == "google_health") problem = plan(member.value(), google_options(google_health), actions);
    if (member.key() == "strava") problem = plan(member.value(), strava_options(strava), actions);
    if (problem) return problem;
  }
  for (const auto& action : actions) action();
  return std::nullopt;
}

}  // namespace syncwell::sandbox
