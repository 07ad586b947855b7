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

Async<net::Response> IdempotentCalls::run(std::string user, net::Request request,
                                          std::function<Async<net::Response>(std::string id)> carry_out) {
  auto key = idempotency_key(request);
  if (!key) co_return problem(key.error());
  const std::string digest =
      vault_.digest("idempotency-key", user + "\n" + request.method + " " + request.url + "\n" + *key);
  const std::string body_digest = vault_.digest("request-body", request.body);
  auto existing = co_await table_.get(key_of(digest));
  if (!existing) co_return problem(existing.error());
  store::Condition condition = store::Condition::absent();
  if (*existing) {
    const auto& attributes = (*existing)->attributes;
    if (store::text_attribute(attributes, "request") != body_digest) {
      co_return problem(422, "idempotency_key_reused", "This Idempotency-Key was used with another request body.");
    }
    if (store::number_attribute(attributes, "status") != 0) co_return stored_answer(**existing);
    const auto began = store::instant_attribute(attributes, "began").value_or(Instant{});
    const bool dead = leases_.is_dead(store::text_attribute(attributes, "instance"));
    if (!dead && runtime_.now() - began < idempotency_running_time) {
      auto answer = problem(409, "request_in_progress", "A call with this Idempotency-Key is running.");
      answer.headers.set("Retry-After", "1");
      co_return answer;
    }
    condition = store::Condition::version_is((*existing)->version);
  }
  store::Item item{key_of(digest)};
  item.attributes = {{"request", body_digest}, {"instance", leases_.instance()}};
  store::set_instant(item.attributes, "began", runtime_.now());
  item.expires_at = runtime_.now() + idempotency_lifetime;
  auto claimed = co_await table_.put(item, condition);
  if (!claimed && claimed.error().code == ErrorCode::version_conflict) {
    co_return problem(409, "request_in_progress", "A call with this Idempotency-Key is running.");
  }
  if (!claimed) co_return problem(claimed.error());

  net::Response answer = co_await carry_out(uuid_from_digest(digest));
  if (answer.status >= 500) {
    auto erased = co_await table_.erase(key_of(digest), store::Condition::version_is(*claimed));
    if (!erased) co_return problem(erased.error());
    co_return answer;
  }
  item.attributes["status"] = answer.status;
  item.attributes["content_type"] = answer.headers.get("Content-Type").value_or("");
  item.attributes["answer"] = answer.body;
  auto kept = co_await table_.put(std::move(item), store::Condition::version_is(*claimed));
  if (!kept) co_return problem(kept.error());
  co_return answer;
}

}  // namespace syncwell::api
