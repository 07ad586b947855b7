// INT-2: a state-changing call carries an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). The first call
// with a key is carried out and its answer kept for 24 hours; the same key and body give the same answer again; another
// body is 422; a call that is still running is 409. Keys are scoped by user and route and kept as digests only.
#pragma once

#include <functional>
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
  // References outlive the object.
  IdempotentCalls(store::Table& table, vault::Vault& vault, const store::Leases& leases, Runtime& runtime)
      : table_(table), vault_(vault), leases_(leases), runtime_(runtime) {}

  // `carry_out` gets an id that is the same for every repetition of this call. Answers of 500 and above are not kept.
  [[nodiscard]] Async<net::Response> run(std::string user, net::Request request,
                                         std::function<Async<net::Response>(std::string id)> carry_out);

 private:
  store::Table& table_;
  vault::Vault& vault_;
  const store::Leases& leases_;  // knows which processes are dead
  Runtime& runtime_;
};

}  // namespace syncwell::api
