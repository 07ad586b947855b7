#include "full_disk_test.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "disk_filler.hpp"
#include "mounts.hpp"
#include "store/attributes.hpp"

namespace syncwell::crash {

namespace json = boost::json;
using store::text_attribute;

namespace {

constexpr std::uintmax_t disk_bytes = 4ULL * 1024 * 1024;  // less than the log of the whole run
constexpr int fills = 20;
constexpr int least_rounds = 2;
constexpr int most_rounds = 40;
constexpr int most_accepted = 2000;  // calls that find room in what the file has already
constexpr Duration time_limit = std::chrono::minutes{3};
constexpr Duration look_interval = std::chrono::milliseconds{40};
constexpr int accepted_status = 202;
constexpr int full_status = 503;

struct FullDisk {
  std::vector<std::string> accepted;  // ids
  std::string refused_body;
  std::string refused_key;
};

bool is_full_problem(const net::Response& answer) {
  json::error_code error;
  const auto body = json::parse(answer.body, error);
  return answer.status == full_status && answer.headers.get("Content-Type") == "application/problem+json" && !error &&
         body.is_object() && text_attribute(body.get_object(), "type") == "urn:syncwell:problem:storage_full";
}

// Jobs for a full disk until one is refused, with the problem that the API promises.
Result<FullDisk> ask_until_refused(app::ApiSession& api, const std::string& config) {
  FullDisk outcome;
  outcome.refused_body = json::serialize(json::object{{"syncConfigId", config}});
  for (int i = 0; i < most_accepted; ++i) {
    outcome.refused_key = fmt::format("full-disk-{}", i);
    auto answer = api.send("POST", "/v1/sync-jobs", outcome.refused_body, outcome.refused_key);
    if (!answer) return fail(std::move(answer.error()));
    if (is_full_problem(*answer)) return outcome;
    if (answer->status != accepted_status)
      return fail(ErrorCode::internal, fmt::format("a full disk answers {}: {}", answer->status, answer->body));
    outcome.accepted.push_back(text_attribute(json::parse(answer->body).as_object(), "id"));
  }
  return fail(ErrorCode::internal, "a full disk refuses nothing");
}

Result<void> wait_for_success(app::ApiSession& api, const std::string& id, Steady deadline) {
  while (true) {
    auto job = api.get("/v1/sync-jobs/" + id);
    if (!job) return fail(std::move(job.error()));
    const std::string status = text_attribute(job->as_object(), "status");
    if (status == "succeeded") return {};
    if (status == "dead_lettered" || api.runtime().steady_now() > deadline)
      return fail(ErrorCode::internal, "an accepted job is not done: " + json::serialize(*job));
    api.sleep(look_interval);
  }
}

// The server as it stands on a full disk, and what becomes of what it said there.
Result<void> check_refusals(World& world, const Scenario& scenario, Steady deadline) {
  app::ApiSession api(world.server(), scenario.token());
  auto filled = fill_disk(world.data_folder(), 0);
  if (!filled) return filled;
  auto asked = ask_until_refused(api, scenario.configs().begin()->second);
  if (!asked) return fail(std::move(asked.error()));
  auto listed = api.get("/v1/connections");
  if (!listed) return fail(ErrorCode::internal, "a full disk cannot be read: " + listed.error().message);
  make_room(world.data_folder());
  for (const auto& id : asked->accepted) {
    auto done = wait_for_success(api, id, deadline);
    if (!done) return done;
  }
  // The refused call left at most a record that no worker has seen; its repetition is accepted, and done.
  auto jobs = api.get("/v1/sync-jobs");
  if (!jobs) return fail(std::move(jobs.error()));
  auto again = api.send("POST", "/v1/sync-jobs", asked->refused_body, asked->refused_key);
  if (!again) return fail(std::move(again.error()));
  if (again->status != accepted_status)
    return fail(ErrorCode::internal, fmt::format("with room again: {}: {}", again->status, again->body));
  const std::string id = text_attribute(json::parse(again->body).as_object(), "id");
  for (const auto& job : jobs->as_object().at("syncJobs").as_array()) {
    const std::string status = text_attribute(job.as_object(), "status");
    if (text_attribute(job.as_object(), "id") == id && status != "accepted")
      return fail(ErrorCode::internal, "a job that was refused is " + status);
  }
  say(fmt::format("full disk: {} jobs accepted in the room that was left, then refused with storage_full; all done",
                  asked->accepted.size()));
  return wait_for_success(api, id, deadline);
}

}  // namespace

Result<bool> run_full_disk_test(const TestSettings& settings) {
  auto world = World::create(settings.program, settings.folder / "full");
  if (!world) return fail(std::move(world.error()));
  std::error_code error;
  std::filesystem::create_directory(world->data_folder(), error);
  auto mounted = mount_memory(world->data_folder(), disk_bytes);
  if (!mounted) return fail(std::move(mounted.error()));
  auto started = world->start_server();
  if (!started) return fail(std::move(started.error()));
  const ScenarioSettings scenario_plan = scenario_settings(settings, time_limit);
  Scenario scenario(*world, scenario_plan);
  auto done = scenario.prepare();
  int filled = 0;
  {
    DiskFiller filler(world->data_folder(), fills, settings.seed);
    const auto wants_more = [&] {
      const int rounds = scenario.counts().rounds;
      return rounds < least_rounds || (!filler.done() && rounds < most_rounds);
    };
    while (done && wants_more()) done = scenario.run_round(&filler);
    filled = filler.fills();
  }
  say(fmt::format(
      "full disk: {} KiB filled {} times, {} rounds, {} jobs, {} of their tries failed, {} calls refused and repeated",
      disk_bytes / 1024, filled, scenario.counts().rounds, scenario.counts().jobs, scenario.counts().attempts,
      scenario.counts().repeated_calls));
  if (done) done = check_refusals(*world, scenario, scenario_plan.deadline);
  if (!done) return fail(std::move(done.error()));
  auto disturbed = outcome_of(scenario, *world);
  if (!disturbed) return fail(std::move(disturbed.error()));
  world->crash_server();

  auto quiet = World::create(settings.program, settings.folder / "undisturbed");
  if (!quiet) return fail(std::move(quiet.error()));
  started = quiet->start_server();
  if (!started) return fail(std::move(started.error()));
  auto undisturbed = run_undisturbed(*quiet, scenario_settings(settings, time_limit), disturbed->counts.rounds);
  if (!undisturbed) return fail(std::move(undisturbed.error()));
  return are_equal(*disturbed, *undisturbed) && filled == fills;
}

}  // namespace syncwell::crash
