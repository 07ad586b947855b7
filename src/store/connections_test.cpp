#include "store/connections.hpp"

#include <gmock/gmock.h>

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

using testing::UnorderedElementsAre;

class ConnectionsTest : public TableTest {
 protected:
  Connection connection(const std::string& id, const std::string& user = "user") {
    return {id, user, "strava", ConnectionStatus::active, "sec_1", runtime.now()};
  }
  std::optional<Connection> get(const std::string& id, const std::string& user = "user") {
    return runtime.run(connections.get(user, id)).value();
  }
  static std::vector<std::string> ids(const Result<std::vector<Connection>>& found) {
    std::vector<std::string> names;
    for (const auto& connection : found.value()) names.push_back(connection.id);
    return names;
  }

  Connections connections{table()};
};

TEST_F(ConnectionsTest, EveryMemberReadsBackInEveryStatus) {  // ARCH-10
  for (const auto status : {ConnectionStatus::active, ConnectionStatus::needs_reauth}) {
    Connection written = connection("conn_" + std::string(name_of(status)));
    written.status = status;
    ASSERT_TRUE(runtime.run(connections.add(written)));
    const Connection read = get(written.id).value();
    EXPECT_EQ(read.id, written.id);
    EXPECT_EQ(read.user, written.user);
    EXPECT_EQ(read.provider, written.provider);
    EXPECT_EQ(read.status, status);
    EXPECT_EQ(read.secret_pointer, written.secret_pointer);
    EXPECT_EQ(read.created, written.created);
    EXPECT_EQ(read.version, 1U);
  }
}

TEST_F(ConnectionsTest, AnIdIsGivenOnce) {
  ASSERT_TRUE(runtime.run(connections.add(connection("conn_1"))));
  Connection other = connection("conn_1");
  other.secret_pointer = "sec_2";
  EXPECT_EQ(code_of(runtime.run(connections.add(other))), ErrorCode::already_exists);
  EXPECT_EQ(get("conn_1")->secret_pointer, "sec_1");
}

TEST_F(ConnectionsTest, AReconnectAndARefusalDoNotOverwriteEachOther) {  // INT-4, PROV-3
  ASSERT_TRUE(runtime.run(connections.add(connection("conn_1"))));
  Connection refused = get("conn_1").value();
  Connection reconnected = refused;
  reconnected.secret_pointer = "sec_2";
  ASSERT_TRUE(runtime.run(connections.update(reconnected)));
  refused.status = ConnectionStatus::needs_reauth;
  EXPECT_EQ(code_of(runtime.run(connections.update(refused))), ErrorCode::version_conflict);
  EXPECT_EQ(get("conn_1")->status, ConnectionStatus::active);
  EXPECT_EQ(get("conn_1")->secret_pointer, "sec_2");
  EXPECT_EQ(code_of(runtime.run(connections.update(connection("conn_never")))), ErrorCode::version_conflict);
}

TEST_F(ConnectionsTest, EachUserSeesTheirOwn) {
  for (const auto* id : {"conn_1", "conn_2", "conn_3"}) ASSERT_TRUE(runtime.run(connections.add(connection(id))));
  ASSERT_TRUE(runtime.run(connections.add(connection("conn_4", "user2"))));
  put_raw({"user#user", "config#sync_1"}, {});  // shares the partition
  EXPECT_THAT(ids(runtime.run(connections.list("user"))), UnorderedElementsAre("conn_1", "conn_2", "conn_3"));
  EXPECT_THAT(ids(runtime.run(connections.get_many("user", {"conn_3", "conn_4", "conn_5", "conn_1"}))),
              UnorderedElementsAre("conn_1", "conn_3"));
  EXPECT_FALSE(get("conn_4"));
  EXPECT_TRUE(runtime.run(connections.list("use")).value().empty());
}

TEST_F(ConnectionsTest, AreFoundByTheirAccountWhateverTheUser) {  // TRIG-2
  const auto add = [this](const char* id, const char* user, const char* account) {
    Connection written = connection(id, user);
    written.account = account;
    ASSERT_TRUE(runtime.run(connections.add(written)));
  };
  add("conn_1", "user", "account_a");
  add("conn_2", "user", "account_a");
  add("conn_3", "user2", "account_a");
  add("conn_4", "user2", "account_b");
  add("conn_5", "user2", "");
  const auto found = runtime.run(connections.with_account("account_a"));
  EXPECT_THAT(ids(found), UnorderedElementsAre("conn_1", "conn_2", "conn_3"));
  for (const Connection& one : *found) EXPECT_EQ(one.user, one.id == "conn_3" ? "user2" : "user");
  EXPECT_TRUE(runtime.run(connections.with_account("account_c"))->empty());
  EXPECT_TRUE(runtime.run(connections.with_account("account"))->empty());
}

TEST_F(ConnectionsTest, AnUpdateKeepsOrMovesTheAccount) {  // TRIG-2
  Connection written = connection("conn_1");
  written.account = "account_a";
  written.authorized = Instant{std::chrono::seconds{1000}};
  ASSERT_TRUE(runtime.run(connections.add(written)));
  Connection marked = get("conn_1").value();
  marked.status = ConnectionStatus::needs_reauth;
  ASSERT_TRUE(runtime.run(connections.update(marked)));
  const auto found = runtime.run(connections.with_account("account_a"));
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().status, ConnectionStatus::needs_reauth);
  EXPECT_EQ(found->front().authorized, Instant{std::chrono::seconds{1000}});
  Connection moved = found->front();
  moved.account = "account_b";
  ASSERT_TRUE(runtime.run(connections.update(moved)));
  EXPECT_TRUE(runtime.run(connections.with_account("account_a"))->empty());
  EXPECT_EQ(runtime.run(connections.with_account("account_b"))->size(), 1U);
}

TEST_F(ConnectionsTest, ADamagedConnectionHasNoProviderAndNoSecret) {
  put_raw({"user#user", "connection#conn_1"}, {{"provider", 1}, {"status", 2}, {"secret", nullptr}});
  const Connection read = get("conn_1").value();
  EXPECT_EQ(read.provider, "");
  EXPECT_EQ(read.secret_pointer, "");
  EXPECT_EQ(read.created, Instant{});
}

}  // namespace
}  // namespace syncwell::store
