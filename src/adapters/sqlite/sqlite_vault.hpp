// The Vault port on SQLite. Secrets are sealed and opened on the caller's thread; queues, threads and the file see
// sealed bytes only. See vault/vault.hpp for the contract and secret_seal.hpp for the cryptography.
#pragma once

#include "adapters/sqlite/readers.hpp"
#include "adapters/sqlite/secret_seal.hpp"
#include "adapters/sqlite/writer.hpp"
#include "vault/vault.hpp"

namespace syncwell::sqlite {

class SqliteVault final : public vault::Vault {
 public:
  // The references outlive the vault.
  SqliteVault(MasterKey master_key, Writer& writer, Readers& readers);

  [[nodiscard]] Async<Result<std::string>> put(std::string secret) override;
  [[nodiscard]] Async<Result<std::vector<vault::Secret>>> get_many(std::vector<std::string> pointers) override;
  [[nodiscard]] Async<Result<std::uint64_t>> replace(std::string pointer, std::uint64_t version,
                                                     std::string secret) override;
  [[nodiscard]] Async<Result<void>> erase(std::string pointer) override;
  [[nodiscard]] std::string digest(std::string_view purpose, std::string_view text) const override;

 private:
  const SecretSeal seal_;
  Writer& writer_;
  Readers& readers_;
};

// At open: whether this is the key that the data folder was created with. The file keeps a digest of a fixed text
// under it; a new folder gets one. sealed_by_other_key.
[[nodiscard]] Result<void> check_master_key(Connection& connection, MasterKey master_key);

}  // namespace syncwell::sqlite
