#include "sim/simulated_network.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace syncwell::sim {
namespace {

namespace json = boost::json;

constexpr Duration usual_latency{200};  // at most
constexpr Duration slow_latency = std::chrono::minutes{3};
constexpr Duration limiter_memory = std::chrono::minutes{2};  // a new process does not know what the last one used
constexpr std::string_view endless = "endless-";
// As they come: seconds, a date, nothing, and what no parser should believe.
constexpr std::array<const char*, 6> waits = {"3", "120", "Thu, 01 Jan 1970 00:00:00 GMT", "", "-5", "soon"};

std::unexpected<Error> reset() { return fail(ErrorCode::connection_failed, "the connection was reset"); }

std::string refresh_token_of(const net::Request& request) {
  if (!request.body.contains("grant_type=refresh_token")) return {};
  for (const auto& [name, value] : net::decode_form(request.body)) {
    if (name == "refresh_token") return value;
  }
  return {};
}

// Another release of the provider calls a field otherwise. Its page tokens stay: a list that ends too early cannot be
// told from one that is complete.
void rename_a_field(std::string& body, Random& random) {
  std::vector<std::size_t> ends;  // of field names
  for (auto at = body.find("\":"); at != std::string::npos; at = body.find("\":", at + 1)) {
    if (!std::string_view(body).substr(0, at).ends_with("nextPageToken")) ends.push_back(at);
  }
  if (!ends.empty()) body.insert(ends[random.below(ends.size())], "V2");
}

}  // namespace

class SimulatedNetwork::Flight {
 public:
  Flight(SimulatedNetwork& network, std::string refresh_token)
      : network_(network), generation_(network.generation_), refresh_token_(std::move(refresh_token)) {
    ++network_.in_flight_;
    if (network_.in_flight_ > network_.most_calls_)
      network_.journal_.violated("", fmt::format("{} calls at once", network_.in_flight_));
    if (refresh_token_.empty()) return;
    if (network_.refreshing_.contains(refresh_token_))
      network_.journal_.violated("", "a token is refreshed twice at the same time");
    network_.refreshing_.insert(refresh_token_);
  }
  ~Flight() {
    if (generation_ != network_.generation_) return;
    --network_.in_flight_;
    const auto found = network_.refreshing_.find(refresh_token_);
    if (found != network_.refreshing_.end()) network_.refreshing_.erase(found);
  }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

 private:
  SimulatedNetwork& network_;
  std::uint64_t generation_;
  std::string refresh_token_;
};

void SimulatedNetwork::connect(VirtualRuntime* runtime, std::size_t most_calls) {
  runtime_ = runtime;
  most_calls_ = most_calls;
  if (runtime != nullptr) connected_ = runtime->steady_now();
  ++generation_;
  in_flight_ = 0;
  refreshing_.clear();
  not_before_.clear();
}

void SimulatedNetwork::time_was_disturbed() {
  refreshing_.clear();
  not_before_.clear();
  if (runtime_ != nullptr) connected_ = runtime_->steady_now();
}

