// Connecting accounts and files: whose state it is, how often it can be used, and which paths can be reached.
#include "engine/connector.hpp"

#include <gmock/gmock.h>
#include <boost/json/serialize.hpp>

#include <fstream>

#include "providers/webhooks.hpp"
#include "store/test_table.hpp"

namespace syncwell::engine {
namespace {

using namespace std::chrono_literals;
using store::code_of;
using testing::HasSubstr;

class CodeOAuth final : public providers::OAuth {
 public:
  [[nodiscard]] std::string authorization_url(const std::string& redirect_uri, const std::string& state,
                                              const std::string& challenge) const override {
    return "https://provider.example/authorize?to=" + redirect_uri + "&state=" + state + "&challenge=" + challenge;
  }
  [[nodiscard]] Async<Result<providers::Tokens>> exchange(providers::CallContext context, std::string code,
                                                          std::string verifier, std::string redirect_uri) override {
    ++exchanges;
    last_redirect_uri = redirect_uri;
    if (code != "good" || verifier != "verifier") co_return fail(ErrorCode::unauthenticated, "invalid_grant");
    co_return providers::Tokens{"access " + std::to_string(exchanges), "refresh", context.runtime.now() + 1h, "",
                                account};
  }
  [[nodiscard]] Async<Result<providers::Tokens>> refresh(providers::CallContext, providers::Tokens) override {
    co_return fail(ErrorCode::internal, "these tests refresh nothing");
  }
  [[nodiscard]] Async<Result<void>> revoke(providers::CallContext, providers::Tokens) override {
    co_return Result<void>{};
  }

  int exchanges = 0;
  std::string account = "account";  // who signs in
  std::string last_redirect_uri;
};

class AccountWebhooks final : public providers::Webhooks {
 public:
  [[nodiscard]] std::string missing_setting() const override { return ""; }
  [[nodiscard]] Result<providers::Receipt> receive(const net::Request&, Instant) const override {
    return fail(ErrorCode::internal, "these tests receive nothing");
  }
  [[nodiscard]] Async<Result<std::vector<providers::Subscription>>> list(providers::CallContext) override {
    co_return std::vector<providers::Subscription>{};
  }
  [[nodiscard]] Async<Result<providers::Subscription>> subscribe(providers::CallContext, std::string) override {
    co_return providers::Subscription{};
  }
  [[nodiscard]] Async<Result<void>> unsubscribe(providers::CallContext, std::string) override {
    co_return Result<void>{};
  }
  [[nodiscard]] Async<Result<void>> subscribe_account(providers::CallContext, std::string provider_user_id) override {
    subscribed.push_back(std::move(provider_user_id));
    if (refuses) co_return fail(ErrorCode::provider_failed, "HTTP 503");
    co_return Result<void>{};
  }

  std::vector<std::string> subscribed;
  bool refuses = false;
};

class AccountProvider final : public providers::DataProvider {
 public:
  AccountProvider(std::string key, providers::OAuth* oauth, providers::Webhooks* webhooks = nullptr)
      : oauth_(oauth), webhooks_(webhooks) {
    capabilities_.key = capabilities_.display_name = std::move(key);
    capabilities_.kind = oauth == nullptr ? providers::ProviderKind::file : providers::ProviderKind::cloud;
  }
  [[nodiscard]] const providers::Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<providers::RecordStream>> fetch(providers::CallContext, providers::Account,
                                                                       providers::FetchRequest) override {
    return fail(ErrorCode::unsupported, "these tests fetch nothing");
  }
  [[nodiscard]] Async<providers::PushResult> push(providers::CallContext, providers::Account, model::DataType,
                                                  std::span<const providers::WriteOp>) override {
    co_return providers::PushResult{};
  }
  [[nodiscard]] providers::OAuth* oauth() override { return oauth_; }
  [[nodiscard]] providers::Webhooks* webhooks() override { return webhooks_; }

