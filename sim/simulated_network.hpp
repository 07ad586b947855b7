// The network between a simulated process and the sandbox's imposters: calls them directly, in simulated time, and
// loses, delays or garbles what its seed says. It also watches the calls: none before Retry-After, none beyond the
// provider's limits, one refresh of a token at a time, and no more at once than there can be jobs. One network serves
// the process's next lives too.
#pragma once

#include <map>
#include <set>

#include "base/random.hpp"
#include "base/virtual_runtime.hpp"
#include "net/http_client.hpp"
#include "sandbox/sandbox.hpp"
#include "sim/fault_counts.hpp"
#include "sim/journal.hpp"

namespace syncwell::sim {

inline constexpr std::string_view sandbox_origin = "http://sandbox.invalid";

// Chances of one call, by fault.
using NetworkFaults = std::map<Fault, double>;
// Those of them that there are.
inline constexpr std::array network_faults = {
    Fault::reset_before_commit, Fault::reset_after_commit, Fault::server_error,    Fault::rate_limited,
    Fault::truncated_answer,    Fault::drifted_answer,     Fault::invalid_unicode, Fault::oversized_answer,
    Fault::endless_pages,       Fault::slow_answer,
};

class SimulatedNetwork final : public net::HttpClient {
 public:
  SimulatedNetwork(std::uint64_t seed, sandbox::Sandbox& sandbox, FaultCounts& counts, Journal& journal)
      : random_(seed), sandbox_(sandbox), counts_(counts), journal_(journal) {}

  // The process that calls from now on, and how many calls it can make at once. Calls of an earlier one have no effect
  // any more.
  void connect(VirtualRuntime* runtime, std::size_t most_calls);
  void set(NetworkFaults faults) { faults_ = std::move(faults); }
  // One fault of this kind at the call after `calls` more.
  void strike(Fault fault, std::uint64_t calls) { strike_ = {fault, calls_ + calls}; }
  // The wall clock jumped or everything stood still: what was promised about times does not hold.
  void time_was_disturbed();
  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline deadline) override;
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

 private:
  struct Strike {
    Fault fault;
    std::uint64_t at;
  };
  // A call on its way, counted while it lives.
  class Flight;
  [[nodiscard]] bool happens(Fault fault, std::uint64_t call);
  [[nodiscard]] Async<Result<net::Response>> carry(net::Request request, Deadline deadline, VirtualRuntime& runtime,
                                                   std::string account, std::uint64_t call);
  [[nodiscard]] net::Response refusal(Fault fault);
  [[nodiscard]] net::Response answer(const net::Request& request, const std::string& account);
  void garble(net::Response& response, const net::Request& request, std::uint64_t call);
  void check_call(const net::Request& request, const std::string& account);
  void heed(const net::Response& response, const std::string& account);
  [[nodiscard]] std::string account_of(const net::Request& request) const;

  Random random_;
  sandbox::Sandbox& sandbox_;
  FaultCounts& counts_;
  Journal& journal_;
  NetworkFaults faults_{};
  std::optional<Strike> strike_;
  VirtualRuntime* runtime_ = nullptr;
  Steady connected_{};
  std::size_t most_calls_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t endless_tokens_ = 0;
  std::multiset<std::string> refreshing_;  // refresh tokens on their way
  std::size_t in_flight_ = 0;
  std::uint64_t generation_ = 0;              // of the process that calls
  std::map<std::string, Steady> not_before_;  // account → Retry-After
};

}  // namespace syncwell::sim
