// The contract of vault/vault.hpp, sentence by sentence (ARCH-10). See harness.hpp.
#pragma once

#include <set>

#include "conformance/harness.hpp"
#include "vault/vault.hpp"

namespace syncwell::conformance {

template <class Harness>
class VaultConformance : public PortConformance<Harness> {
 protected:
  vault::Vault& vault() { return this->harness_.vault(); }
};

TYPED_TEST_SUITE_P(VaultConformance);

TYPED_TEST_P(VaultConformance, GivesBackWhatItSealed) {
  for (const std::string& secret : {std::string("refresh-token"), std::string(), std::string("\0\xff binary", 9),
                                    std::string(vault::max_secret_bytes, 's')}) {
    const auto pointer = this->value(this->vault().put(secret));
    const auto found = this->value(this->vault().get(pointer));
    EXPECT_EQ(found.value, secret);
    EXPECT_EQ(found.version, 1U);
  }
}

TYPED_TEST_P(VaultConformance, NamesSecretsAtRandom) {
  std::set<std::string> pointers;
  for (int i = 0; i < 20; ++i) pointers.insert(this->value(this->vault().put("the same secret")));
  EXPECT_EQ(pointers.size(), 20U);
  for (const auto& pointer : pointers) EXPECT_THAT(pointer, testing::MatchesRegex("sec_[0-9a-f]{32}"));
}

TYPED_TEST_P(VaultConformance, RefusesSecretsPastTheLimit) {
  const std::string too_long(vault::max_secret_bytes + 1, 's');
  EXPECT_EQ(this->code(this->vault().put(too_long)), ErrorCode::too_large);
  const auto pointer = this->value(this->vault().put("s"));
  EXPECT_EQ(this->code(this->vault().replace(pointer, 1, too_long)), ErrorCode::too_large);
  EXPECT_EQ(this->value(this->vault().get(pointer)).value, "s");
}

TYPED_TEST_P(VaultConformance, KnowsWhatItDoesNotHave) {
  EXPECT_EQ(this->code(this->vault().get("sec_00000000000000000000000000000000")), ErrorCode::not_found);
  EXPECT_EQ(this->code(this->vault().get("")), ErrorCode::not_found);
  EXPECT_EQ(this->code(this->vault().replace("sec_00000000000000000000000000000000", 1, "s")), ErrorCode::not_found);
}

TYPED_TEST_P(VaultConformance, GivesManyInTheOrderAskedForOrNone) {
  const std::string first = this->value(this->vault().put("first"));
  const std::string second = this->value(this->vault().put("second"));
  const auto both = this->value(this->vault().get_many({second, first, second}));
  ASSERT_EQ(both.size(), 3U);
  EXPECT_EQ(both[0].value, "second");
  EXPECT_EQ(both[1].value, "first");
  EXPECT_EQ(both[2].value, "second");
  EXPECT_TRUE(this->value(this->vault().get_many({})).empty());
  EXPECT_EQ(this->code(this->vault().get_many({first, "sec_00000000000000000000000000000000"})), ErrorCode::not_found);
}

TYPED_TEST_P(VaultConformance, ReplacesOnlyTheVersionThatWasRead) {  // PROV-2: concurrent refreshes
  const auto pointer = this->value(this->vault().put("first"));
  EXPECT_EQ(this->value(this->vault().replace(pointer, 1, "second")), 2U);
  EXPECT_EQ(this->code(this->vault().replace(pointer, 1, "late")), ErrorCode::version_conflict);
  EXPECT_EQ(this->code(this->vault().replace(pointer, 3, "early")), ErrorCode::version_conflict);
  EXPECT_EQ(this->value(this->vault().replace(pointer, 2, "third")), 3U);
  const auto found = this->value(this->vault().get(pointer));
  EXPECT_EQ(found.value, "third");
  EXPECT_EQ(found.version, 3U);
}

TYPED_TEST_P(VaultConformance, ErasesAlsoWhatIsNotThere) {
  const auto pointer = this->value(this->vault().put("s"));
  this->value(this->vault().erase(pointer));
  EXPECT_EQ(this->code(this->vault().get(pointer)), ErrorCode::not_found);
  this->value(this->vault().erase(pointer));
}

TYPED_TEST_P(VaultConformance, DoesNotOpenChangedBytes) {
  const auto pointer = this->value(this->vault().put("hunter2"));
  const auto other = this->value(this->vault().put("untouched"));
  this->harness_.damage_secret(pointer);
  const auto found = this->run(this->vault().get(pointer));
  ASSERT_EQ(code_of(found), ErrorCode::sealed_by_other_key);
  EXPECT_EQ(found.error().message.find("hunter2"), std::string::npos);
  EXPECT_EQ(this->value(this->vault().get(other)).value, "untouched");
}

TYPED_TEST_P(VaultConformance, KeepsWhatItAcknowledged) {  // INT-1
  const auto pointer = this->value(this->vault().put("first"));
  this->value(this->vault().replace(pointer, 1, "second"));
  const auto digest = this->vault().digest("user", "alice");
  this->harness_.restart();
  EXPECT_EQ(this->value(this->vault().get(pointer)).value, "second");
  EXPECT_EQ(this->vault().digest("user", "alice"), digest);
}

TYPED_TEST_P(VaultConformance, DigestsWithoutTellingTheText) {  // DEC-8
  const auto& vault = this->vault();
  const auto digest = vault.digest("user", "alice");
  EXPECT_THAT(digest, testing::MatchesRegex("[a-z2-7]{26}"));
  EXPECT_EQ(vault.digest("user", "alice"), digest);
  EXPECT_NE(vault.digest("user", "bob"), digest);
  EXPECT_NE(vault.digest("record", "alice"), digest);
  EXPECT_NE(vault.digest("usera", "lice"), digest);
  EXPECT_NE(vault.digest("", "useralice"), digest);
  EXPECT_EQ(vault.digest("", "").size(), 26U);
}

REGISTER_TYPED_TEST_SUITE_P(VaultConformance, GivesBackWhatItSealed, NamesSecretsAtRandom, RefusesSecretsPastTheLimit,
                            KnowsWhatItDoesNotHave, GivesManyInTheOrderAskedForOrNone,
                            ReplacesOnlyTheVersionThatWasRead, ErasesAlsoWhatIsNotThere, DoesNotOpenChangedBytes,
                            KeepsWhatItAcknowledged, DigestsWithoutTellingTheText);

}  // namespace syncwell::conformance
