// The Vault port (ARCH-10): secrets sealed with authenticated encryption; the state store holds only a random pointer.
// Every adapter passes tests/conformance/vault_conformance.hpp. Threads, durability, cancellation: store/table.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.hpp"

namespace syncwell::vault {

inline constexpr std::size_t max_secret_bytes = 64 * 1024;

struct Secret {
  std::string value;          // wiped by its holder after use as far as possible
  std::uint64_t version = 0;  // rises by one with every replace
};

class Vault {
 public:
  virtual ~Vault() = default;
  // Seals a new secret; returns its pointer ("sec_" and 32 random hex digits, says nothing about the content).
  // too_large past max_secret_bytes.
  [[nodiscard]] virtual Async<Result<std::string>> put(std::string secret) = 0;
  // All of them, in this order, or an error: not_found; sealed_by_other_key when the key does not open one or its
  // stored bytes were changed.
  [[nodiscard]] virtual Async<Result<std::vector<Secret>>> get_many(std::vector<std::string> pointers) = 0;
  [[nodiscard]] Async<Result<Secret>> get(std::string pointer) {
    std::vector<std::string> one{std::move(pointer)};
    auto secrets = co_await get_many(std::move(one));
    if (!secrets) co_return fail(std::move(secrets.error()));
    co_return std::move(secrets->front());
  }
  // Replaces the value if its version is still `version`; returns the new version. version_conflict, not_found,
  // too_large.
  [[nodiscard]] virtual Async<Result<std::uint64_t>> replace(std::string pointer, std::uint64_t version,
                                                             std::string secret) = 0;
  // Success also when it is not there.
  [[nodiscard]] virtual Async<Result<void>> erase(std::string pointer) = 0;
  // Keyed digest (BLAKE2b, 128 bit, lower-case base32 without padding: 26 characters of a–z2–7) under a key of this
  // instance that never leaves the vault. `purpose` separates uses: equal texts give unrelated digests under
  // different purposes. For ids that must be found again but not read (DEC-8, user ids).
  [[nodiscard]] virtual std::string digest(std::string_view purpose, std::string_view text) const = 0;
};

}  // namespace syncwell::vault
