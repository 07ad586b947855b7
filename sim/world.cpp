#include "sim/world.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <fstream>

#include "app/pkce.hpp"
#include "net/http.hpp"

namespace syncwell::sim {
namespace {

namespace json = boost::json;

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t jobs_per_worker = 4;
constexpr Duration most_clock_error = hours{10};  // with the lateness of entries within what is read again (DEC-5)

// A folder in memory where there is one: tens of thousands of seeds write nothing to a disk.
std::filesystem::path scratch_folder() {
  static std::atomic<std::uint64_t> folders = 0;
  std::error_code error;
  const std::filesystem::path memory = "/dev/shm";
  const auto root = std::filesystem::is_directory(memory, error) ? memory : std::filesystem::temp_directory_path();
  return root / fmt::format("syncwell-sim-{}-{}", ::getpid(), ++folders);
}

sandbox::SandboxOptions sandbox_options() {
  sandbox::SandboxOptions options;
  options.google_health.oauth.access_token_prefix = access_token_prefix;
  options.google_health.oauth.refresh_token_prefix = refresh_token_prefix;
  return options;
}

std::string connection_of(const std::string& account) { return "conn_" + account; }

}  // namespace

World::World(WorldSettings settings)
    : settings_(settings),
      start_(settings.start),
      now_(settings.start),
      folder_(scratch_folder()),
      journal_(settings.tells),
      sandbox_(sandbox_options()),
      disk_(folder_.filename().string()),
      random_(settings.seed ^ 0x6469736b),
      network_(settings.seed ^ 0x6e6574, sandbox_, report_.faults, journal_),
      accounts_(settings.seed ^ 0x70656f, sandbox_, settings.start),
      table_(journal_, accounts_),
      queue_(journal_, table_),
      connections_(table_),
      jobs_(table_),
      cases_(table_) {
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  queue_.acknowledge_first(settings.canary);
  begin_life();
}

World::~World() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

// Lives of the process ----------------------------------------------------------------------------------------------

void World::begin_life() {
  ProcessSettings settings;
  settings.seed = settings_.seed * 1000 + report_.lives;
  settings.start = now_;
  settings.data_folder = folder_of(report_.lives);
  settings.file_system = disk_.name();
  settings.workers = settings_.workers;
  settings.jobs_per_worker = jobs_per_worker;
  process_ = std::make_unique<Process>(std::move(settings), Watched{network_, table_, queue_});
  journal_.begin_life(process_->runtime(), report_.lives);
  journal_.note("", "a life of the process begins; its clock says {}", format_rfc3339(now_));
  check_jobs(false);
  process_->work();
}

std::filesystem::path World::folder_of(std::uint64_t life) const { return folder_ / fmt::format("life-{}", life); }

void World::end_life(Ending ending) {
  auto& runtime = process_->runtime();
  runtime.hold_wall_clock(false);
  now_ = runtime.now();
  report_.hash = (report_.hash ^ runtime.order_hash()) * 1099511628211ULL;
  const auto from = folder_of(report_.lives);
  const auto to = folder_of(report_.lives + 1);
  if (!image_is_taken_ && ending == Ending::power_cut) {
    disk_.save_power_cut_image(from, to);
  } else if (!image_is_taken_) {
    std::filesystem::create_directories(to);
    for (const char* name : {"syncwell.db", "syncwell.db-wal"}) {
      std::error_code missing;
      std::filesystem::copy_file(from / name, to / name, missing);
    }
  }
  disk_.strike.reset();
  journal_.end_life();
  process_.reset();
  image_is_taken_ = disk_.disk_is_full = disk_.fail_syncs = disk_.fail_writes = false;
  std::filesystem::remove_all(from);
  ++report_.lives;
}

void World::cut_power_within(std::uint64_t operations) {
  disk_.strike = {disk_.operations + operations, SQLITE_IOERR_WRITE, [this] {
                    if (image_is_taken_) return;
                    image_is_taken_ = true;
                    if (disk_.save_torn_image(folder_of(report_.lives), folder_of(report_.lives + 1), random_))
                      report_.faults.add(Fault::torn_write);
                    process_->die();
                  }};
}

void World::crash(Ending ending) {
  report_.faults.add(ending == Ending::crash ? Fault::crash : Fault::power_cut);
  journal_.note("", "{}", ending == Ending::crash ? "the process crashes" : "the power is cut");
  end_life(ending);
  begin_life();
}

void World::run_for(Duration duration) {
  const Steady until = process_->runtime().steady_now() + duration;
  while (!process_->is_dead() && process_->runtime().run_one(until)) {
  }
  if (process_->is_dead()) crash(Ending::power_cut);
}

void World::crash_after(std::uint64_t handlers, Duration at_most, Ending ending) {
  const Steady until = process_->runtime().steady_now() + at_most;
  for (; handlers > 0; --handlers) {
    if (process_->is_dead() || !process_->runtime().run_one(until)) break;
  }
  crash(ending);
}

void World::pause(Duration duration) {
  journal_.note("", "the process stands still for {} s", duration / std::chrono::seconds{1});
  process_->runtime().pause(duration);
  time_was_disturbed();
}

void World::shift_wall_clock(Duration by) {
  auto& runtime = process_->runtime();
  const Duration error = runtime.now() - (start_ + elapsed());
  if (std::chrono::abs(error + by) > most_clock_error) by = -error;
  journal_.note("", "the wall clock jumps by {} min", by / minutes{1});
  runtime.shift_wall_clock(by);
  time_was_disturbed();
}

void World::hold_wall_clock(bool held) {
  journal_.note("", "the wall clock {}", held ? "stands still" : "is right again");
  process_->runtime().hold_wall_clock(held);
  time_was_disturbed();
}

void World::time_was_disturbed() {
  network_.time_was_disturbed();
  table_.time_was_disturbed();
  queue_.time_was_disturbed();
}

// What people and operators do --------------------------------------------------------------------------------------

bool World::connect_ring(std::size_t accounts) {
  const std::string ring = fmt::format("ring{}", rings_++);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < accounts; ++i) names.push_back(fmt::format("{}-account{}", ring, i));
  accounts_.add_ring(names);
  for (const auto& name : names) {
    journal_.belongs(name, ring);
    if (authorise(name)) continue;
    journal_.violated(name, "an account cannot be connected while nothing is wrong");
    return false;
  }
  for (std::size_t i = 0; i < accounts; ++i) {
    if (configure(names[i], names[(i + 1) % accounts], ring)) continue;
    journal_.violated(names[i], "a sync cannot be configured while nothing is wrong");
    return false;
  }
  return true;
}

