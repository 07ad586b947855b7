// Access tokens: fresh when handed out, refreshed once for all who need one, never lost by rotation.
#include "engine/token_source.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "base/task_group.hpp"
#include "store/test_table.hpp"

namespace syncwell::engine {
namespace {

using namespace std::chrono_literals;
using store::code_of;

// A provider that rotates: a refresh token works once, and using one a second time is a refused grant.
class RotatingOAuth final : public providers::OAuth {
 public:
  explicit RotatingOAuth(std::string refresh_token) : valid_(std::move(refresh_token)) {}

  [[nodiscard]] std::string authorization_url(const std::string&, const std::string&,
                                              const std::string&) const override {
    return "";
  }
  [[nodiscard]] Async<Result<providers::Tokens>> exchange(providers::CallContext, std::string, std::string,
                                                          std::string) override {
    co_return fail(ErrorCode::internal, "these tests exchange no code");
  }
  [[nodiscard]] Async<Result<providers::Tokens>> refresh(providers::CallContext context,
                                                         providers::Tokens tokens) override {
    ++refreshes;
    time_given = context.deadline.remaining(context.runtime);
    if (latency > 0ms) {
      auto slept = co_await context.runtime.sleep_for(latency);
      if (!slept) co_return fail(std::move(slept.error()));
    }
    if (fault) co_return fail(*fault);
    if (tokens.refresh_token != valid_) co_return fail(ErrorCode::unauthenticated, "invalid_grant");
    valid_ = "refresh " + std::to_string(refreshes);
    tokens.refresh_token = valid_;
    tokens.access_token = "access " + std::to_string(refreshes);
    tokens.expires_at = context.runtime.now() + 1h;
    co_return tokens;
  }
  [[nodiscard]] Async<Result<void>> revoke(providers::CallContext, providers::Tokens) override {
    co_return Result<void>{};
  }

  int refreshes = 0;
  Duration latency{0};
  Duration time_given{0};
  std::optional<Error> fault;

 private:
  std::string valid_;
};

// The real vault, which can be told to refuse what is to be kept, and to let others be faster.
class FaultyVault final : public vault::Vault {
 public:
  explicit FaultyVault(vault::Vault& vault) : vault_(vault) {}
  [[nodiscard]] Async<Result<std::string>> put(std::string secret) override { return vault_.put(std::move(secret)); }
  [[nodiscard]] Async<Result<std::vector<vault::Secret>>> get_many(std::vector<std::string> pointers) override {
    auto found = co_await vault_.get_many(std::move(pointers));
    const auto others = std::exchange(after_next_get, nullptr);
    if (others) co_await others();
    co_return found;
  }
  [[nodiscard]] Async<Result<std::uint64_t>> replace(std::string pointer, std::uint64_t version,
                                                     std::string secret) override {
    if (fault) co_return fail(*fault, "the disk is full");
    co_return co_await vault_.replace(std::move(pointer), version, std::move(secret));
  }
  [[nodiscard]] Async<Result<void>> erase(std::string pointer) override { return vault_.erase(std::move(pointer)); }
  [[nodiscard]] std::string digest(std::string_view purpose, std::string_view text) const override {
    return vault_.digest(purpose, text);
  }
  std::optional<ErrorCode> fault;               // of replace()
  std::function<Async<void>()> after_next_get;  // what others do before the reader goes on

 private:
  vault::Vault& vault_;
};

class NoHttp final : public net::HttpClient {
 public:
  [[nodiscard]] Async<Result<net::Response>> send(net::Request, Deadline) override {
    co_return fail(ErrorCode::connection_failed, "the provider of these tests makes no calls");
  }
};

class TokenSourceTest : public store::TableTest {
 protected:
  void connect(Duration expires_in) {
    AccountSecret secret{"", "account", providers::Tokens{"access 0", "refresh 0", runtime.now() + expires_in, "", ""}};
    connect_with(to_json(secret));
  }
  void connect_with(std::string secret) { pointer = runtime.run(vault.put(std::move(secret))).value(); }

  // As every job has one of its own.
  TokenSource source() { return source(leases); }
  TokenSource source(store::Leases& of) { return {vault, of, runtime, http, oauth, "conn_1", pointer}; }
  Result<std::string> ask(Duration time = 30s) {
    TokenSource asking = source();
    return runtime.run(asking.access_token(Deadline::after(runtime, time)));
  }
  providers::Tokens stored() {
    return account_secret_from_json(runtime.run(vault.get(pointer)).value().value).value().tokens.value();
  }

