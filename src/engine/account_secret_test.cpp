#include "engine/account_secret.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace syncwell::engine {
namespace {

std::string text_of(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) text += static_cast<char>(byte & 0x7f);
  return text;
}

RC_GTEST_PROP(AccountSecretProperty, ReadsBackWhateverItHolds,
              (const std::string& a, const std::string& b, std::int32_t expires, bool has_tokens)) {  // ARCH-10
  AccountSecret secret{text_of(a), text_of(b)};
  if (has_tokens) {
    secret.tokens =
        providers::Tokens{text_of(b), text_of(a), Instant{Duration{expires}}, text_of(a + b), text_of(b + a)};
  }
  const auto read = account_secret_from_json(to_json(secret));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->location == secret.location);
  RC_ASSERT(read->provider_user_id == secret.provider_user_id);
  RC_ASSERT(read->tokens.has_value() == has_tokens);
  if (!has_tokens) return;
  RC_ASSERT(read->tokens->access_token == secret.tokens->access_token);
  RC_ASSERT(read->tokens->refresh_token == secret.tokens->refresh_token);
  RC_ASSERT(read->tokens->expires_at == secret.tokens->expires_at);
  RC_ASSERT(read->tokens->scope == secret.tokens->scope);
  RC_ASSERT(read->tokens->provider_user_id == secret.tokens->provider_user_id);
}

RC_GTEST_PROP(AccountSecretProperty, ArbitraryBytesAreRefusedWithoutRepeatingThem, (const std::string& bytes)) {
  const auto read = account_secret_from_json("\x01" + bytes);
  RC_ASSERT(!read.has_value());
  RC_ASSERT(read.error().code == ErrorCode::internal);
  RC_ASSERT(read.error().message == account_secret_from_json("").error().message);
}

TEST(AccountSecret, WhatIsNoObjectIsRefused) {
  for (const auto* text : {"", "null", "[]", "\"text\"", "7", "{", R"({"tokens":{})"}) {
    EXPECT_FALSE(account_secret_from_json(text)) << text;
  }
  EXPECT_FALSE(account_secret_from_json(std::string(100'000, '[')));
}

TEST(AccountSecret, MistypedMembersReadAsEmptySoThatATokenIsRefreshed) {  // PROV-2
  const auto read = account_secret_from_json(
      R"({"location":1,"tokens":{"access_token":null,"refresh_token":"r","expires_at":"tomorrow"}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->location, "");
  ASSERT_TRUE(read->tokens);
  EXPECT_EQ(read->tokens->access_token, "");
  EXPECT_EQ(read->tokens->refresh_token, "r");
  EXPECT_EQ(read->tokens->expires_at, Instant{}) << "long expired";
  EXPECT_FALSE(account_secret_from_json(R"({"tokens":[]})")->tokens);
}

}  // namespace
}  // namespace syncwell::engine
