#include "app/demo.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "app/demo_environment.hpp"
#include "app/pkce.hpp"
#include "store/attributes.hpp"

namespace syncwell::app {

namespace json = boost::json;
using store::number_attribute;
using store::text_attribute;

namespace {

constexpr Duration look_interval = std::chrono::milliseconds{200};
constexpr Duration patience = std::chrono::minutes{10};
constexpr Duration webhook_look_interval = std::chrono::milliseconds{50};
constexpr Duration webhook_patience = std::chrono::seconds{30};
constexpr double weighed_g = 71'250;
constexpr const char* redirect_uri = "http://127.0.0.1:8463/callback";

}  // namespace

Demo::Demo(ApiSession& api, ApiSession& sandbox, DemoSettings settings, std::function<void(const std::string&)> say)
    : api_(api), sandbox_(sandbox), settings_(std::move(settings)), say_(std::move(say)) {}

Result<std::vector<DemoSync>> Demo::run() {
  auto step = prepare_sandbox();
  if (!step) return fail(std::move(step.error()));
  for (const auto* provider : {"google_health", "strava"}) {
    step = connect_account(provider);
    if (!step) return fail(std::move(step.error()));
  }
  const std::vector<std::array<std::string, 3>> folders = {
      {"apple", "apple_health_export", settings_.recordings + "/apple_health/authored_ios18_new_york_dst_end.xml"},
      {"fit", "fit", settings_.recordings + "/fit"},
      {"gpx", "gpx", settings_.recordings + "/gpx"},
      {"tcx", "tcx", settings_.recordings + "/tcx"},
      {"json", "json", settings_.records}};
  for (const auto& [name, provider, path] : folders) {
    step = connect_files(name, provider, path);
    if (!step) return fail(std::move(step.error()));
  }
  say_("syncing recordings to Google Health and Strava");
  for (const auto* type : {"workout", "sleep", "weight"}) {
    step = start_sync("apple", "google_health", type);
    if (!step) return fail(std::move(step.error()));
  }
  for (const auto* format : {"fit", "gpx", "tcx"}) {
    step = start_sync(format, "google_health", "workout");
    if (!step) return fail(std::move(step.error()));
  }
  for (const auto* format : {"apple", "fit", "gpx", "tcx"}) {
    step = start_sync(format, "strava", "workout");
    if (!step) return fail(std::move(step.error()));
  }
  step = wait_for_all();
  if (!step) return fail(std::move(step.error()));
  say_("syncing Google Health to canonical JSON");
  for (const auto* type : {"steps", "distance", "heart_rate", "resting_heart_rate", "hrv_rmssd", "oxygen_saturation",
                           "weight", "sleep", "workout"}) {
    step = start_sync("google_health", "json", type);
    if (!step) return fail(std::move(step.error()));
  }
  step = wait_for_all();
  if (!step) return fail(std::move(step.error()));
  return syncs_;
}

Result<void> Demo::prepare_sandbox() {
  auto seeded = sandbox_.call("POST", "/_sandbox/demo?account=alice&days=14", json::object());
  if (!seeded) return fail(std::move(seeded.error()));
  // A new Strava application may make 200 calls in a quarter of an hour, less than this demo has recordings to upload.
  auto extended = sandbox_.call("PUT", "/_sandbox/options",
                                json::object{{"strava", json::object{{"overall_per_quarter_hour", 2000},
                                                                     {"overall_per_day", 30000},
                                                                     {"reads_per_quarter_hour", 1000},
                                                                     {"reads_per_day", 15000},
                                                                     {"processing_time_ms", 2000}}}});
  if (!extended) return fail(std::move(extended.error()));
  say_("the sandbox's Google Health holds 14 days of a demo person");
  return {};
}

// The OAuth flow as a browser goes through it: authorization page, redirect with the code, code to the backend.
Result<void> Demo::connect_account(const std::string& provider) {
  const ProofKey key = draw_proof_key();
  auto start = api_.get("/v1/providers/" + provider + "/authorization-url?" +
                        net::encode_form({{"redirectUri", redirect_uri}, {"codeChallenge", key.challenge}}));
  if (!start) return fail(std::move(start.error()));
  const std::string url = text_attribute(start->as_object(), "url");
  if (!url.starts_with(settings_.sandbox))
    return fail(ErrorCode::internal, "the authorization page is not the sandbox's: " + url);
  auto page = sandbox_.send("GET", url.substr(settings_.sandbox.size()), "");
  if (!page) return fail(std::move(page.error()));
  const auto location = page->headers.get("Location");
  if (!location)
    return fail(ErrorCode::provider_rejected, fmt::format("{} did not consent (status {})", provider, page->status));
  const auto target = net::parse_target(*location);
  auto connection = api_.call("POST", "/v1/connections",
                              json::object{{"provider", provider},
                                           {"code", target.parameter("code").value_or("")},
                                           {"codeVerifier", key.verifier},
                                           {"state", target.parameter("state").value_or("")}});
  if (!connection) return fail(std::move(connection.error()));
  connections_[provider] = text_attribute(connection->as_object(), "id");
  say_("connected " + provider + " through OAuth");
  return {};
}

Result<void> Demo::connect_files(const std::string& name, const std::string& provider, const std::string& path) {
  auto connection = api_.call("POST", "/v1/connections", json::object{{"provider", provider}, {"path", path}});
  if (!connection) return fail(std::move(connection.error()));
  connections_[name] = text_attribute(connection->as_object(), "id");
  say_("connected " + provider + " files");
  return {};
}

Result<void> Demo::start_sync(const std::string& from, const std::string& to, const std::string& type) {
  auto config = api_.call("POST", "/v1/sync-configs",
                          json::object{{"sourceConnectionId", connections_.at(from)},
                                       {"destinationConnectionId", connections_.at(to)},
                                       {"dataType", type},
                                       {"since", "2000-01-01T00:00:00Z"}});
  if (!config) return fail(std::move(config.error()));
  auto job =
      api_.call("POST", "/v1/sync-jobs", json::object{{"syncConfigId", text_attribute(config->as_object(), "id")}});
  if (!job) return fail(std::move(job.error()));
  syncs_.push_back({fmt::format("{} -> {}: {}", from, to, type), text_attribute(job->as_object(), "id")});
  return {};
}

Result<Duration> Demo::watch_a_webhook() {
  const json::object target{{"url", settings_.server + "/webhooks/google_health"}, {"secret", demo_webhook_secret}};
  auto told = sandbox_.call("PUT", "/_sandbox/webhooks", json::object{{"google_health", target}});
  if (!told) return fail(std::move(told.error()));
  auto before = latest_webhook_job();
  if (!before) return fail(std::move(before.error()));
  const auto now = std::chrono::floor<std::chrono::seconds>(api_.runtime().now());
  const json::object weighed{{"sampleTime", {{"physicalTime", format_rfc3339(now)}, {"utcOffset", "3600s"}}},
                             {"weightGrams", weighed_g}};
  say_("somebody steps on a scale: Google Health has a new weight, and its webhook says so");
  const Steady began = api_.runtime().steady_now();
  auto seeded = sandbox_.call("PUT", "/_sandbox/seed?provider=google_health&account=alice",
                              json::object{{"dataPoints", json::array{json::object{{"weight", weighed}}}}});
  if (!seeded) return fail(std::move(seeded.error()));
  const Deadline deadline = Deadline::after(api_.runtime(), webhook_patience);
  while (deadline.remaining(api_.runtime()) > Duration{0}) {
    auto job = latest_webhook_job();
    if (!job) return fail(std::move(job.error()));
    const bool is_new = text_attribute(*job, "id") != text_attribute(*before, "id");
    if (is_new && text_attribute(*job, "status") == "succeeded") {
      const Duration took = api_.runtime().steady_now() - began;
      say_(fmt::format("{} ms later it is in the canonical JSON: job {}, {} written", took.count(),
                       text_attribute(*job, "id"), number_attribute(job->at("counts").as_object(), "written")));
      return took;
    }
    api_.sleep(webhook_look_interval);
  }
  return fail(ErrorCode::timeout, "the change at the source did not arrive through a webhook");
}

Result<std::string> Demo::leave_a_dead_letter() {
  auto webhook_job = latest_webhook_job();
  if (!webhook_job) return fail(std::move(webhook_job.error()));
  const json::object refusal{{"match", {{"provider", "google_health"}, {"method", "GET"}}},
                             {"fault", {{"kind", "status"}, {"status", 400}}}};
  auto refusing = sandbox_.call("PUT", "/_sandbox/faults", json::object{{"rules", json::array{refusal}}});
  if (!refusing) return fail(std::move(refusing.error()));
  auto job =
      api_.call("POST", "/v1/sync-jobs", json::object{{"syncConfigId", text_attribute(*webhook_job, "syncConfigId")}});
  if (!job) return fail(std::move(job.error()));
  std::string id = text_attribute(job->as_object(), "id");
  const Deadline deadline = Deadline::after(api_.runtime(), webhook_patience);
  std::string status;
  while (status != "dead_lettered" && deadline.remaining(api_.runtime()) > Duration{0}) {
    api_.sleep(webhook_look_interval);
    auto seen = api_.get("/v1/sync-jobs/" + id);
    if (!seen) return fail(std::move(seen.error()));
    status = text_attribute(seen->as_object(), "status");
  }
  auto working = sandbox_.call("DELETE", "/_sandbox/faults", nullptr);
  if (!working) return fail(std::move(working.error()));
  if (status != "dead_lettered") return fail(ErrorCode::timeout, "the job that was to fail is " + status);
  return id;
}

Result<json::object> Demo::latest_webhook_job() {
  auto jobs = api_.get("/v1/sync-jobs?limit=50");
  if (!jobs) return fail(std::move(jobs.error()));
  for (const auto& job : jobs->at("syncJobs").as_array()) {
    if (text_attribute(job.as_object(), "cause") == "webhook") return job.as_object();
  }
  return json::object{};
}

Result<void> Demo::look_at(DemoSync& sync) {
  auto job = api_.get("/v1/sync-jobs/" + sync.job_id);
  if (!job) return fail(std::move(job.error()));
  const auto& object = job->as_object();
  const auto& counts = object.at("counts").as_object();
  const std::string before = sync.status;
  sync.status = text_attribute(object, "status");
  sync.counts = {number_attribute(counts, "read"),    number_attribute(counts, "written"),
                 number_attribute(counts, "deleted"), number_attribute(counts, "unchanged"),
                 number_attribute(counts, "skipped"), number_attribute(counts, "conflicts"),
                 number_attribute(counts, "failed"),  number_attribute(counts, "warnings")};
  if (const auto* error = object.if_contains("error")) sync.error = text_attribute(error->as_object(), "message");
  sync.done = sync.status == "succeeded" || sync.status == "dead_lettered" || sync.status == "needs_reauth";
  if (sync.done) {
    say_(fmt::format("{:<42} {:<10} read {:>6}  written {:>6}  unchanged {:>4}  skipped {:>4}", sync.name, sync.status,
                     sync.counts.read, sync.counts.written, sync.counts.unchanged, sync.counts.skipped));
  } else if (sync.status != before && (sync.status == "retrying" || sync.status == "delayed")) {
    say_(fmt::format("{:<42} {}: {}", sync.name, sync.status, sync.error));
  }
  return {};
}

Result<void> Demo::wait_for_all() {
  const Deadline deadline = Deadline::after(api_.runtime(), patience);
  while (true) {
    bool all_done = true;
    for (auto& sync : syncs_) {
      if (sync.done) continue;
      auto looked = look_at(sync);
      if (!looked) return looked;
      all_done = all_done && sync.done;
    }
    if (all_done) return {};
    if (deadline.remaining(api_.runtime()) == Duration{0})
      return fail(ErrorCode::timeout, "the jobs did not finish within ten minutes");
    api_.sleep(look_interval);
  }
}

}  // namespace syncwell::app
