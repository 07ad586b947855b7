// The people of a simulation: accounts at the Google Health imposter, and the weights that are entered, corrected and
// deleted there. Accounts are arranged in rings or pairs that are synced all the way round, so what is entered in one
// must arrive in each of them once, with its last correction, or be gone from all.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sandbox/sandbox.hpp"

namespace syncwell::sim {

// What every weight contains as text, in grams as in kilograms: nothing that is written to a disk may.
inline constexpr std::string_view mark_of_weights = "12345678";

class HealthAccounts {
 public:
  HealthAccounts(std::uint64_t seed, sandbox::Sandbox& sandbox, Instant start)
      : random_(seed), sandbox_(sandbox), start_(start) {}

  // Accounts that exchange everything.
  void add_ring(std::vector<std::string> accounts) { rings_.push_back({std::move(accounts), {}, {}}); }
  void add_sync(const std::string& config, std::string from, std::string to) {
    syncs_[config] = {std::move(from), std::move(to)};
  }
  // Enters, corrects or deletes something somewhere. `elapsed`: time since the start, whatever clocks say.
  void change_something(Duration elapsed);
  // By hand, for the scenarios that are the same each time: in the first ring. An edit or deletion takes the oldest.
  void enter(std::size_t account, Duration elapsed);
  void correct_oldest(Duration elapsed);
  void delete_oldest(Duration elapsed);

  // The first thing that is not as it should be; nullopt: everything arrived once and nothing else did.
  [[nodiscard]] std::optional<std::string> difference() const;
  // ALG-8: what stood at the source of this sync before its job `began` has to be at the destination when its cursor
  // moves.
  [[nodiscard]] std::optional<std::string> missing_after_sync(const std::string& config, Duration began) const;

 private:
  struct Weight {
    std::string id;
    std::string account;
    Instant at;
    int grams = 0;  // no two weights ever have the same: what arrived where is told by it
    Duration changed{0};
    std::vector<int> earlier_grams{};
    bool deleted = false;
  };
  struct Ring {
    std::vector<std::string> accounts;
    std::vector<Weight> weights;
    std::set<Instant> taken;  // no two weights are close enough to be taken for the same measurement
  };
  struct Sync {
    std::string from;
    std::string to;
  };

  void enter(Ring& ring, const std::string& account, Duration elapsed);
  void correct(Weight& weight, Duration elapsed);
  void erase(Weight& weight, Duration elapsed);
  void store(const Weight& weight);
  [[nodiscard]] static std::string history_of(const Ring& ring, int grams);
  [[nodiscard]] std::optional<std::string> difference_in(const Ring& ring, const std::string& account) const;

  Random random_;
  sandbox::Sandbox& sandbox_;
  Instant start_;
  std::vector<Ring> rings_;
  std::map<std::string, Sync> syncs_;
  int last_grams_ = 60'000;
  int entered_ = 0;
};

}  // namespace syncwell::sim
