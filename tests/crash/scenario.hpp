// What a run does, through HTTP only: connect two accounts and folders of files, then rounds of "add and edit at the
// sources, sync everything, wait until every job has succeeded". Disturbed or not it does the same; calls
// that a disturbance excuses are repeated with their Idempotency-Key until they are answered (INT-2).
// One thread. Errors end the run: a job that did not succeed, an answer that is not the one of the first call.
#pragma once

#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <vector>

#include "app/api_session.hpp"
#include "base/random.hpp"
#include "disturbance.hpp"
#include "world.hpp"

namespace syncwell::crash {

// Shared by both runs, so that they write the same.
struct ScenarioSettings {
  std::filesystem::path recordings;
  Instant today{};  // the day on which records are edited
  std::uint64_t seed = 1;
  Steady deadline{};  // of all
};

struct ScenarioCounts {
  int rounds = 0;
  int jobs = 0;
  int repeated_calls = 0;
  std::int64_t attempts = 0;  // failed or lost tries of jobs
};

inline constexpr const char* account_name = "wilhelmina.crashtest@example.org";
// Weights of seeded records are this and a few digits that tell record and round.
inline constexpr double seeded_weight_g = 73119.8642;

class Scenario {
 public:
  // References outlive the scenario.
  Scenario(World& world, ScenarioSettings settings);

  // Accounts, before anybody kills.
  [[nodiscard]] Result<void> prepare();
  // `disturbance` may be null.
  [[nodiscard]] Result<void> run_round(Disturbance* disturbance);

  [[nodiscard]] const std::string& token() const { return token_; }
  [[nodiscard]] const ScenarioCounts& counts() const { return counts_; }
  [[nodiscard]] const std::map<std::string, std::string>& connections() const { return connections_; }
  [[nodiscard]] const std::map<std::string, std::string>& configs() const { return configs_; }
  // The sandbox's state, for comparison.
  [[nodiscard]] Result<boost::json::value> state() { return sandbox_.get("/_sandbox/state?times=no"); }

 private:
  struct Job {
    std::string name;
    std::string id;
    bool done = false;
  };
  [[nodiscard]] Result<void> connect_account(const std::string& provider);
  [[nodiscard]] Result<void> connect_files();
  [[nodiscard]] Result<void> change_sources();
  [[nodiscard]] Result<void> add_files();
  [[nodiscard]] Result<void> edit_weights();
  [[nodiscard]] Result<void> sync(const std::string& from, const std::string& to, const std::string& type);
  [[nodiscard]] Result<void> wait_for_jobs();
  [[nodiscard]] Result<bool> is_done(const Job& job);
  // POST with a key of its own, repeated until there is an answer.
  [[nodiscard]] Result<boost::json::object> post(const std::string& path, const boost::json::value& body);
  [[nodiscard]] Result<boost::json::value> call(const std::string& method, const std::string& path,
                                                const boost::json::value& body, const std::string& key);

  World& world_;
  ScenarioSettings settings_;
  std::string token_;  // the person's
  app::ApiSession api_;
  app::ApiSession sandbox_;
  Random aim_;  // decides nothing but at which calls to aim
  Disturbance* disturbance_ = nullptr;
  int round_ = 0;
  int calls_ = 0;
  std::map<std::string, std::string> connections_;  // name → id
  std::map<std::string, std::string> configs_;      // "fit -> strava: workout" → id
  std::vector<Job> jobs_;                           // of this round's step
  ScenarioCounts counts_;
};

}  // namespace syncwell::crash