bool World::authorise(const std::string& account) {
  auto& connector = process_->connector();
  const auto key = app::draw_proof_key();
  const auto start = process_->complete(
      connector.start(process_->user(), "google_health", "http://127.0.0.1:9/callback", key.challenge));
  if (!start || !*start) return false;
  const auto page = sandbox_.handle({"GET", (*start)->url + "&login_hint=" + account}, process_->runtime().now());
  const auto location = page.headers.get("Location");
  if (!location) return false;
  const auto target = net::parse_target(*location);
  const auto finished = process_->complete(connector.finish(
      process_->user(), connection_of(account),
      {"google_health", target.parameter("code").value_or(""), key.verifier, target.parameter("state").value_or("")}));
  return finished && *finished;
}

net::Request World::post(std::string target, std::string body, const std::string& key) const {
  net::Request request{"POST", std::move(target), {}, std::move(body)};
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Idempotency-Key", "\"" + key + "\"");
  return request;
}

bool World::configure(const std::string& from, const std::string& to, const std::string& ring) {
  const json::object body{{"sourceConnectionId", connection_of(from)},
                          {"destinationConnectionId", connection_of(to)},
                          {"dataType", "weight"},
                          {"since", format_rfc3339(start_ - hours{24 * 7})}};
  const auto answer = process_->call(post("/v1/sync-configs", json::serialize(body), "config " + from + " " + to));
  if (!answer || answer->status != 201) return false;
  const std::string id{json::parse(answer->body).as_object().at("id").as_string()};
  accounts_.add_sync(id, from, to);
  journal_.belongs(id, ring);
  journal_.note(id, "{} is the sync from {} to {}", id, from, to);
  syncs_.push_back({id, from});
  return true;
}

void World::request(std::size_t sync, int deliveries) {
  const Request request{sync, fmt::format("request {}", ++requests_), deliveries};
  if (!ask(request)) unanswered_.push_back(request);
}

