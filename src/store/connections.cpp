#include "store/connections.hpp"

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr std::string_view sort_prefix = "connection#";

Key key_of(const std::string& user, const std::string& id) { return {"user#" + user, std::string(sort_prefix) + id}; }

ConnectionStatus parse_status(std::string_view name) {
  for (const auto status : {ConnectionStatus::needs_reauth, ConnectionStatus::erasing}) {
    if (name == name_of(status)) return status;
  }
  return ConnectionStatus::active;
}

Connection connection_of(const std::string& user, const Item& item) {
  Connection connection;
  connection.id = item.key.sort.substr(sort_prefix.size());
  connection.user = user;
  connection.provider = text_attribute(item.attributes, "provider");
  connection.status = parse_status(text_attribute(item.attributes, "status"));
  connection.secret_pointer = text_attribute(item.attributes, "secret");
  connection.created = instant_attribute(item.attributes, "created").value_or(Instant{});
  connection.version = item.version;
  connection.account = text_attribute(item.attributes, "account");
  connection.authorized = instant_attribute(item.attributes, "authorized").value_or(connection.created);
  return connection;
}

Item item_of(const Connection& connection) {
  Item item{key_of(connection.user, connection.id)};
  item.attributes = {
      {"provider", connection.provider}, {"status", name_of(connection.status)}, {"secret", connection.secret_pointer}};
  set_instant(item.attributes, "created", connection.created);
  set_instant(item.attributes, "authorized", connection.authorized);
  if (!connection.account.empty()) {
    item.attributes["account"] = connection.account;
    item.indexes.push_back(
        {std::string(connections_by_account_index), connection.account, connection.user + "#" + connection.id});
  }
  return item;
}

}  // namespace

std::string_view name_of(ConnectionStatus status) noexcept {
  switch (status) {
    case ConnectionStatus::needs_reauth:
      return "needs_reauth";
    case ConnectionStatus::erasing:
      return "erasing";
    case ConnectionStatus::active:
      break;
  }
  return "active";
}

Async<Result<std::optional<Connection>>> Connections::get(std::string user, std::string id) {
  auto item = co_await table_.get(key_of(user, id));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return connection_of(user, **item);
}

Async<Result<std::vector<Connection>>> Connections::get_many(std::string user, std::vector<std::string> ids) {
  std::vector<Key> keys;
  keys.reserve(ids.size());
  for (const auto& id : ids) keys.push_back(key_of(user, id));
  auto items = co_await table_.get_many(std::move(keys));
  if (!items) co_return fail(std::move(items.error()));
  std::vector<Connection> connections;
  connections.reserve(items->size());
  for (const Item& item : *items) connections.push_back(connection_of(user, item));
  co_return connections;
}

Async<Result<std::vector<Connection>>> Connections::list(std::string user) {
  std::vector<Connection> connections;
  std::optional<Key> after;
  do {
    auto page = co_await table_.query("user#" + user, std::string(sort_prefix), max_query_page, after);
    if (!page) co_return fail(std::move(page.error()));
    for (const Item& item : page->items) connections.push_back(connection_of(user, item));
    after = page->next;
  } while (after);
  co_return connections;
}

Async<Result<std::vector<Connection>>> Connections::with_account(std::string account) {
  constexpr std::string_view partition_prefix = "user#";
  std::vector<Connection> connections;
  std::optional<Key> after;
  do {
    auto page =
        co_await table_.query_index(std::string(connections_by_account_index), account, "", max_query_page, after);
    if (!page) co_return fail(std::move(page.error()));
    for (const Item& item : page->items)
      connections.push_back(connection_of(item.key.partition.substr(partition_prefix.size()), item));
    after = page->next;
  } while (after);
  co_return connections;
}

Async<Result<void>> Connections::add(Connection connection) {
  auto version = co_await table_.put(item_of(connection), Condition::absent());
  if (version) co_return Result<void>{};
  if (version.error().code == ErrorCode::version_conflict) {
    co_return fail(ErrorCode::already_exists, "a connection with this id exists already");
  }
  co_return fail(std::move(version.error()));
}

Async<Result<void>> Connections::update(Connection connection) {
  auto version = co_await table_.put(item_of(connection), Condition::version_is(connection.version));
  if (!version) co_return fail(std::move(version.error()));
  co_return Result<void>{};
}

Async<Result<void>> Connections::erase(Connection connection) {
  return table_.erase(key_of(connection.user, connection.id));
}

}  // namespace syncwell::store
