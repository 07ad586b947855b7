// The people of a simulation: accounts at the Google Health imposter, and the weights that are entered, corrected and
// deleted there. Accounts are arranged in rings or pairs that are synced all the way round, so what is entered in one
// must arrive in each of them once, with its last correction, or be gone from all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sandbox/sandbox.hpp"

namespace syncwell::sim {

class HealthAccounts {
 public:
  HealthAccounts(std::uint64_t seed, sandbox::Sandbox& sandbox, Instant start)
      : random_(seed), sandbox_(sandbox), start_(start) {}

  // Accounts that exchange everything. Returns the number of the ring.
  std::size_t add_ring(std::vector<std::string> accounts);
  // Enters, corrects or deletes something somewhere.
  void change_something(Instant now);
  // The first thing that is not as it should be; nullopt: everything arrived once and nothing else did.
  [[nodiscard]] std::optional<std::string> difference() const;

 private:
  struct Weight {
    std::string id;
    std::string account;
    Instant at;
    int grams = 0;  // no two weights ever have the same: what arrived where is told by it
    std::vector<int> earlier_grams;
    bool deleted = false;
  };
  struct Ring {
    std::vector<std::string> accounts;
    std::vector<Weight> weights;
  };

  void store(const Weight& weight, Instant now);
  [[nodiscard]] static std::string history_of(const Ring& ring, int grams);
  [[nodiscard]] std::optional<std::string> difference_in(const Ring& ring, const std::string& account) const;

  Random random_;
  sandbox::Sandbox& sandbox_;
  Instant start_;
  std::vector<Ring> rings_;
  int last_grams_ = 60'000;
  int entered_ = 0;
};

}  // namespace syncwell::sim