 private:
  providers::Capabilities capabilities_;
  providers::OAuth* oauth_;
  providers::Webhooks* webhooks_;
};

class NoHttp final : public net::HttpClient {
 public:
  [[nodiscard]] Async<Result<net::Response>> send(net::Request, Deadline) override {
    co_return fail(ErrorCode::connection_failed, "the providers of these tests make no calls");
  }
};

const std::string challenge(43, 'c');

class ConnectorTest : public store::TableTest {
 protected:
  ConnectorTest() {
    providers_.add(std::make_unique<AccountProvider>("cloud", &oauth, &webhooks));
    providers_.add(std::make_unique<AccountProvider>("cloud2", &oauth));
    providers_.add(std::make_unique<AccountProvider>("files", nullptr));
    std::filesystem::create_directories(root / "health");
    std::filesystem::create_directories(outside.path() / "secret");
    std::filesystem::create_directories(root.string() + "-evil");
    std::filesystem::create_directory_symlink(outside.path(), root / "link");
    connector.emplace(roots_at({root}));
  }

  Connector roots_at(std::vector<std::filesystem::path> roots) {
    return {table(), storage->vault(), providers_, http, limiter, breakers, runtime, std::move(roots)};
  }
  Result<AuthorizationStart> start(const std::string& provider = "cloud", const std::string& with = challenge) {
    return runtime.run(connector->start("user", provider, "https://app.example/back", with));
  }
  Result<store::Connection> finish(const std::string& state, const std::string& code = "good",
                                   const std::string& provider = "cloud", const std::string& user = "user",
                                   const std::string& id = "conn_1") {
    return runtime.run(connector->finish(user, id, {provider, code, "verifier", state}));
  }
  Result<store::Connection> connect_files(const std::filesystem::path& path, const std::string& id = "conn_files") {
    return runtime.run(connector->connect_files("user", id, "files", path.string()));
  }
  AccountSecret secret_of(const store::Connection& connection) {
    return account_secret_from_json(runtime.run(storage->vault().get(connection.secret_pointer)).value().value).value();
  }
  std::size_t connections() { return runtime.run(store::Connections(table()).list("user")).value().size(); }
  void mark_needs_reauth() {
    store::Connection connection = runtime.run(store::Connections(table()).get("user", "conn_1")).value().value();
    connection.status = store::ConnectionStatus::needs_reauth;
    ASSERT_TRUE(runtime.run(store::Connections(table()).update(connection)));
  }

  sqlite::TemporaryFolder inside;
  sqlite::TemporaryFolder outside;
  std::filesystem::path root = std::filesystem::canonical(inside.path()) / "root";
  CodeOAuth oauth;
  AccountWebhooks webhooks;
  NoHttp http;
  InProcessRateLimiter limiter{[this] { return runtime.now(); }, [this] { return runtime.steady_now(); }};
  Breakers breakers{{}};
  std::optional<Connector> connector;