bool SimulatedNetwork::happens(Fault fault, std::uint64_t call) {
  bool yes = strike_ && strike_->fault == fault && strike_->at == call;
  if (const auto chance = faults_.find(fault); chance != faults_.end())
    yes = (chance->second > 0 && random_.unit() < chance->second) || yes;
  if (yes) counts_.add(fault);
  return yes;
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

std::string SimulatedNetwork::account_of(const net::Request& request) const {
  constexpr std::string_view scheme = "Bearer ";
  const auto header = request.headers.get("Authorization").value_or("");
  if (!header.starts_with(scheme)) return {};
  const auto bearer = sandbox_.google_health().oauth().bearer(header.substr(scheme.size()), runtime_->now());
  return bearer ? bearer->account : std::string{};
}

void SimulatedNetwork::check_call(const net::Request& request, const std::string& account) {
  const auto wait = not_before_.find(account);
  if (wait != not_before_.end() && runtime_->steady_now() < wait->second)
    journal_.violated(account, "called before Retry-After was over: " + request.method);
}

net::Response SimulatedNetwork::answer(const net::Request& request, const std::string& account) {
  net::Response response = sandbox_.handle(request, runtime_->now());
  if (response.status == 429 && runtime_->steady_now() - connected_ > limiter_memory)
    journal_.violated(account, "more calls than the provider allows");
  return response;
}

// The next call has to wait for what this answer says, once it has arrived.
void SimulatedNetwork::heed(const net::Response& response, const std::string& account) {
  if (response.status != 429 || account.empty()) return;
  const auto text = response.headers.get("Retry-After").value_or("");
  if (text == "3" || text == "120")
    not_before_[account] = runtime_->steady_now() + std::chrono::seconds{text == "3" ? 3 : 120};
}

void SimulatedNetwork::garble(net::Response& response, const net::Request& request, std::uint64_t call) {
  std::string& body = response.body;
  if (body.empty()) return;
  const bool is_page = request.method == "GET" && request.url.contains("dataPoints") && response.status == 200;
  if (is_page && happens(Fault::endless_pages, call)) {
    auto page = json::parse(body).as_object();
    page["nextPageToken"] = fmt::format("{}{}", endless, ++endless_tokens_);
    body = json::serialize(page);
  }
  if (happens(Fault::drifted_answer, call)) rename_a_field(body, random_);
  if (happens(Fault::invalid_unicode, call)) body.insert(random_.below(body.size()), "\xff");
  if (happens(Fault::truncated_answer, call)) body.resize(random_.below(body.size()));
}

Async<Result<net::Response>> SimulatedNetwork::send(net::Request request, Deadline deadline) {
  if (runtime_ == nullptr) co_return reset();
  const std::uint64_t call = calls_++;
  VirtualRuntime& runtime = *runtime_;
  const std::string account = account_of(request);
  const Flight flight(*this, refresh_token_of(request));
  check_call(request, account);
  const std::string what = request.method + " " + request.url.substr(0, request.url.find('?'));
  auto response = co_await carry(std::move(request), deadline, runtime, account, call);
  if (runtime_ != &runtime) co_return reset();
  if (response) heed(*response, account);
  journal_.note(account, "{} {} → {}", account, what,
                response ? std::to_string(response->status) : std::string(name_of(response.error().code)));
  co_return response;
}

Async<Result<net::Response>> SimulatedNetwork::carry(net::Request request, Deadline deadline, VirtualRuntime& runtime,
                                                     std::string account, std::uint64_t call) {
  Duration latency{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(usual_latency.count())))};
  if (happens(Fault::slow_answer, call))
    latency = Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(slow_latency.count())))};
  const bool lost = happens(Fault::reset_before_commit, call);
  const bool lost_after = happens(Fault::reset_after_commit, call);
  const bool too_large = happens(Fault::oversized_answer, call);
  std::optional<net::Response> response;
  if (!lost && happens(Fault::server_error, call)) response = refusal(Fault::server_error);
  if (!lost && !response && happens(Fault::rate_limited, call)) response = refusal(Fault::rate_limited);

  // Half of the way before the other side acts, half of it after.
  auto slept = co_await runtime.sleep_for(std::min(latency / 2, deadline.remaining(runtime)));
  if (!slept) co_return fail(std::move(slept.error()));
  if (lost || runtime_ != &runtime) co_return reset();
  if (!response) {
    // An endless list: the same page again under another token.
    if (const auto token = request.url.find("&pageToken=" + std::string(endless)); token != std::string::npos)
      request.url.resize(token);
    response = answer(request, account);
    garble(*response, request, call);
  }
  slept = co_await runtime.sleep_for(std::min(latency / 2, deadline.remaining(runtime)));
  if (!slept) co_return fail(std::move(slept.error()));
  if (runtime_ != &runtime || lost_after) co_return reset();
  if (deadline.remaining(runtime) == Duration{0}) co_return fail(ErrorCode::timeout, "no answer in time");
  if (too_large) co_return fail(ErrorCode::too_large, "the answer is larger than an answer may be");
  co_return std::move(*response);
}

}  // namespace syncwell::sim
