// API, "who you are": which tokens are believed, and every kind that is not.
#include "identity/access_token.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "identity/test_tokens.hpp"

namespace syncwell::identity {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

const Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

class AccessToken : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    rsa = std::make_unique<TestKey>("rsa-1", TestKey::Kind::rsa);
    p256 = std::make_unique<TestKey>("p256-1", TestKey::Kind::p256);
  }
  static void TearDownTestSuite() {
    rsa.reset();
    p256.reset();
  }

  std::expected<Claims, TokenFault> check(const std::string& token) { return verify(token, keys, policy, now); }
  void refuses(const std::string& token, TokenFault fault) {
    const auto claims = check(token);
    ASSERT_FALSE(claims) << token;
    EXPECT_EQ(token_fault_names.at(static_cast<std::size_t>(claims.error())),
              token_fault_names.at(static_cast<std::size_t>(fault)));
  }
  static json::object claims_with(const char* name, json::value value) {
    auto claims = good_claims(now);
    claims[name] = std::move(value);
    return claims;
  }
  static json::object claims_without(const char* name) {
    auto claims = good_claims(now);
    claims.erase(name);
    return claims;
  }

  static std::unique_ptr<TestKey> rsa;
  static std::unique_ptr<TestKey> p256;
  KeySet keys = KeySet::parse(key_set_of({rsa.get(), p256.get()})).value();
  TokenPolicy policy{"https://id.example", "syncwell-api"};
};
std::unique_ptr<TestKey> AccessToken::rsa;
std::unique_ptr<TestKey> AccessToken::p256;

TEST_F(AccessToken, RS256AndES256AreBelieved) {  // API
  for (const auto* key : {rsa.get(), p256.get()}) {
    const auto claims = check(key->sign(good_claims(now)));
    ASSERT_TRUE(claims) << key->id();
    EXPECT_EQ(claims->subject, "alice");
    EXPECT_EQ(claims->expires, now + 1h);
  }
}

TEST_F(AccessToken, AnAlgorithmThatThePolicyDoesNotAllowIsRefused) {  // API: allow-list
  policy.algorithms = {Algorithm::es256};
  refuses(rsa->sign(good_claims(now)), TokenFault::algorithm);
  EXPECT_TRUE(check(p256->sign(good_claims(now))));
}

TEST_F(AccessToken, NoneIsRefused) {  // API, RFC 8725 section 3.2
  for (const char* none : {"none", "None", "NONE", ""})
    EXPECT_FALSE(check(unsigned_token({{"alg", none}, {"kid", "rsa-1"}}, good_claims(now)))) << none;
  EXPECT_FALSE(check(unsigned_token({{"kid", "rsa-1"}}, good_claims(now))));
  // A good token whose header is exchanged.
  const auto good = rsa->sign(good_claims(now));
  EXPECT_FALSE(check(base64url(R"({"alg":"none"})") + good.substr(good.find('.'))));
}

TEST_F(AccessToken, AnHmacWithThePublicKeyAsItsSecretIsRefused) {  // API, RFC 8725 section 3.1
  const std::string secret = json::serialize(rsa->public_jwk());
  const std::string head = base64url(json::serialize(json::object{{"alg", "HS256"}, {"kid", "rsa-1"}, {"typ", "JWT"}}));
  const std::string body = base64url(json::serialize(good_claims(now)));
  const std::string text = head + "." + body;
  std::string signature(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(signature.data()));
  refuses(text + "." + base64url(signature), TokenFault::algorithm);
}

TEST_F(AccessToken, AKeyServesItsOwnAlgorithmOnly) {  // API
  refuses(p256->sign(good_claims(now), "rsa-1"), TokenFault::algorithm);
  refuses(rsa->sign(good_claims(now), "p256-1"), TokenFault::algorithm);
}

TEST_F(AccessToken, AnUnknownKeyIsRefused) {  // API
  refuses(rsa->sign(good_claims(now), "rsa-2"), TokenFault::unknown_key);
  refuses(unsigned_token({{"alg", "RS256"}}, good_claims(now), "c2lnbmVk"), TokenFault::unknown_key);
}

TEST_F(AccessToken, AnotherKeyOfTheSameNameIsRefused) {  // API
  const TestKey other("p256-1", TestKey::Kind::p256);
  refuses(other.sign(good_claims(now)), TokenFault::signature);
}

TEST_F(AccessToken, AKeyThatTheTokenBringsAlongIsNotUsed) {  // API, RFC 8725 section 3.5
  const TestKey mine("mine", TestKey::Kind::p256);
  const std::string text = mine.sign(good_claims(now));
  const json::object header{{"alg", "ES256"}, {"kid", "mine"}, {"jwk", mine.public_jwk()}};
  EXPECT_FALSE(check(base64url(json::serialize(header)) + text.substr(text.find('.'))));
}

TEST_F(AccessToken, AChangedClaimIsRefused) {  // API
  const auto good = rsa->sign(good_claims(now));
  const auto signature = good.substr(good.rfind('.'));
  refuses(good.substr(0, good.find('.')) + "." + base64url(json::serialize(good_claims(now, "bob"))) + signature,
          TokenFault::signature);
}

