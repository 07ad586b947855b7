#include "sim/simulation.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "app/pkce.hpp"
#include "net/http.hpp"
#include "sim/health_accounts.hpp"
#include "sim/process.hpp"

namespace syncwell::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t max_rings = 2;
constexpr std::size_t max_accounts_per_ring = 3;
constexpr std::size_t max_workers = 3;
constexpr int min_steps = 30;
constexpr int max_steps = 90;
constexpr Duration max_pause = minutes{4};
constexpr std::uint64_t max_handlers_before_crash = 400;
constexpr double chance_of_change = 0.5;
constexpr double chance_of_request = 0.6;
constexpr double chance_of_duplicate = 0.15;
constexpr double chance_of_other_faults = 0.12;
constexpr double chance_of_crash = 0.08;
constexpr double chance_of_clock_jump = 0.03;
constexpr double chance_of_disk_fault = 0.04;
constexpr double chance_of_revocation = 0.02;
constexpr int max_settling_rounds = 12;
constexpr Duration settling_round = minutes{40};

// A folder in memory where there is one: tens of thousands of seeds write nothing to a disk.
std::filesystem::path scratch_folder(std::uint64_t seed) {
  std::error_code error;
  const std::filesystem::path memory = "/dev/shm";
  const auto root = std::filesystem::is_directory(memory, error) ? memory : std::filesystem::temp_directory_path();
  return root / fmt::format("syncwell-sim-{}-{}", ::getpid(), seed);
}

struct Sync {
  std::string config_id;
  std::string from;
};

