#include "scenario.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <fstream>

#include "app/local_session.hpp"
#include "app/pkce.hpp"
#include "store/attributes.hpp"

namespace syncwell::crash {

namespace json = boost::json;
using store::number_attribute;
using store::text_attribute;

namespace {

constexpr std::int64_t token_minutes = 24 * 60;

constexpr Duration look_interval = std::chrono::milliseconds{40};
constexpr Duration repeat_interval = std::chrono::milliseconds{15};
constexpr const char* redirect_uri = "http://127.0.0.1:8463/callback";
constexpr double share_of_aimed_jobs = 0.12;
// After a crash in the middle of any other call its repetition gets 409 for a minute (api/idempotency.hpp).
constexpr double share_of_other_aimed_calls = 0.02;
constexpr int demo_days = 3;
constexpr int weights = 24;
constexpr int weights_removed_per_round = 1;
constexpr int too_many_requests = 1'000'000;  // no sandbox limit is met
constexpr int conflict = 409;

// Sound files that are at different times, so that no order of the jobs changes what is written.
constexpr std::array recordings = {
    "fit/garmin-fenix-5-bike.fit",      "fit/garmin-fenix-5-run.fit",
    "fit/garmin_fr910xt_pool_swim.fit", "fit/garmin_pool_swim_5_records.fit",
    "fit/garmin_yoga_10s.fit",          "fit/garmin_run_no_hr.fit",
    "gpx/small_sample_hr.gpx",          "gpx/track-with-empty-segment.gpx",
    "gpx/locus_map_track.gpx",          "tcx/same_ride_2020-06-01.tcx",
    "tcx/garmin_sup_sport_other.tcx",   "tcx/garmin_fr410_run.tcx",
};

// A walk of ten minutes on another day for every round.
std::string walk_of_round(int round) {
  std::string gpx =
      R"(<?xml version="1.0"?><gpx version="1.1" creator="crash test" xmlns="http://www.topografix.com/GPX/1/1"><trk><type>walking</type><trkseg>)";
  const Instant start{std::chrono::sys_days{std::chrono::year{2023} / 3 / 1} + std::chrono::days{round} +
                      std::chrono::hours{9}};
  for (int i = 0; i <= 10; ++i) {
    gpx += fmt::format(R"(<trkpt lat="{:.5f}" lon="13.40000"><ele>40</ele><time>{}</time></trkpt>)", 52.5 + i * 0.0007,
                       format_rfc3339(start + std::chrono::minutes{i}));
  }
  return gpx + "</trkseg></trk></gpx>\n";
}

std::string weight_id(int i) { return fmt::format("crash-weight-{}", i); }

}  // namespace

Scenario::Scenario(World& world, ScenarioSettings settings)
    : world_(world),
      settings_(std::move(settings)),
      api_(world.server(), ""),
      sandbox_(world.sandbox(), ""),
      aim_(settings_.seed + 1) {}

Result<void> Scenario::prepare() {
  const json::object options{{"google_health", {{"requests_per_minute_per_user", too_many_requests}}},
                             {"strava",
                              {{"overall_per_quarter_hour", too_many_requests},
                               {"overall_per_day", too_many_requests},
                               {"reads_per_quarter_hour", too_many_requests},
                               {"reads_per_day", too_many_requests},
                               {"polls_while_processing", 0},
                               {"processing_time_ms", 500}}}};
  auto done = sandbox_.call("PUT", "/_sandbox/options", options);
  if (!done) return fail(std::move(done.error()));
  done = sandbox_.call("POST",
                       fmt::format("/_sandbox/demo?account={}&days={}&until={}", net::percent_encode(account_name),
                                   demo_days, format_local_date(Moment{settings_.today, std::nullopt})),
                       json::object());
  if (!done) return fail(std::move(done.error()));
  std::error_code error;
  for (const auto* folder : {"apple", "fit", "gpx", "tcx"})
    std::filesystem::create_directories(world_.sources() / folder, error);
  for (const auto* file : recordings) {
    std::filesystem::copy_file(settings_.recordings / file, world_.sources() / file, error);
    if (error)
      return fail(ErrorCode::not_found, fmt::format("{}: {}", (settings_.recordings / file).string(), error.message()));
  }
  std::filesystem::copy_file(settings_.recordings / "apple_health/authored_ios18_new_york_dst_end.xml",
                             world_.sources() / "apple/export.xml", error);
  if (error) return fail(ErrorCode::not_found, "the Apple Health recording: " + error.message());
  app::ApiSession as_operator(world_.server(), World::admin_token);
  auto token = app::user_token(as_operator, app::default_user, token_minutes);
  if (!token) return fail(std::move(token.error()));
  token_ = *token;
  api_.set_token(token_);
  for (const auto* provider : {"google_health", "strava"}) {
    auto connected = connect_account(provider);
    if (!connected) return connected;
  }
  return {};
}

// Through the authorization page, as a browser goes.
Result<void> Scenario::connect_account(const std::string& provider) {
  const app::ProofKey key = app::draw_proof_key();
  auto start = api_.get("/v1/providers/" + provider + "/authorization-url?" +
                        net::encode_form({{"redirectUri", redirect_uri}, {"codeChallenge", key.challenge}}));
  if (!start) return fail(std::move(start.error()));
  const std::string url =
      text_attribute(start->as_object(), "url") + "&login_hint=" + net::percent_encode(account_name);
  auto page = sandbox_.send("GET", url.substr(world_.sandbox().size()), "");
  if (!page) return fail(std::move(page.error()));
  const auto location = page->headers.get("Location");
  if (!location) return fail(ErrorCode::provider_rejected, provider + " did not consent");
  const auto target = net::parse_target(*location);
  auto connection = post("/v1/connections", json::object{{"provider", provider},
                                                         {"code", target.parameter("code").value_or("")},
                                                         {"codeVerifier", key.verifier},
                                                         {"state", target.parameter("state").value_or("")}});
  if (!connection) return fail(std::move(connection.error()));
  connections_[provider] = text_attribute(*connection, "id");
  return {};
}

Result<void> Scenario::connect_files() {
  const std::array<std::array<std::string, 3>, 5> folders = {{
      {"apple", "apple_health_export", (world_.sources() / "apple/export.xml").string()},
      {"fit", "fit", (world_.sources() / "fit").string()},
      {"gpx", "gpx", (world_.sources() / "gpx").string()},
      {"tcx", "tcx", (world_.sources() / "tcx").string()},
      {"json", "json", world_.records().string()},
  }};
  for (const auto& [name, provider, path] : folders) {
    auto connection = post("/v1/connections", json::object{{"provider", provider}, {"path", path}});
    if (!connection) return fail(std::move(connection.error()));
    connections_[name] = text_attribute(*connection, "id");
  }
  return {};
}

Result<void> Scenario::change_sources() {
  auto done = add_files();
  return done ? edit_weights() : done;
}

Result<void> Scenario::add_files() {
  // Under its name at once, as a copying program does it: no job sees half a file.
  const auto temporary = world_.sources() / "walk.new";
  std::ofstream(temporary) << walk_of_round(round_);
  std::error_code error;
  std::filesystem::rename(temporary, world_.sources() / fmt::format("gpx/walk-{}.gpx", round_), error);
  if (error) return fail(ErrorCode::storage_failed, error.message());
  return {};
}

// Every weight of today gets another value, one goes (and comes back in the next round): DEC-7.
Result<void> Scenario::edit_weights() {
  json::array points;
  for (int i = 0; i < weights; ++i) {
    const Instant at = settings_.today + std::chrono::minutes{15 * i};
    points.push_back(json::object{{"name", "users/me/dataTypes/weight/dataPoints/" + weight_id(i)},
                                  {"weight",
                                   {{"sampleTime", {{"physicalTime", format_rfc3339(at)}, {"utcOffset", "0s"}}},
                                    {"weightGrams", seeded_weight_g + i * 10 + round_}}}});
  }
  const std::string subject = "provider=google_health&account=" + net::percent_encode(account_name);
  auto seeded = sandbox_.call("PUT", "/_sandbox/seed?" + subject, json::object{{"dataPoints", std::move(points)}});
  if (!seeded) return fail(std::move(seeded.error()));
  for (int k = 0; k < weights_removed_per_round; ++k) {
    auto removed = sandbox_.call(
        "DELETE", "/_sandbox/data?" + subject + "&type=weight&id=" + weight_id((round_ * 5 + k) % weights), nullptr);
    if (!removed) return fail(std::move(removed.error()));
  }
  return {};
}

Result<void> Scenario::run_round(Disturbance* disturbance) {
  disturbance_ = disturbance;
  const bool first = round_ == 0;
  auto done = change_sources();
  if (done && first) done = connect_files();
  if (disturbance_ != nullptr) disturbance_->set_jobs_running(true);
  const auto sync_all = [&](std::initializer_list<std::array<const char*, 3>> syncs) -> Result<void> {
    for (const auto& [from, to, type] : syncs) {
      auto started = sync(from, to, type);
      if (!started) return started;
    }
    return wait_for_jobs();
  };
  // What comes from files first, then what is there: in this order it does not matter who is faster.
  if (done && first)
    done = sync_all({{"apple", "google_health", "workout"},
                     {"apple", "google_health", "sleep"},
                     {"apple", "google_health", "weight"},
                     {"apple", "strava", "workout"},
                     {"fit", "google_health", "workout"},
                     {"fit", "strava", "workout"},
                     {"tcx", "google_health", "workout"},
                     {"tcx", "strava", "workout"},
                     {"gpx", "google_health", "workout"},
                     {"gpx", "strava", "workout"}});
  if (done && !first)
    done = sync_all({{"fit", "google_health", "workout"},
                     {"fit", "strava", "workout"},
                     {"gpx", "google_health", "workout"},
                     {"gpx", "strava", "workout"}});
  if (done && first)
    done = sync_all({{"google_health", "json", "distance"},
                     {"google_health", "json", "heart_rate"},
                     {"google_health", "json", "resting_heart_rate"},
                     {"google_health", "json", "hrv_rmssd"},
                     {"google_health", "json", "oxygen_saturation"}});
  if (done)
    done = sync_all({{"google_health", "json", "steps"},
                     {"google_health", "json", "weight"},
                     {"google_health", "json", "sleep"},
                     {"google_health", "json", "workout"}});
  if (disturbance_ != nullptr) disturbance_->set_jobs_running(false);
  if (disturbance_ != nullptr && disturbance_->failure()) return fail(ErrorCode::internal, *disturbance_->failure());
  disturbance_ = nullptr;
  ++round_;
  ++counts_.rounds;
  return done;
}

Result<void> Scenario::sync(const std::string& from, const std::string& to, const std::string& type) {
  const std::string name = fmt::format("{} -> {}: {}", from, to, type);
  if (!configs_.contains(name)) {
    auto config = post("/v1/sync-configs", json::object{{"sourceConnectionId", connections_.at(from)},
                                                        {"destinationConnectionId", connections_.at(to)},
                                                        {"dataType", type},
                                                        {"since", "2000-01-01T00:00:00Z"}});
    if (!config) return fail(std::move(config.error()));
    configs_[name] = text_attribute(*config, "id");
  }
  auto job = post("/v1/sync-jobs", json::object{{"syncConfigId", configs_[name]}});
  if (!job) return fail(std::move(job.error()));
  jobs_.push_back({name, text_attribute(*job, "id")});
  ++counts_.jobs;
  return {};
}

Result<void> Scenario::wait_for_jobs() {
  while (true) {
    bool all_done = true;
    for (auto& job : jobs_) {
      if (job.done) continue;
      auto done = is_done(job);
      if (!done) return fail(std::move(done.error()));
      job.done = *done;
      all_done = all_done && job.done;
    }
    if (all_done) {
      jobs_.clear();
      return {};
    }
    api_.sleep(look_interval);
  }
}

Result<bool> Scenario::is_done(const Job& job) {
  auto answer = call("GET", "/v1/sync-jobs/" + job.id, nullptr, "");
  if (!answer) return fail(ErrorCode::internal, job.name + ": " + answer.error().message);
  const auto& object = answer->as_object();
  const std::string status = text_attribute(object, "status");
  if (status == "dead_lettered" || status == "needs_reauth") {
    return fail(ErrorCode::internal, fmt::format("{}: {}: {}", job.name, status, json::serialize(*answer)));
  }
  if (api_.runtime().steady_now() > settings_.deadline) {
    return fail(ErrorCode::timeout, fmt::format("{}: not done in time: {}", job.name, json::serialize(*answer)));
  }
  if (status != "succeeded") return false;
  counts_.attempts += number_attribute(object, "attempts");
  return true;
}

Result<json::object> Scenario::post(const std::string& path, const json::value& body) {
  const std::string key = fmt::format("crash-test-{}", ++calls_);
  if (disturbance_ != nullptr &&
      aim_.unit() < (path == "/v1/sync-jobs" ? share_of_aimed_jobs : share_of_other_aimed_calls))
    disturbance_->aim();
  const int repeated_before = counts_.repeated_calls;
  auto answer = call("POST", path, body, key);
  if (!answer) return fail(ErrorCode::internal, fmt::format("POST {}: {}", path, answer.error().message));
  if (counts_.repeated_calls == repeated_before) return answer->as_object();
  auto again = call("POST", path, body, key);
  if (!again) return fail(ErrorCode::internal, fmt::format("POST {} again: {}", path, again.error().message));
  if (again->as_object().at("id") != answer->as_object().at("id")) {
    return fail(ErrorCode::internal, fmt::format("POST {}: the same Idempotency-Key named another resource", path));
  }
  return answer->as_object();
}

Result<json::value> Scenario::call(const std::string& method, const std::string& path, const json::value& body,
                                   const std::string& key) {
  while (true) {
    auto answer = api_.call(method, path, body, key);
    const bool excused = !answer && disturbance_ != nullptr && disturbance_->excuses(answer.error());
    const bool in_progress = !answer && answer.error().http_status == conflict;
    const bool in_time = api_.runtime().steady_now() < settings_.deadline;
    if ((!excused && !in_progress) || !in_time) return answer;
    if (disturbance_ != nullptr && disturbance_->failure()) return answer;
    ++counts_.repeated_calls;
    api_.sleep(repeat_interval);
  }
}

}  // namespace syncwell::crash