TEST_F(AccessToken, IssuerAndAudienceMustBeOurs) {  // API
  refuses(rsa->sign(claims_with("iss", "https://other.example")), TokenFault::issuer);
  refuses(rsa->sign(claims_without("iss")), TokenFault::issuer);
  refuses(rsa->sign(claims_with("aud", "another-api")), TokenFault::audience);
  refuses(rsa->sign(claims_without("aud")), TokenFault::audience);
  refuses(rsa->sign(claims_with("aud", json::array{"a", 7})), TokenFault::audience);
  EXPECT_TRUE(check(rsa->sign(claims_with("aud", json::array{"another-api", "syncwell-api"}))));
}

TEST_F(AccessToken, ATokenHasItsTime) {  // API: exp and nbf, with thirty seconds of leeway
  EXPECT_TRUE(check(rsa->sign(claims_with("exp", seconds_of(now) - 29))));
  refuses(rsa->sign(claims_with("exp", seconds_of(now) - 30)), TokenFault::expired);
  refuses(rsa->sign(claims_without("exp")), TokenFault::expired);
  refuses(rsa->sign(claims_with("exp", "tomorrow")), TokenFault::expired);
  refuses(rsa->sign(claims_with("exp", -1)), TokenFault::expired);
  refuses(rsa->sign(claims_with("exp", 1e300)), TokenFault::expired);
  EXPECT_TRUE(check(rsa->sign(claims_with("nbf", seconds_of(now) + 30))));
  refuses(rsa->sign(claims_with("nbf", seconds_of(now) + 31)), TokenFault::not_yet_valid);
  refuses(rsa->sign(claims_with("nbf", "now")), TokenFault::not_yet_valid);
}

TEST_F(AccessToken, ASubjectIsNeeded) {  // API
  refuses(rsa->sign(claims_without("sub")), TokenFault::subject);
  refuses(rsa->sign(claims_with("sub", "")), TokenFault::subject);
  refuses(rsa->sign(claims_with("sub", 7)), TokenFault::subject);
  refuses(rsa->sign(claims_with("sub", json::string(max_subject_bytes + 1, 's'))), TokenFault::subject);
  EXPECT_TRUE(check(rsa->sign(claims_with("sub", json::string(max_subject_bytes, 's')))));
}

TEST_F(AccessToken, WhatIsNoTokenIsRefused) {  // API
  for (const std::string text : {"", ".", "..", "a.b.c", "Bearer", "e30.e30.", "\x00\x01"})
    EXPECT_FALSE(check(text)) << text;
  EXPECT_FALSE(check(std::string(max_token_bytes + 1, 'a')));
  EXPECT_EQ(peek("a.b.c").issuer, "");
  const auto says = peek(rsa->sign(good_claims(now)));
  EXPECT_EQ(says.issuer, "https://id.example");
  EXPECT_EQ(says.key_id, "rsa-1");
}

RC_GTEST_PROP(AccessTokenProperty, NoChangedTokenIsBelieved, ()) {  // API
  static const TestKey key("p256-1", TestKey::Kind::p256);
  const auto keys = KeySet::parse(key_set_of({&key})).value();
  std::string token = key.sign(good_claims(now));
  const auto place = *rc::gen::inRange<std::size_t>(0, token.size());
  const auto with = *rc::gen::elementOf(std::string("ABCxyz019-_.="));
  RC_PRE(token[place] != with);
  // The last character of a base64url group may carry bits that nobody reads.
  RC_PRE(place + 1 != token.size());
  token[place] = with;
  RC_ASSERT(!verify(token, keys, {"https://id.example", "syncwell-api"}, now).has_value());
}

TEST_F(AccessToken, AKeySetWithoutAUsableKeyIsAnError) {  // API
  const TestKey weak("weak", TestKey::Kind::rsa, 1024);
  auto for_encryption = rsa->public_jwk();
  for_encryption["use"] = "enc";
  auto for_rs512 = rsa->public_jwk();
  for_rs512["alg"] = "RS512";
  auto nameless = rsa->public_jwk();
  nameless.erase("kid");
  for (const auto& jwk : {weak.public_jwk(), for_encryption, for_rs512, nameless, rsa->private_jwk(), json::object{}})
    EXPECT_FALSE(KeySet::parse(json::serialize(json::object{{"keys", json::array{jwk}}}))) << json::serialize(jwk);
  for (const char* text : {"", "[]", "{}", "{\"keys\":7}", "{\"keys\":[]}", "<html>"})
    EXPECT_FALSE(KeySet::parse(text));
  json::array many(max_keys + 1, rsa->public_jwk());
  EXPECT_EQ(KeySet::parse(json::serialize(json::object{{"keys", many}})).error().code, ErrorCode::too_large);
  EXPECT_EQ(KeySet::parse(std::string(max_key_set_bytes + 1, ' ')).error().code, ErrorCode::too_large);
}

TEST_F(AccessToken, AnUnusableKeyHidesNoOther) {  // API
  const auto set =
      KeySet::parse(json::serialize(json::object{{"keys", json::array{7, json::object{}, p256->public_jwk()}}}));
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->has("p256-1"));
  EXPECT_FALSE(set->has("rsa-1"));
}

}  // namespace
}  // namespace syncwell::identity
