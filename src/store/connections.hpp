// Connections: a person's accounts at providers and folders of files. The item holds a random vault pointer; tokens,
// paths and the provider's user id are sealed in the vault (ARCH-10). `user` is everywhere a keyed digest of the user
// id.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

// `erasing`: the person has deleted it, and it is on its way out.
enum class ConnectionStatus { active, needs_reauth, erasing };
[[nodiscard]] std::string_view name_of(ConnectionStatus status) noexcept;

struct Connection {
  std::string id;  // "conn_" and a UUID
  std::string user;
  std::string provider;
  ConnectionStatus status = ConnectionStatus::active;
  std::string secret_pointer;
  Instant created{};
  std::uint64_t version = 0;
  // Keyed digest of the account at the provider, by which a webhook finds the connection; empty: the provider did not
  // say who it is, or there are files behind it.
  std::string account{};
  Instant authorized{};  // when the tokens that it has were agreed to; a withdrawal before that is an old story
};
inline constexpr std::string_view connections_by_account_index = "connections_by_account";

class Connections {
 public:
  explicit Connections(Table& table) : table_(table) {}
  [[nodiscard]] Async<Result<std::optional<Connection>>> get(std::string user, std::string id);
  // Those of them that exist, in no order.
  [[nodiscard]] Async<Result<std::vector<Connection>>> get_many(std::string user, std::vector<std::string> ids);
  [[nodiscard]] Async<Result<std::vector<Connection>>> list(std::string user);
  // Those to one account at a provider, of whatever users: several people may share it. `account` is not empty.
  [[nodiscard]] Async<Result<std::vector<Connection>>> with_account(std::string account);
  // already_exists where the id is taken.
  [[nodiscard]] Async<Result<void>> add(Connection connection);
  // version_conflict where it was changed since it was read.
  [[nodiscard]] Async<Result<void>> update(Connection connection);
  // Whatever others wrote into it meanwhile.
  [[nodiscard]] Async<Result<void>> erase(Connection connection);

 private:
  Table& table_;
};

}  // namespace syncwell::store
