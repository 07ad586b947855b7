#include "adapters/sqlite/sqlite_vault.hpp"

#include <fmt/format.h>
#include <sodium.h>

namespace syncwell::sqlite {

using vault::Secret;

namespace {

struct SealedSecret {
  std::string bytes;
  std::uint64_t version = 0;
};

std::unexpected<Error> no_secret() { return fail(ErrorCode::not_found, "there is no secret with this pointer"); }

Result<void> check_size(std::string& secret) {
  if (secret.size() <= vault::max_secret_bytes) return {};
  sodium_memzero(secret.data(), secret.size());
  return fail(ErrorCode::too_large, fmt::format("a secret holds at most {} bytes", vault::max_secret_bytes));
}

Result<void> insert_secret(Connection& connection, std::string_view pointer, std::string_view sealed) {
  Query query = connection.query("INSERT INTO secret(pointer, version, sealed) VALUES(?1, 1, ?2)");
  query.bind(pointer, sealed);
  return query.run();
}

Result<std::optional<SealedSecret>> read_secret(Connection& connection, std::string_view pointer) {
  Query query = connection.query("SELECT version, sealed FROM secret WHERE pointer=?1");
  query.bind(pointer);
  std::optional<SealedSecret> found;
  if (query.next()) found = SealedSecret{query.text(1), static_cast<std::uint64_t>(query.integer(0))};
  if (query.error()) return fail(*query.error());
  return found;
}

Result<std::uint64_t> replace_secret(Connection& connection, std::string_view pointer, std::uint64_t version,
                                     std::string_view sealed) {
  Query query = connection.query("UPDATE secret SET version=?2+1, sealed=?3 WHERE pointer=?1 AND version=?2");
  query.bind(pointer, version, sealed);
  if (auto done = query.run(); !done) return fail(std::move(done.error()));
  if (connection.changes() > 0) return version + 1;
  auto present = read_secret(connection, pointer);
  if (!present) return fail(std::move(present.error()));
  if (!*present) return no_secret();
  return fail(ErrorCode::version_conflict, "the secret was replaced meanwhile; read it again");
}

}  // namespace

SqliteVault::SqliteVault(MasterKey master_key, Writer& writer, Readers& readers)
    : seal_(master_key), writer_(writer), readers_(readers) {}

Async<Result<std::string>> SqliteVault::put(std::string secret) {
  if (auto checked = check_size(secret); !checked) co_return fail(std::move(checked.error()));
  std::string pointer = random_pointer();
  std::string sealed = seal_.seal(pointer, 1, secret);
  sodium_memzero(secret.data(), secret.size());
  const std::size_t bytes = sealed.size();
  auto put = co_await writer_.write<void>(
      [pointer, sealed = std::move(sealed)](WriteContext& context) {
        return insert_secret(context.connection, pointer, sealed);
      },
      bytes);
  if (!put) co_return fail(std::move(put.error()));
  co_return pointer;
}

Async<Result<std::vector<Secret>>> SqliteVault::get_many(std::vector<std::string> pointers) {
  auto sealed = co_await readers_.read<std::vector<SealedSecret>>(
      [pointers](Connection& connection) -> Result<std::vector<SealedSecret>> {
        std::vector<SealedSecret> found;
        for (const auto& pointer : pointers) {
          auto secret = read_secret(connection, pointer);
          if (!secret) return fail(std::move(secret.error()));
          if (!*secret) return no_secret();
          found.push_back(std::move(**secret));
        }
        return found;
      });
  if (!sealed) co_return fail(std::move(sealed.error()));
  std::vector<Secret> secrets;
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    auto opened = seal_.open(pointers[i], (*sealed)[i].version, (*sealed)[i].bytes);
    if (!opened) {
      co_return fail(ErrorCode::sealed_by_other_key,
                     "the vault key does not open this secret, or its stored bytes were changed; start with the key "
                     "that this data folder was created with, or connect the account again");
    }
    secrets.push_back({std::move(*opened), (*sealed)[i].version});
  }
  co_return secrets;
}

Async<Result<std::uint64_t>> SqliteVault::replace(std::string pointer, std::uint64_t version, std::string secret) {
  if (auto checked = check_size(secret); !checked) co_return fail(std::move(checked.error()));
  std::string sealed = seal_.seal(pointer, version + 1, secret);
  sodium_memzero(secret.data(), secret.size());
  const std::size_t bytes = sealed.size();
  co_return co_await writer_.write<std::uint64_t>(
      [pointer = std::move(pointer), version, sealed = std::move(sealed)](WriteContext& context) {
        return replace_secret(context.connection, pointer, version, sealed);
      },
      bytes);
}

Async<Result<void>> SqliteVault::erase(std::string pointer) {
  co_return co_await writer_.write<void>([pointer = std::move(pointer)](WriteContext& context) {
    Query query = context.connection.query("DELETE FROM secret WHERE pointer=?1");
    query.bind(pointer);
    return query.run();
  });
}

std::string SqliteVault::digest(std::string_view purpose, std::string_view text) const {
  return seal_.digest(purpose, text);
}

Result<void> check_master_key(Connection& connection, MasterKey master_key) {
  const std::string name = "vault_key_check";
  const std::string expected = SecretSeal(master_key).digest("syncwell vault key check", "");
  Query insert = connection.query("INSERT INTO setting(name, value) VALUES(?1, ?2) ON CONFLICT DO NOTHING");
  insert.bind(name, expected);
  if (auto done = insert.run(); !done) return done;
  Query query = connection.query("SELECT value FROM setting WHERE name=?1");
  query.bind(name);
  const bool same = query.next() && query.bytes(0) == expected;
  if (query.error()) return fail(*query.error());
  if (same) return {};
  return fail(ErrorCode::sealed_by_other_key,
              "the vault key is not the one that this data folder was created with; start with that key");
}

}  // namespace syncwell::sqlite