void World::ask_again() {
  auto unanswered = std::exchange(unanswered_, {});
  for (const auto& request : unanswered) {
    if (!ask(request)) unanswered_.push_back(request);
  }
}

bool World::ask(const Request& request) {
  const Sync& sync = syncs_[request.sync];
  const auto answer =
      process_->call(post("/v1/sync-jobs", json::serialize(json::object{{"syncConfigId", sync.config}}), request.key));
  if (!answer || answer->status != 202) return false;
  const std::string job{json::parse(answer->body).as_object().at("id").as_string()};
  journal_.belongs(job, journal_.ring_of(sync.config));
  journal_.note(job, "{} is asked for, of {}", job, sync.config);
  accepted_.push_back(job);
  ++report_.jobs;
  for (int i = 1; i < request.deliveries; ++i) {
    report_.faults.add(Fault::duplicate_delivery);
    const engine::JobMessage message{job, process_->user(), sync.config, job};
    (void)process_->complete(process_->storage().bus().publish(
        engine::to_event(message, fmt::format("event {}-{}", requests_, i), process_->runtime().now())));
  }
  return true;
}

void World::send_unreadable_message() {
  const auto sent =
      process_->complete(process_->storage().queue("hot").send(R"({"type":"\u0000","data":[[[)", Duration{0}));
  if (sent && *sent) report_.faults.add(Fault::unreadable_message);
}

void World::poison_a_job(Random& random) {
  if (!accepted_.empty())
    queue_.poison(accepted_[accepted_.size() - 1 - random.below(std::min<std::size_t>(accepted_.size(), 3))]);
}

void World::redrive() {
  const bool busy = process_->running_jobs() > 0;
  (void)process_->complete(process_->desk().round());
  const auto answer = process_->call(post("/admin/dlq/redrive", "{}", "redrive"));
  if (!answer || answer->status != 202) return;
  if (busy && json::parse(answer->body).as_object().at("redriven").to_number<int>() > 0)
    report_.faults.add(Fault::redrive_while_running);
}

void World::purge_one(Random& random) {
  const bool busy = process_->running_jobs() > 0;
  const auto letters = process_->complete(queue_.dead_letters(queue::max_dead_letter_page, ""));
  if (!letters || !*letters || (*letters)->empty()) return;
  const auto& letter = (**letters)[random.below((*letters)->size())];
  const auto job = engine::job_message_from_body(letter.body);
  (void)process_->complete(process_->desk().round());
  const std::string id = job ? job->job_id : "message_" + letter.id;
  const auto answer = process_->call({"DELETE", "/admin/dlq/" + id + "?confirm=" + id});
  // An answer that did not come says nothing: it may be gone.
  if (job && (!answer || answer->status == 204 || answer->status >= 500)) purged_.insert(job->job_id);
  if (busy && answer && answer->status == 204) report_.faults.add(Fault::purge_while_running);
}

bool World::revoke(std::size_t sync) {
  const auto removed = sandbox_.handle(
      {"DELETE", "/_sandbox/tokens?provider=google_health&account=" + syncs_[sync].from}, process_->runtime().now());
  if (removed.status / 100 != 2) return false;
  journal_.note(syncs_[sync].from, "{} takes its consent back", syncs_[sync].from);
  report_.faults.add(Fault::revoked_grant);
  return true;
}

void World::sign_in_again() {
  const auto connections = process_->complete(connections_.list(process_->user()));
  if (!connections || !*connections) return;
  for (const auto& connection : **connections) {
    if (connection.status == store::ConnectionStatus::needs_reauth) (void)authorise(connection.id.substr(5));
  }
}

void World::switch_off_for(Duration duration) {
  journal_.note("", "the machine is switched off for {} min", duration / minutes{1});
  end_life(Ending::crash);
  now_ += duration;
  journal_.pass(duration);
  begin_life();
}

WorldReport World::report() {
  report_.violation = journal_.violation();
  for (; deaths_counted_ < queue_.deaths(); ++deaths_counted_) report_.faults.add(Fault::deadly_message);
  report_.calls = network_.calls();
  report_.simulated = journal_.elapsed();
  report_.hash = (report_.hash ^ process_->runtime().order_hash()) * 1099511628211ULL;
  if (report_.violation) report_.journal = journal_.lines(report_.violation->ring, 200);
  return report_;
}

}  // namespace syncwell::sim