class Simulation {
 public:
  explicit Simulation(SimulationSettings settings)
      : settings_(settings),
        random_(settings.seed),
        folder_(scratch_folder(settings.seed)),
        file_system_(fmt::format("simulation-{}-{}", ::getpid(), settings.seed)),
        network_(settings.seed ^ 0x6e6574, sandbox_, report_.faults),
        accounts_(settings.seed ^ 0x70656f, sandbox_, start_) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    workers_ = 1 + random_.below(max_workers);
  }
  ~Simulation() {
    process_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  SimulationReport run() {
    begin_life();
    if (connect_everybody()) {
      for (auto steps = min_steps + random_.below(max_steps - min_steps); steps > 0 && !report_.violation; --steps)
        step();
    }
    if (!report_.violation) settle();
    end_life(false);
    report_.calls = network_.calls();
    return report_;
  }

 private:
  // Lives of the process ------------------------------------------------------------------------------------------

  void begin_life() {
    ProcessSettings settings;
    settings.seed = settings_.seed * 1000 + report_.lives;
    settings.start = now_;
    settings.data_folder = folder_ / fmt::format("life-{}", report_.lives);
    settings.file_system = file_system_.name();
    settings.workers = workers_;
    settings.acknowledge_first = settings_.canary;
    process_ = std::make_unique<Process>(std::move(settings), network_);
    life_began_ = process_->runtime().steady_now();
  }

  // What the next life finds: everything that was written, or only what was synced.
  void end_life(bool power_cut) {
    if (!process_) return;
    now_ = process_->runtime().now();
    report_.simulated += process_->runtime().steady_now() - life_began_;
    report_.hash = (report_.hash ^ process_->runtime().order_hash()) * 1099511628211ULL;
    const auto from = folder_ / fmt::format("life-{}", report_.lives);
    const auto to = folder_ / fmt::format("life-{}", report_.lives + 1);
    if (power_cut) {
      file_system_.save_power_cut_image(from, to);
    } else {
      std::filesystem::create_directories(to);
      for (const char* name : {"syncwell.db", "syncwell.db-wal"}) {
        std::error_code missing;
        std::filesystem::copy_file(from / name, to / name, missing);
      }
    }
    process_.reset();
    file_system_.disk_is_full = file_system_.fail_syncs = false;
    std::filesystem::remove_all(from);
    ++report_.lives;
  }

  void crash(bool power_cut) {
    report_.faults.add(power_cut ? Fault::power_cut : Fault::crash);
    end_life(power_cut);
    begin_life();
  }

  // Runs for a while; a process that has to die does.
  void run_for(Duration duration) {
    const Steady until = process_->runtime().steady_now() + duration;
    while (!process_->is_dead() && process_->runtime().run_one(until)) {
    }
    if (process_->is_dead()) crash(true);
  }

  // What people and operators do ----------------------------------------------------------------------------------

  bool connect_everybody() {
    const std::size_t rings = 1 + random_.below(max_rings);
    for (std::size_t ring = 0; ring < rings; ++ring) {
      std::vector<std::string> names;
      const std::size_t count = 2 + random_.below(max_accounts_per_ring - 1);
      names.reserve(count);
      for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("ring{}-account{}", ring, i));
      accounts_.add_ring(names);
      for (const auto& name : names) {
        if (!authorise(name)) return violated("an account cannot be connected while nothing is wrong");
      }
      for (std::size_t i = 0; i < count; ++i) {
        if (!configure(names[i], names[(i + 1) % count])) return violated("a sync cannot be configured");
      }
    }
    return true;
  }

  static std::string connection_of(const std::string& account) { return "conn_" + account; }

  bool authorise(const std::string& account) {
    const auto key = app::draw_proof_key();
    const auto start = process_->complete(
        process_->connector().start(process_->user(), "google_health", "http://127.0.0.1:9/callback", key.challenge));
    if (!start || !*start) return false;
    const auto page = sandbox_.handle({"GET", (*start)->url + "&login_hint=" + account}, process_->runtime().now());
    const auto location = page.headers.get("Location");
    if (!location) return false;
    const auto target = net::parse_target(*location);
    const auto finished =
        process_->complete(process_->connector().finish(process_->user(), connection_of(account),
                                                        {"google_health", target.parameter("code").value_or(""),
                                                         key.verifier, target.parameter("state").value_or("")}));
    return finished && *finished;
  }

  bool configure(const std::string& from, const std::string& to) {
    store::SyncConfig config;
    config.id = "sync_" + from + "_" + to;
    config.user = process_->user();
    config.source_connection = connection_of(from);
    config.destination_connection = connection_of(to);
    config.data_type = model::DataType::weight;
    config.strategy = "source_wins";
    config.since = start_ - hours{24 * 7};
    const auto added = process_->complete(store::SyncConfigs(process_->storage().table()).add(config));
    syncs_.push_back({config.id, from});
    return added && *added;
  }

  // As the API does it: record first, event second. A request that was refused was not accepted.
  void request(const Sync& sync) {
    auto& storage = process_->storage();
    store::Job job;
    job.id = store::Jobs::id_of(storage.vault().digest("job-key", fmt::format("key {}", ++requests_)));
    job.user = process_->user();
    job.config_id = sync.config_id;
    job.created = job.updated = process_->runtime().now();
    const engine::JobMessage message{job.id, job.user, job.config_id, job.id};
    const auto added = process_->complete(store::Jobs(storage.table()).add(job));
    if (!added || !*added) return;
    const int deliveries = random_.unit() < chance_of_duplicate ? 2 : 1;
    if (deliveries > 1) report_.faults.add(Fault::duplicate_delivery);
    for (int i = 0; i < deliveries; ++i) {
      auto event = engine::to_event(message, fmt::format("event {}", requests_), process_->runtime().now());
      const auto published = process_->complete(storage.bus().publish(std::move(event)));
      if (published && *published && i == 0) {
        accepted_.push_back(job.id);
        ++report_.jobs;
      }
    }
  }

  void revoke_somebody() {
    const auto& sync = syncs_[random_.below(syncs_.size())];
    const auto removed = sandbox_.handle({"DELETE", "/_sandbox/tokens?provider=google_health&account=" + sync.from},
                                         process_->runtime().now());
    if (removed.status / 100 == 2) report_.faults.add(Fault::revoked_grant);
  }

  // Hours of trouble ----------------------------------------------------------------------------------------------

  bool happens(double chance) { return random_.unit() < chance; }
  double up_to(double most) { return random_.unit() * most; }

  void step() {
    if (happens(chance_of_change)) {
      if (process_->running_jobs() > 0) report_.faults.add(Fault::edit_during_sync);
      accounts_.change_something(process_->runtime().now());
    }
    if (happens(chance_of_request)) request(syncs_[random_.below(syncs_.size())]);
    if (happens(chance_of_other_faults)) draw_network_faults();
    if (happens(chance_of_revocation)) revoke_somebody();
    if (happens(chance_of_clock_jump)) {
      report_.faults.add(Fault::clock_jump);
      process_->runtime().shift_wall_clock(minutes{static_cast<std::int64_t>(random_.below(600))} - hours{5});
    }
    if (happens(chance_of_disk_fault)) {
      const bool full = happens(0.5);
      report_.faults.add(full ? Fault::disk_full : Fault::failed_sync);
      (full ? file_system_.disk_is_full : file_system_.fail_syncs) = true;
    } else {
      file_system_.disk_is_full = false;
    }
    if (happens(chance_of_crash)) {
      // Between any two handlers: at every await, and between a write and what follows it.
      const Steady until = process_->runtime().steady_now() + max_pause;
      for (auto left = random_.below(max_handlers_before_crash); left > 0; --left) {
        if (process_->is_dead() || !process_->runtime().run_one(until)) break;
      }
      crash(happens(0.5));
    }
    run_for(Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(max_pause.count())))});
  }

  void draw_network_faults() {
    NetworkFaults faults;
    if (happens(0.7)) {
      const auto maybe = [&](double most) { return happens(0.4) ? up_to(most) : 0.0; };
      faults = {maybe(0.3), maybe(0.3), maybe(0.4), maybe(0.4), maybe(0.2), maybe(0.2)};
    }
    network_.set(faults);
  }

  // Once the trouble is over --------------------------------------------------------------------------------------

  void settle() {
    network_.set({});
    file_system_.disk_is_full = file_system_.fail_syncs = false;
    for (int round = 0; round < max_settling_rounds; ++round) {
      repair();
      for (const auto& sync : syncs_) request(sync);
      run_for(settling_round);
      if (all_jobs_rest() && !accounts_.difference()) return;
    }
    if (const auto job = job_without_end()) {
      violated(*job);
    } else if (const auto difference = accounts_.difference()) {
      violated(*difference);
    }
  }

  // What the support desk would do: redrive dead letters, have people sign in again.
  void repair() {
    auto& storage = process_->storage();
    (void)process_->complete(storage.queue("hot").redrive_all());
    const auto connections = process_->complete(store::Connections(storage.table()).list(process_->user()));
    if (!connections || !*connections) return;
    for (const auto& connection : **connections) {
      if (connection.status == store::ConnectionStatus::needs_reauth) (void)authorise(connection.id.substr(5));
    }
  }

  // Every accepted job is in exactly one state, and once everything has settled in one that is an end (LIFE).
  std::optional<std::string> job_without_end() {
    for (const auto& id : accepted_) {
      const auto job = process_->complete(store::Jobs(process_->storage().table()).get(id));
      if (!job || !*job) return "a job cannot be read";
      if (!**job) return "the record of an accepted job is gone: " + id;
      const auto status = (**job)->status;
      if (status != store::JobStatus::succeeded && status != store::JobStatus::needs_reauth)
        return fmt::format("an accepted job never ended: {} is {}", id, store::name_of(status));
    }
    return std::nullopt;
  }
  bool all_jobs_rest() { return !job_without_end(); }

  bool violated(std::string what) {
    if (!report_.violation) report_.violation = std::move(what);
    return false;
  }

  const SimulationSettings settings_;
  Random random_;
  const Instant start_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + hours{20}};
  Instant now_ = start_;
  std::filesystem::path folder_;
  SimulationReport report_;
  sandbox::Sandbox sandbox_;
  sqlite::FaultFileSystem file_system_;
  SimulatedNetwork network_;
  HealthAccounts accounts_;
  std::size_t workers_ = 1;
  std::vector<Sync> syncs_;
  std::vector<std::string> accepted_;
  int requests_ = 0;
  std::unique_ptr<Process> process_;
  Steady life_began_{};
};

}  // namespace

SimulationReport simulate(SimulationSettings settings) { return Simulation(settings).run(); }

}  // namespace syncwell::sim
