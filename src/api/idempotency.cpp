#include "api/idempotency.hpp"

#include "api/problem.hpp"
#include "base/uuid.hpp"
#include "store/attributes.hpp"

namespace syncwell::api {
namespace {

store::Key key_of(const std::string& digest) { return {"request#" + digest, "answer"}; }

net::Response stored_answer(const store::Item& item) {
  return {static_cast<int>(store::number_attribute(item.attributes, "status")),
          {{"Content-Type", store::text_attribute(item.attributes, "content_type")}},
          store::text_attribute(item.attributes, "answer")};
}

}  // namespace

Result<std::string> idempotency_key(const net::Request& request) {
  const auto header = request.headers.get("Idempotency-Key");
  if (!header)
    return fail(ErrorCode::invalid_argument,
                "this call needs an Idempotency-Key header: a value that you draw anew for every new call");
  std::string_view key = *header;
  if (key.size() >= 2 && key.starts_with('"') && key.ends_with('"')) key = key.substr(1, key.size() - 2);
  if (key.empty() || key.size() > max_idempotency_key_bytes) {
    return fail(ErrorCode::invalid_argument, "Idempotency-Key must have 1 to 255 characters");
  }
  return std::string(key);
}

// As long as it lives, a claim with this digest counts as running.
class IdempotentCalls::Running {
 public:
  Running(std::shared_ptr<std::multiset<std::string>> running, const std::string& digest)
      : running_(std::move(running)), place_(running_->insert(digest)) {}
  ~Running() { running_->erase(place_); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::shared_ptr<std::multiset<std::string>> running_;
  std::multiset<std::string>::iterator place_;
};

bool IdempotentCalls::is_running(const store::Item& claim, const std::string& digest) const {
  const std::string instance = store::text_attribute(claim.attributes, "instance");
  if (leases_.is_dead(instance) || (instance == leases_.instance() && !running_->contains(digest))) return false;
  const auto began = store::instant_attribute(claim.attributes, "began").value_or(Instant{});
  return runtime_.now() - began < idempotency_running_time;
}

Async<net::Response> IdempotentCalls::run(std::string user, net::Request request, CarryOut carry_out) {
  auto key = idempotency_key(request);
  if (!key) co_return problem(key.error());
  const Claim claim{user,
                    vault_.digest("idempotency-key", user + "\n" + request.method + " " + request.url + "\n" + *key),
                    vault_.digest("request-body", request.body)};
  while (true) {
    auto answer = co_await try_run(claim, carry_out);
    if (answer) co_return std::move(*answer);
  }
}

Async<std::optional<net::Response>> IdempotentCalls::try_run(Claim claim, const CarryOut& carry_out) {
  auto existing = co_await table_.get(key_of(claim.digest));
  if (!existing) co_return problem(existing.error());
  store::Condition condition = store::Condition::absent();
  if (*existing) {
    const auto& attributes = (*existing)->attributes;
    if (store::text_attribute(attributes, "request") != claim.body_digest) {
      co_return problem(422, "idempotency_key_reused", "This Idempotency-Key was used with another request body.");
    }
    if (store::number_attribute(attributes, "status") != 0) co_return stored_answer(**existing);
    if (is_running(**existing, claim.digest)) {
      auto answer = problem(409, "request_in_progress", "A call with this Idempotency-Key is running.");
      answer.headers.set("Retry-After", "1");
      co_return answer;
    }
    condition = store::Condition::version_is((*existing)->version);
  }
  store::Item item{key_of(claim.digest)};
  item.attributes = {{"request", claim.body_digest}, {"instance", leases_.instance()}};
  store::set_instant(item.attributes, "began", runtime_.now());
  item.expires_at = runtime_.now() + idempotency_lifetime;
  item.indexes.push_back({std::string(store::items_by_user_index), claim.user, claim.digest});
  // Before the claim is written: from then on others may see it.
  const Running running(running_, claim.digest);
  auto claimed = co_await table_.put(item, condition);
  if (!claimed && claimed.error().code == ErrorCode::version_conflict) co_return std::nullopt;
  if (!claimed) co_return problem(claimed.error());
  co_return co_await run_claimed(std::move(item), *claimed, uuid_from_digest(claim.digest), carry_out);
}

Async<net::Response> IdempotentCalls::run_claimed(store::Item item, std::uint64_t version, std::string id,
                                                  const CarryOut& carry_out) {
  net::Response answer = co_await carry_out(std::move(id));
  if (answer.status >= 500) {
    // A claim that stays is known to be over, by this process: no reason to say anything else than what happened.
    (void)co_await table_.erase(item.key, store::Condition::version_is(version));
    co_return answer;
  }
  item.attributes["status"] = answer.status;
  item.attributes["content_type"] = answer.headers.get("Content-Type").value_or("");
  item.attributes["answer"] = answer.body;
  auto kept = co_await table_.put(std::move(item), store::Condition::version_is(version));
  if (!kept) co_return problem(kept.error());
  co_return answer;
}

}  // namespace syncwell::api
