#include "sim/simulated_network.hpp"

#include <algorithm>
#include <array>

namespace syncwell::sim {
namespace {

constexpr Duration usual_latency{200};  // at most
constexpr Duration slow_latency = std::chrono::minutes{3};
// As they come: seconds, a date, nothing, and what no parser should believe.
constexpr std::array<const char*, 6> waits = {"3", "120", "Thu, 01 Jan 1970 00:00:00 GMT", "", "-5", "soon"};

std::unexpected<Error> reset() { return fail(ErrorCode::connection_failed, "the connection was reset"); }

}  // namespace

bool SimulatedNetwork::happens(Fault fault, double chance) {
  if (chance <= 0 || random_.unit() >= chance) return false;
  counts_.add(fault);
  return true;
}

net::Response SimulatedNetwork::refusal(Fault fault) {
  if (fault == Fault::rate_limited) {
    net::Response answer{429, {}, "{}"};
    const std::string wait = waits[random_.below(waits.size())];
    if (!wait.empty()) answer.headers.set("Retry-After", wait);
    return answer;
  }
  constexpr std::array statuses = {500, 502, 503, 504};
  return {statuses[random_.below(statuses.size())], {}, "<html>bad gateway</html>"};
}

Async<Result<net::Response>> SimulatedNetwork::send(net::Request request, Deadline deadline) {
  if (runtime_ == nullptr) co_return reset();
  ++calls_;
  Runtime& runtime = *runtime_;
  Duration latency{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(usual_latency.count())))};
  if (happens(Fault::slow_answer, faults_.slow_answer))
    latency = Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(slow_latency.count())))};
  const bool lost = happens(Fault::reset_before_commit, faults_.reset_before_commit);
  std::optional<net::Response> response;
  if (!lost && happens(Fault::server_error, faults_.server_error)) response = refusal(Fault::server_error);
  if (!lost && !response && happens(Fault::rate_limited, faults_.rate_limited)) response = refusal(Fault::rate_limited);

  // Half of the way before the other side acts, half of it after.
  auto slept = co_await runtime.sleep_for(std::min(latency / 2, deadline.remaining(runtime)));
  if (!slept) co_return fail(std::move(slept.error()));
  if (lost || runtime_ != &runtime) co_return reset();
  if (!response) response = sandbox_.handle(request, runtime.now());
  slept = co_await runtime.sleep_for(std::min(latency / 2, deadline.remaining(runtime)));
  if (!slept) co_return fail(std::move(slept.error()));
  if (runtime_ != &runtime) co_return reset();
  if (deadline.remaining(runtime) == Duration{0}) co_return fail(ErrorCode::timeout, "no answer in time");
  if (happens(Fault::reset_after_commit, faults_.reset_after_commit)) co_return reset();
  if (!response->body.empty() && happens(Fault::truncated_answer, faults_.truncated_answer))
    response->body.resize(random_.below(response->body.size()));
  co_return std::move(*response);
}

}  // namespace syncwell::sim
