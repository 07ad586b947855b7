// The network between a simulated process and the sandbox's imposters: calls them directly, in simulated time, and
// loses, delays or garbles what its seed says. One network serves the process's next lives too.
#pragma once

#include "base/random.hpp"
#include "net/http_client.hpp"
#include "sandbox/sandbox.hpp"
#include "sim/fault_counts.hpp"

namespace syncwell::sim {

inline constexpr std::string_view sandbox_origin = "http://sandbox.invalid";

// Chances of one call.
struct NetworkFaults {
  double reset_before_commit = 0;
  double reset_after_commit = 0;
  double server_error = 0;
  double rate_limited = 0;
  double truncated_answer = 0;
  double slow_answer = 0;
};

class SimulatedNetwork final : public net::HttpClient {
 public:
  SimulatedNetwork(std::uint64_t seed, sandbox::Sandbox& sandbox, FaultCounts& counts)
      : random_(seed), sandbox_(sandbox), counts_(counts) {}

  // The process that calls from now on. Calls of an earlier one have no effect any more.
  void connect(Runtime* runtime) { runtime_ = runtime; }
  void set(NetworkFaults faults) { faults_ = faults; }
  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline deadline) override;
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

 private:
  [[nodiscard]] bool happens(Fault fault, double chance);
  [[nodiscard]] net::Response refusal(Fault fault);

  Random random_;
  sandbox::Sandbox& sandbox_;
  FaultCounts& counts_;
  NetworkFaults faults_{};
  Runtime* runtime_ = nullptr;
  std::uint64_t calls_ = 0;
};

}  // namespace syncwell::sim
