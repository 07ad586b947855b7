// INT-2: a state-changing call carries an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). The first call
// with a key is carried out and its answer kept for 24 hours; the same key and body give the same answer again; another
// body is 422; a call that is still running is 409. Keys are scoped by user and route and kept as digests only.
//
// A call first writes a claim. One that cannot take its claim back or keep its answer (a full disk) leaves it behind; a
// process knows which calls it is running, and carries the repetition of one that has ended out at once. A claim of
// another process counts as running until that process is known to be dead or `idempotency_running_time` is over.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/runtime.hpp"
#include "net/http.hpp"
#include "store/leases.hpp"
#include "store/table.hpp"
#include "vault/vault.hpp"

namespace syncwell::api {

inline constexpr std::size_t max_idempotency_key_bytes = 255;
inline constexpr Duration idempotency_lifetime = std::chrono::hours{24};
inline constexpr Duration idempotency_running_time =
    std::chrono::seconds{60};  // after this a running call counts as dead

// The key of a request: a structured-field string ("…") or bare. invalid_argument: missing, empty or too long.
[[nodiscard]] Result<std::string> idempotency_key(const net::Request& request);

class IdempotentCalls {
 public:
  using CarryOut = std::function<Async<net::Response>(std::string id)>;

  // References outlive the object. The only one that makes claims for the instance of `leases`; one thread.
  IdempotentCalls(store::Table& table, vault::Vault& vault, const store::Leases& leases, Runtime& runtime)
      : table_(table), vault_(vault), leases_(leases), runtime_(runtime) {}

  // `carry_out` gets an id that is the same for every repetition of this call. Answers of 500 and above are not kept.
  // An answer that cannot be kept is not given either, but the problem that the store has: repeating is safe.
  [[nodiscard]] Async<net::Response> run(std::string user, net::Request request, CarryOut carry_out);

 private:
  class Running;
  struct Claim {
    std::string user;
    std::string digest;  // of the key and what it is scoped by
    std::string body_digest;
  };

  // Nothing: somebody else was faster by a moment; what became of it is in the store.
  [[nodiscard]] Async<std::optional<net::Response>> try_run(Claim claim, const CarryOut& carry_out);
  [[nodiscard]] Async<net::Response> run_claimed(store::Item item, std::uint64_t version, std::string id,
                                                 const CarryOut& carry_out);
  [[nodiscard]] bool is_running(const store::Item& claim, const std::string& digest) const;

  store::Table& table_;
  vault::Vault& vault_;
  const store::Leases& leases_;  // knows which processes are dead
  Runtime& runtime_;
  // Digests of the calls that this process is carrying out. Shared with them: an io_context that ends takes them along
  // later than this object.
  std::shared_ptr<std::multiset<std::string>> running_ = std::make_shared<std::multiset<std::string>>();
};

}  // namespace syncwell::api