  NoHttp http;
  RotatingOAuth oauth{"refresh 0"};
  FaultyVault vault{storage->vault()};
  store::Leases leases{table(), runtime, "this process", false};
  std::string pointer;
};

Async<void> ask_into(TokenSource& source, Deadline deadline, std::vector<std::string>& answers) {
  answers.push_back((co_await source.access_token(deadline)).value_or("failed"));
}

Async<void> replace_into(TokenSource& source, std::string refused, Deadline deadline,
                         std::vector<std::string>& answers) {
  answers.push_back((co_await source.replace_refused(std::move(refused), deadline)).value_or("failed"));
}

TEST_F(TokenSourceTest, ATokenIsRefreshedBeforeItCouldExpireOnItsWay) {  // PROV-2
  connect(token_expiry_margin + 1ms);
  EXPECT_EQ(ask(), "access 0");
  EXPECT_EQ(oauth.refreshes, 0);
  runtime.run_for(1ms);
  EXPECT_EQ(ask(), "access 1");
  EXPECT_EQ(ask(), "access 1");
  EXPECT_EQ(oauth.refreshes, 1);
}

TEST_F(TokenSourceTest, ASourceThatOutlivesItsTokenRefreshesIt) {  // PROV-2: a job of some minutes
  connect(10min);
  TokenSource job = source();
  const auto ask_job = [&] { return runtime.run(job.access_token(Deadline::after(runtime, 30s))); };
  EXPECT_EQ(ask_job(), "access 0");
  runtime.run_for(4min);
  EXPECT_EQ(ask_job(), "access 0");
  runtime.run_for(1min);
  EXPECT_EQ(ask_job(), "access 1");
}

TEST_F(TokenSourceTest, ManyWhoAskAtOnceCauseOneRefresh) {  // PROV-2: rotating refresh tokens
  connect(0ms);
  oauth.latency = 3s;
  store::Leases other_worker(table(), runtime, "another process", false);
  std::vector<std::unique_ptr<TokenSource>> jobs;
  for (int i = 0; i < 50; ++i)
    jobs.push_back(std::make_unique<TokenSource>(source(i % 2 == 0 ? leases : other_worker)));
  std::vector<std::string> answers;
  TaskGroup group(runtime.executor());
  for (auto& job : jobs) group.spawn(ask_into(*job, Deadline::after(runtime, 30s), answers));
  runtime.run();
  EXPECT_THAT(answers, testing::SizeIs(50));
  EXPECT_THAT(answers, testing::Each("access 1"));
  EXPECT_EQ(oauth.refreshes, 1);
}

TEST_F(TokenSourceTest, WhoGetsTheLeaseAfterARefreshLooksAgainInsteadOfRefreshing) {  // PROV-2
  connect(0ms);
  TokenSource faster = source();
  std::vector<std::string> answers;
  vault.after_next_get = [&] { return ask_into(faster, Deadline::after(runtime, 30s), answers); };
  EXPECT_EQ(ask(), "access 1");
  EXPECT_THAT(answers, testing::ElementsAre("access 1"));
  EXPECT_EQ(oauth.refreshes, 1);
}

TEST_F(TokenSourceTest, ARefusedTokenIsReplacedOnceForAllWhomItWasRefusedTo) {  // PROV-2, PROV-3
  connect(1h);
  oauth.latency = 1s;
  std::vector<std::unique_ptr<TokenSource>> jobs;
  for (int i = 0; i < 10; ++i) jobs.push_back(std::make_unique<TokenSource>(source()));
  std::vector<std::string> answers;
  {
    TaskGroup group(runtime.executor());
    for (auto& job : jobs) group.spawn(replace_into(*job, "access 0", Deadline::after(runtime, 30s), answers));
    runtime.run();
  }
  EXPECT_THAT(answers, testing::SizeIs(10));
  EXPECT_THAT(answers, testing::Each("access 1"));
  TokenSource late = source();
  EXPECT_EQ(runtime.run(late.replace_refused("access 0", Deadline::after(runtime, 30s))), "access 1");
  EXPECT_EQ(oauth.refreshes, 1);
}

TEST_F(TokenSourceTest, ARotatedTokenIsInTheVaultBeforeItIsUsed) {  // PROV-2: a crash now loses nothing
  connect(0ms);
  ASSERT_EQ(ask(), "access 1");
  EXPECT_EQ(stored().refresh_token, "refresh 1");
  EXPECT_EQ(stored().access_token, "access 1");
}

TEST_F(TokenSourceTest, ATokenThatCouldNotBeKeptIsNotHandedOut) {  // PROV-2
  connect(0ms);
  vault.fault = ErrorCode::storage_full;
  EXPECT_EQ(code_of(ask()), ErrorCode::storage_full);
  EXPECT_EQ(stored().refresh_token, "refresh 0");
}

TEST_F(TokenSourceTest, ARefusedGrantIsPermanentAndBlocksNobody) {  // PROV-3
  connect(0ms);
  oauth.fault = Error{ErrorCode::unauthenticated, "invalid_grant"};
  const Instant began = runtime.now();
  const auto answer = ask();
  ASSERT_EQ(code_of(answer), ErrorCode::unauthenticated);
  EXPECT_EQ(retry_class_of(answer.error().code), RetryClass::permanent_auth);
  EXPECT_EQ(code_of(ask()), ErrorCode::unauthenticated);
  EXPECT_EQ(runtime.now(), began) << "the second did not wait for the first one's lease to run out";
  EXPECT_EQ(stored().refresh_token, "refresh 0");
}

TEST_F(TokenSourceTest, AnOutageOfTheTokenEndpointIsNoRevokedConnection) {  // PROV-3, and recovery
  connect(0ms);
  for (const auto code : {ErrorCode::provider_failed, ErrorCode::timeout, ErrorCode::connection_failed,
                          ErrorCode::rate_limited, ErrorCode::circuit_open}) {
    oauth.fault = Error{code, "not now"};
    const auto answer = ask();
    EXPECT_EQ(code_of(answer), code);
    EXPECT_NE(retry_class_of(answer.error().code), RetryClass::permanent_auth) << name_of(code);
    EXPECT_EQ(stored().refresh_token, "refresh 0");
  }
  oauth.fault.reset();
  EXPECT_EQ(ask(), "access 6");
}

TEST_F(TokenSourceTest, WhoWaitsTooLongForAnotherJobsRefreshTriesAgainLater) {  // PROV-3
  connect(0ms);
  ASSERT_TRUE(runtime.run(leases.acquire("refresh#conn_1", refresh_lease_time)));
  const auto answer = ask(10s);
  ASSERT_EQ(code_of(answer), ErrorCode::timeout);
  EXPECT_EQ(retry_class_of(answer.error().code), RetryClass::transient);
  EXPECT_EQ(oauth.refreshes, 0);
  EXPECT_EQ(ask(2min), "access 1") << "the lease of a dead worker runs out (DEC-2)";
}

TEST_F(TokenSourceTest, ARefreshEndsBeforeItsLeaseDoes) {  // PROV-2: or somebody else sends the same refresh token
  connect(0ms);
  ASSERT_TRUE(ask(5min));
  EXPECT_LE(oauth.time_given, refresh_lease_time - 10s);
  connect(0ms);
  oauth = RotatingOAuth("refresh 0");
  ASSERT_TRUE(ask(7s));
  EXPECT_EQ(oauth.time_given, 7s) << "nor does it outlast the job's deadline";
}

TEST_F(TokenSourceTest, AConnectionWithoutTokensMustBeConnectedAgain) {  // PROV-3
  connect_with(to_json(AccountSecret{"/a/folder", "", std::nullopt}));
  EXPECT_EQ(code_of(ask()), ErrorCode::unauthenticated);
  connect_with(R"({"tokens":{"refresh_token":"refresh 0"}})");
  EXPECT_EQ(ask(), "access 1") << "no access token, or no word of when it expires, is one that has expired";
}

TEST_F(TokenSourceTest, AVaultThatHoldsNothingReadableIsNoRevokedConnection) {
  connect_with("no account at all");
  const auto answer = ask();
  EXPECT_EQ(code_of(answer), ErrorCode::internal);
  EXPECT_EQ(answer.error().message.find("no account at all"), std::string::npos) << "a secret in an error message";
  pointer = "sec_00000000000000000000000000000000";
  EXPECT_EQ(code_of(ask()), ErrorCode::not_found);
  EXPECT_EQ(oauth.refreshes, 0);
}

}  // namespace
}  // namespace syncwell::engine
