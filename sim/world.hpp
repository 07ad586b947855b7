// The world of one seed: people with accounts in rings, and a server process with its disk and network, one life after
// the other. What happens in it is the business of a story (random_story.hpp, single_faults.hpp); what must hold is
// checked here and by everything that is under watch.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/fault_counts.hpp"
#include "sim/health_accounts.hpp"
#include "sim/process.hpp"

namespace syncwell::sim {

// What every token of the imposter begins with: nothing that is written to a disk may contain it.
inline constexpr const char* access_token_prefix = "ya29.of-the-simulation-";
inline constexpr const char* refresh_token_prefix = "1//0of-the-simulation-";

struct WorldSettings {
  std::uint64_t seed = 1;
  std::size_t workers = 1;
  Instant start{};
  // Breaks a rule on purpose (ALG-9: the worker acknowledges first): the simulation has to find it.
  bool canary = false;
  bool tells = false;  // keeps a journal that can be read
};

struct WorldReport {
  std::optional<Violation> violation;
  FaultCounts faults;
  std::uint64_t jobs = 0;   // accepted
  std::uint64_t calls = 0;  // to the provider
  std::uint64_t lives = 1;  // of the process
  Duration simulated{0};
  std::uint64_t hash = 0;  // of the order in which everything happened
  std::vector<std::string> journal;
};

class World {
 public:
  explicit World(WorldSettings settings);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] Process& process() { return *process_; }
  [[nodiscard]] SimulatedNetwork& network() { return network_; }
  [[nodiscard]] WatchedQueue& queue() { return queue_; }
  [[nodiscard]] sqlite::FaultFileSystem& disk() { return disk_; }
  [[nodiscard]] sandbox::Sandbox& sandbox() { return sandbox_; }
  [[nodiscard]] HealthAccounts& accounts() { return accounts_; }
  [[nodiscard]] FaultCounts& faults() { return report_.faults; }
  [[nodiscard]] Journal& journal() { return journal_; }
  [[nodiscard]] bool violated() const { return journal_.violation().has_value(); }
  [[nodiscard]] Duration elapsed() const { return journal_.elapsed(); }

  // Lives. What the next one finds: everything that was written, or only what was synced.
  enum class Ending { crash, power_cut };
  void crash(Ending ending);
  // Runs for a while; a process that has to die does, and the next one goes on.
  void run_for(Duration duration);
  // Runs so many handlers at most; then the process crashes.
  void crash_after(std::uint64_t handlers, Duration at_most, Ending ending);
  // The power goes in the middle of a write or sync of a file, after so many more: some of what was not synced is there
  // then, the last of it in part.
  void cut_power_within(std::uint64_t operations);
  void switch_off_for(Duration duration);
  void pause(Duration duration);
  void shift_wall_clock(Duration by);
  void hold_wall_clock(bool held);

  // What people and operators do.
  // Accounts that sync all the way round. False: it did not work.
  bool connect_ring(std::size_t accounts);
  [[nodiscard]] std::size_t syncs() const { return syncs_.size(); }
  // Asks the API to sync; asks again later where no answer came, under the same Idempotency-Key (INT-2).
  void request(std::size_t sync, int deliveries = 1);
  void ask_again();
  void send_unreadable_message();
  void poison_a_job(Random& random);
  void redrive();
  void purge_one(Random& random);
  bool revoke(std::size_t sync);
  void sign_in_again();  // those whose connections ask for it

  // Nothing goes wrong any more: dead letters are redriven, people sign in again, everything is synced until it is
  // where it belongs, within a bounded time.
  void settle();
  [[nodiscard]] WorldReport report();

 private:
  struct Sync {
    std::string config;
    std::string from;  // account
  };
  struct Request {
    std::size_t sync = 0;
    std::string key;
    int deliveries = 1;
  };

  // What was promised about times, leases and the order of deliveries does not hold for what is under way.
  void time_was_disturbed();
  void begin_life();
  void end_life(Ending ending);
  [[nodiscard]] std::filesystem::path folder_of(std::uint64_t life) const;
  bool authorise(const std::string& account);
  bool configure(const std::string& from, const std::string& to, const std::string& ring);
  [[nodiscard]] net::Request post(std::string target, std::string body, const std::string& key) const;
  [[nodiscard]] bool ask(const Request& request);
  [[nodiscard]] bool is_at_rest();
  void empty_the_dead_letters();
  void rest_or_violate();
  // Every accepted job is in exactly one state, and one that is not at an end has a message (INT-1, LIFE).
  void check_jobs(bool all_at_an_end);
  [[nodiscard]] bool is_resolved(const std::string& job);
  void check_what_is_stored();

  const WorldSettings settings_;
  const Instant start_;
  Instant now_;
  std::filesystem::path folder_;
  WorldReport report_;
  Journal journal_;
  sandbox::Sandbox sandbox_;
  sqlite::FaultFileSystem disk_;
  Random random_;  // of what a torn write leaves
  SimulatedNetwork network_;
  HealthAccounts accounts_;
  WatchedTable table_;
  WatchedQueue queue_;
  // What a call of theirs waits for when the process dies goes with the process, later than the call.
  store::Connections connections_;
  store::Jobs jobs_;
  store::Cases cases_;
  std::size_t rings_ = 0;
  std::vector<Sync> syncs_;
  std::vector<Request> unanswered_;
  std::vector<std::string> accepted_;
  std::set<std::string> purged_;  // jobs that an operator threw away
  int requests_ = 0;
  std::unique_ptr<Process> process_;
  std::uint64_t deaths_counted_ = 0;
  bool image_is_taken_ = false;  // the next life's folder is there already
};

}  // namespace syncwell::sim
