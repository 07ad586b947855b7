// API: token → caller.
#include "identity/authenticator.hpp"

#include <gmock/gmock.h>

#include "identity/test_tokens.hpp"
#include "store/test_table.hpp"

namespace syncwell::identity {
namespace {

using namespace std::chrono_literals;

class OneKeySet final : public net::HttpClient {
 public:
  [[nodiscard]] Async<Result<net::Response>> send(net::Request, Deadline) override {
    ++calls;
    co_return answer;
  }
  Result<net::Response> answer = net::Response{200};
  int calls = 0;
};

class AuthenticatorTest : public store::TableTest {
 protected:
  AuthenticatorTest() { http.answer = net::Response{200, {}, key_set_of({&key})}; }

  Result<Caller> authenticate(const std::string& token) { return runtime.run(authenticator.authenticate(token)); }
  ErrorCode refusal(const std::string& token) { return store::code_of(authenticate(token)); }
  std::string built_in(const std::string& subject) { return issuer->issue(subject, 1h, runtime.now()).value(); }
  void add(const std::string& subject, store::UserStatus status = store::UserStatus::active) {
    const auto name = user_key(storage->vault(), std::string(built_in_name), subject);
    ASSERT_TRUE(runtime.run(users.put({.key = name, .status = status})));
  }

  TestKey key{"key", TestKey::Kind::p256};
  OneKeySet http;
  KeySource source{http, runtime, {.url = "https://id.example/jwks"}};
  std::unique_ptr<Issuer> issuer = runtime.run(Issuer::open(table(), storage->vault())).value();
  store::Users users{table()};
  JwtAuthenticator authenticator{table(), storage->vault(), runtime,
                                 JwtAuthenticator::Provider{{"https://id.example", "syncwell-api"}, source},
                                 issuer.get()};
};

TEST_F(AuthenticatorTest, APersonOfTheProviderNeedsNoSignUp) {  // API
  const auto caller = authenticate(key.sign(good_claims(runtime.now())));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->user, user_key(storage->vault(), "https://id.example", "alice"));
  EXPECT_EQ(caller->user.find("alice"), std::string::npos);
}

TEST_F(AuthenticatorTest, TheBuiltInIssuersPeopleAreThoseThatTheOperatorAdded) {  // API
  EXPECT_EQ(refusal(built_in("alice")), ErrorCode::unauthenticated);
  add("alice");
  EXPECT_TRUE(authenticate(built_in("alice")));
  EXPECT_EQ(refusal(built_in("bob")), ErrorCode::unauthenticated);
}

TEST_F(AuthenticatorTest, NobodyAtTheProviderIsSomebodyOfTheBuiltInIssuer) {  // API
  add("alice");
  EXPECT_NE(authenticate(key.sign(good_claims(runtime.now())))->user, authenticate(built_in("alice"))->user);
  auto claims = good_claims(runtime.now());
  claims["iss"] = built_in_name;
  claims["aud"] = built_in_name;
  EXPECT_EQ(refusal(key.sign(claims)), ErrorCode::unauthenticated);
}

TEST_F(AuthenticatorTest, EveryRefusalSaysTheSame) {  // API: no hint
  auto expired = good_claims(runtime.now() - 2h);
  auto foreign = good_claims(runtime.now());
  foreign["aud"] = "another";
  const std::vector<std::string> wrong{"",
                                       "nonsense",
                                       key.sign(expired),
                                       key.sign(foreign),
                                       key.sign(good_claims(runtime.now()), "unknown"),
                                       unsigned_token({{"alg", "none"}}, good_claims(runtime.now())),
                                       built_in("nobody")};
  for (const auto& token : wrong) {
    const auto caller = authenticate(token);
    ASSERT_FALSE(caller) << token;
    EXPECT_EQ(caller.error().code, ErrorCode::unauthenticated);
    EXPECT_EQ(caller.error().message, authenticate("").error().message);
  }
  EXPECT_GE(authenticator.refusals().at(static_cast<std::size_t>(TokenFault::audience)), 1U);
  EXPECT_GE(authenticator.refusals().at(static_cast<std::size_t>(TokenFault::unknown_key)), 1U);
}

TEST_F(AuthenticatorTest, ADecisionCountsForFiveMinutesAtMost) {  // API: cached
  add("alice");
  const auto token = built_in("alice");
  ASSERT_TRUE(authenticate(token));
  auto user = runtime.run(users.get(user_key(storage->vault(), std::string(built_in_name), "alice"))).value();
  user.status = store::UserStatus::erasing;
  ASSERT_TRUE(runtime.run(users.put(user)));
  EXPECT_TRUE(authenticate(token)) << "decided a moment ago";
  authenticator.forget("somebody else");
  EXPECT_TRUE(authenticate(token));
  ASSERT_TRUE(runtime.run(static_cast<Runtime&>(runtime).sleep_for(5min)));
  EXPECT_EQ(refusal(token), ErrorCode::forbidden);
}

TEST_F(AuthenticatorTest, WhoIsForgottenIsLookedAtAnew) {  // API: erasure
  add("alice");
  const auto token = built_in("alice");
  const auto caller = authenticate(token);
  ASSERT_TRUE(caller);
  auto user = runtime.run(users.get(caller->user)).value();
  user.status = store::UserStatus::erasing;
  ASSERT_TRUE(runtime.run(users.put(user)));
  authenticator.forget(caller->user);
  EXPECT_EQ(refusal(token), ErrorCode::forbidden);
}

TEST_F(AuthenticatorTest, ADecisionEndsWithItsToken) {  // API
  add("alice");
  const auto token = issuer->issue("alice", 60s, runtime.now()).value();
  ASSERT_TRUE(authenticate(token));
  ASSERT_TRUE(runtime.run(static_cast<Runtime&>(runtime).sleep_for(60s + clock_leeway)));
  EXPECT_EQ(refusal(token), ErrorCode::unauthenticated);
}

TEST_F(AuthenticatorTest, InvalidationForgetsDecisionsAndKeys) {  // API
  const auto token = key.sign(good_claims(runtime.now()));
  ASSERT_TRUE(authenticate(token));
  const TestKey other("other", TestKey::Kind::p256);
  http.answer = net::Response{200, {}, key_set_of({&other})};
  EXPECT_TRUE(authenticate(token));
  authenticator.invalidate();
  EXPECT_EQ(refusal(token), ErrorCode::unauthenticated);
}

TEST_F(AuthenticatorTest, NobodyMakesUsCallOutWithNonsense) {  // API
  (void)refusal("nonsense");
  auto claims = good_claims(runtime.now());
  claims["iss"] = "https://attacker.example";
  (void)refusal(key.sign(claims));
  EXPECT_EQ(http.calls, 0);
}

TEST_F(AuthenticatorTest, WithoutKeysNobodyIsRefusedForGood) {  // API
  http.answer = fail(ErrorCode::connection_failed, "refused");
  EXPECT_EQ(refusal(key.sign(good_claims(runtime.now()))), ErrorCode::connection_failed);
}

}  // namespace
}  // namespace syncwell::identity
