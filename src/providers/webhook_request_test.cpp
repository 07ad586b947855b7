// What webhooks are verified with (TRIG-2): known answers, and everything that must not pass.
#include "providers/webhook_request.hpp"

#include <gtest/gtest.h>

#include "providers/test_signing_key.hpp"
#include "providers/webhooks.hpp"

namespace syncwell::providers {
namespace {

TEST(WebhookRequest, SecretsAreEqualOnlyAsAWhole) {  // TRIG-2
  EXPECT_TRUE(equal_in_constant_time("Bearer abc", "Bearer abc"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
  for (const char* other : {"", "Bearer ab", "Bearer abcd", "bearer abc", "Bearer abd"}) {
    EXPECT_FALSE(equal_in_constant_time("Bearer abc", other)) << other;
  }
}

TEST(WebhookRequest, HmacGivesTheAnswerOfRfc4231) {  // TRIG-2; RFC 4231 section 4.3
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(WebhookRequest, BothFormsOfASignaturePass) {  // TRIG-2
  const TestSigningKey key;
  const std::string text = R"({"data":{}})";
  EXPECT_TRUE(verify_p256_signature(key.public_pem(), text, key.sign_der(text)));
  EXPECT_TRUE(verify_p256_signature(key.public_pem(), text, key.sign_raw(text)));
  std::string one_line;
  for (const char c : key.public_pem()) one_line += c == '\n' ? std::string("\\n") : std::string(1, c);
  EXPECT_TRUE(verify_p256_signature(one_line, text, key.sign_der(text)));
}

TEST(WebhookRequest, AnyOtherSignatureFails) {  // TRIG-2
  const TestSigningKey key;
  const TestSigningKey other;
  const std::string text = R"({"data":{}})";
  EXPECT_FALSE(verify_p256_signature(key.public_pem(), text + " ", key.sign_der(text)));
  EXPECT_FALSE(verify_p256_signature(key.public_pem(), text, other.sign_der(text)));
  EXPECT_FALSE(verify_p256_signature("", text, key.sign_der(text)));
  EXPECT_FALSE(verify_p256_signature("no key", text, key.sign_der(text)));
  EXPECT_FALSE(verify_p256_signature(std::string(5000, 'x'), text, key.sign_der(text)));
  EXPECT_FALSE(
      verify_p256_signature(TestSigningKey("P-384").public_pem(), text, TestSigningKey("P-384").sign_der(text)));
  for (const std::string& bad : {std::string(), std::string("not base64!"), std::string(86, 'A'), std::string("AAAA"),
                                 key.sign_der(text).substr(4), std::string(2000, 'A')}) {
    EXPECT_FALSE(verify_p256_signature(key.public_pem(), text, bad)) << bad.size();
  }
}

TEST(WebhookRequest, ABodyIsBoundedAndMustBeJson) {  // TRIG-2
  EXPECT_TRUE(webhook_body({.body = "[]"}, "p"));
  for (const char* bad : {"", "{", "hello", "\xff\xfe"}) {
    EXPECT_EQ(webhook_body({.body = bad}, "p").error().code, ErrorCode::unreadable_input) << bad;
  }
  const std::string at_the_limit = '"' + std::string(max_webhook_body_bytes - 2, 'a') + '"';
  EXPECT_TRUE(webhook_body({.body = at_the_limit}, "p"));
  EXPECT_EQ(webhook_body({.body = at_the_limit + ' '}, "p").error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace syncwell::providers