 private:
  providers::Registry providers_;
};

TEST_F(ConnectorTest, TheFlowEndsWithTokensInTheVaultAlone) {  // PROV-2, ARCH-10
  const auto started = start().value();
  EXPECT_THAT(started.url, HasSubstr("state=" + started.state + "&challenge=" + challenge));
  const store::Connection connection = finish(started.state).value();
  EXPECT_EQ(oauth.last_redirect_uri, "https://app.example/back") << "the one that the flow began with";
  EXPECT_EQ(connection.status, store::ConnectionStatus::active);
  EXPECT_EQ(secret_of(connection).tokens->access_token, "access 1");
  EXPECT_EQ(secret_of(connection).provider_user_id, "account");
  const auto items = runtime.run(table().query("user#user", "", 10, std::nullopt)).value().items;
  ASSERT_EQ(items.size(), 1U);
  EXPECT_THAT(boost::json::serialize(items[0].attributes), testing::Not(HasSubstr("access")));
}

TEST_F(ConnectorTest, WhatCannotBeStartedIsRefusedWithWhatWouldBeRight) {
  EXPECT_EQ(code_of(start("clod")), ErrorCode::not_found);
  EXPECT_THAT(start("clod").error().message, HasSubstr("cloud, cloud2, files"));
  EXPECT_EQ(code_of(start("files")), ErrorCode::unsupported);
  for (const std::string& bad : {std::string(), std::string(42, 'c'), std::string(44, 'c'), std::string(42, 'c') + "=",
                                 std::string(42, 'c') + "+", std::string(42, 'c') + "\xe9"}) {
    EXPECT_EQ(code_of(start("cloud", bad)), ErrorCode::invalid_argument) << bad;
  }
}

TEST_F(ConnectorTest, AStateIsUsedOnce) {  // PROV-2: whatever comes of it
  const auto state = start().value().state;
  EXPECT_EQ(code_of(finish(state, "bad")), ErrorCode::unauthenticated);
  EXPECT_EQ(connections(), 0U);
  EXPECT_EQ(code_of(finish(state)), ErrorCode::invalid_argument);
  EXPECT_EQ(oauth.exchanges, 1);
  EXPECT_EQ(code_of(finish("")), ErrorCode::invalid_argument);
}

TEST_F(ConnectorTest, AStateBelongsToItsUserAndProvider) {  // PROV-2: no login forgery
  const auto state = start().value().state;
  EXPECT_EQ(code_of(finish(state, "good", "cloud", "somebody else")), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(finish(state, "good", "cloud2")), ErrorCode::invalid_argument);
  EXPECT_EQ(oauth.exchanges, 0);
  EXPECT_TRUE(finish(state)) << "what others try does not use it up";
}

TEST_F(ConnectorTest, AStateIsGoodForTenMinutes) {  // PROV-2
  const auto first = start().value().state;
  runtime.run_for(oauth_state_lifetime - 1ms);
  const auto second = start().value().state;
  EXPECT_TRUE(finish(first));
  runtime.run_for(oauth_state_lifetime);
  EXPECT_EQ(code_of(finish(second, "good", "cloud", "user", "conn_2")), ErrorCode::invalid_argument);
}

TEST_F(ConnectorTest, FinishingAgainGivesTheConnectionBackWithoutAnotherExchange) {  // INT-2
  const auto state = start().value().state;
  const auto first = finish(state).value();
  const auto again = finish(state).value();
  EXPECT_EQ(again.secret_pointer, first.secret_pointer);
  EXPECT_EQ(oauth.exchanges, 1);
}

TEST_F(ConnectorTest, AReconnectPutsTheNewTokensWhereTheOldOnesWere) {  // PROV-3
  const auto first = finish(start().value().state).value();
  mark_needs_reauth();
  const auto again = finish(start().value().state).value();
  EXPECT_EQ(again.status, store::ConnectionStatus::active);
  EXPECT_EQ(again.secret_pointer, first.secret_pointer);
  EXPECT_EQ(secret_of(again).tokens->access_token, "access 2");
  EXPECT_EQ(connections(), 1U);
}

TEST_F(ConnectorTest, AReconnectWithAnotherProviderIsRefused) {  // its tokens would be sent to the wrong one
  const auto connection = finish(start().value().state).value();
  mark_needs_reauth();
  EXPECT_EQ(code_of(finish(start("cloud2").value().state, "good", "cloud2")), ErrorCode::invalid_argument);
  EXPECT_EQ(secret_of(connection).tokens->access_token, "access 1");
}

TEST_F(ConnectorTest, AReconnectWithAnotherAccountIsRefused) {  // the ledger speaks of the first one's records
  const auto connection = finish(start().value().state).value();
  mark_needs_reauth();
  oauth.account = "another account";
  EXPECT_EQ(code_of(finish(start().value().state)), ErrorCode::invalid_argument);
  EXPECT_EQ(secret_of(connection).tokens->access_token, "access 1");
  oauth.account = "account";
  EXPECT_TRUE(finish(start().value().state));
}

TEST_F(ConnectorTest, ARefusedReconnectLeavesTheConnectionWaiting) {  // PROV-3
  (void)finish(start().value().state).value();
  mark_needs_reauth();
  EXPECT_EQ(code_of(finish(start().value().state, "bad")), ErrorCode::unauthenticated);
  const auto connection = runtime.run(store::Connections(table()).get("user", "conn_1")).value().value();
  EXPECT_EQ(connection.status, store::ConnectionStatus::needs_reauth);
  EXPECT_TRUE(finish(start().value().state)) << "and the next try succeeds";
}

TEST_F(ConnectorTest, FilesAreReachedBelowTheRootsOnly) {  // DEC-11
  EXPECT_TRUE(connect_files(root, "conn_root"));
  const auto connection = connect_files(root / "health/../health/./export.zip").value();
  EXPECT_EQ(secret_of(connection).location, (root / "health/export.zip").string()) << "sealed, in one spelling";
  const std::vector<std::filesystem::path> forbidden = {root.parent_path(),
                                                        root / "..",
                                                        root.string() + "-evil",
                                                        root / "health/../../root-evil",
                                                        root / "link/secret",
                                                        outside.path(),
                                                        "/",
                                                        "",
                                                        "/etc/passwd",
                                                        "relative/place",
                                                        root / "link"};
  for (const auto& path : forbidden) {
    EXPECT_EQ(code_of(connect_files(path, "conn_other")), ErrorCode::invalid_argument) << path;
  }
  EXPECT_EQ(connections(), 2U);
}

TEST_F(ConnectorTest, WithoutARootNothingIsReached) {
  for (const auto& roots : {std::vector<std::filesystem::path>{}, {""}}) {
    connector.emplace(roots_at(roots));
    EXPECT_EQ(code_of(connect_files(root / "health")), ErrorCode::invalid_argument);
  }
  connector.emplace(roots_at({root.string() + "/"}));
  EXPECT_TRUE(connect_files(root / "health")) << "a slash at the end changes nothing";
}

TEST_F(ConnectorTest, AccountsAreNotConnectedByPathNorUnknownProvidersAtAll) {
  EXPECT_EQ(code_of(runtime.run(connector->connect_files("user", "c", "cloud", root.string()))),
            ErrorCode::unsupported);
  EXPECT_EQ(code_of(runtime.run(connector->connect_files("user", "c", "none", root.string()))), ErrorCode::not_found);
  EXPECT_EQ(code_of(finish("state", "good", "files")), ErrorCode::unsupported);
}

TEST_F(ConnectorTest, AnAccountIsFoundAgainWithoutSayingWhoItIs) {  // TRIG-2, DEC-8
  store::Connections connections(table());
  const auto of = [this](const char* provider, const char* id) {
    return account_digest(storage->vault(), provider, id);
  };
  const auto first = finish(start()->state);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->authorized, runtime.now());
  EXPECT_EQ(first->account.find("account"), std::string::npos);
  const auto found = runtime.run(connections.with_account(of("cloud", "account")));
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().id, "conn_1");
  EXPECT_TRUE(runtime.run(connections.with_account(of("cloud2", "account")))->empty());
  EXPECT_TRUE(runtime.run(connections.with_account(of("cloud", "account2")))->empty());
  EXPECT_EQ(of("cloud", ""), "");
}

TEST_F(ConnectorTest, AReconnectKeepsTheAccountAndRenewsTheTime) {  // TRIG-2
  const auto first = finish(start()->state);
  ASSERT_TRUE(first);
  mark_needs_reauth();
  runtime.run(runtime.sleep_for(1h)).value();
  oauth.account = "";  // the provider does not say it this time
  const auto again = finish(start()->state);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->account, first->account);
  EXPECT_EQ(again->authorized, first->authorized + 1h);
}

TEST_F(ConnectorTest, ANewAccountIsSubscribedAndARefusalDoesNotUndoTheConnection) {  // TRIG-2
  webhooks.refuses = true;
  EXPECT_TRUE(finish(start()->state));
  EXPECT_THAT(webhooks.subscribed, testing::ElementsAre("account"));
  oauth.account = "";
  EXPECT_TRUE(finish(start()->state, "good", "cloud", "user", "conn_2"));
  EXPECT_EQ(webhooks.subscribed.size(), 1U);
}

}  // namespace
}  // namespace syncwell::engine
