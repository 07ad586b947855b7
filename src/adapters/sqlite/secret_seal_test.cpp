#include "adapters/sqlite/secret_seal.hpp"

#include <gtest/gtest.h>

#include "adapters/sqlite/test_storage.hpp"

namespace syncwell::sqlite {
namespace {

constexpr std::string_view pointer = "sec_00112233445566778899aabbccddeeff";

TEST(SecretSeal, OpensWhatItSealed) {  // ARCH-10
  const SecretSeal seal(test_key());
  for (const std::string& secret : {std::string(), std::string("token"), std::string(1000, '\0')}) {
    EXPECT_EQ(seal.open(pointer, 1, seal.seal(pointer, 1, secret)), secret);
  }
}

TEST(SecretSeal, SealsEqualSecretsDifferently) {
  const SecretSeal seal(test_key());
  EXPECT_NE(seal.seal(pointer, 1, "token"), seal.seal(pointer, 1, "token"));
}

TEST(SecretSeal, OpensNothingElse) {
  const SecretSeal seal(test_key());
  const std::string sealed = seal.seal(pointer, 1, "token");
  EXPECT_FALSE(seal.open("sec_00112233445566778899aabbccddeefe", 1, sealed));  // moved to another pointer
  EXPECT_FALSE(seal.open(pointer, 2, sealed));                                 // passed off as newer
  EXPECT_FALSE(SecretSeal(test_key(1)).open(pointer, 1, sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(seal.open(pointer, 1, changed)) << i;
    EXPECT_FALSE(seal.open(pointer, 1, sealed.substr(0, i))) << i;
  }
}

// Computed independently, with Python's hashlib.blake2b (see README.md): the digests are stored, so they must never
// change.
TEST(SecretSeal, DigestsAreStable) {  // DEC-8
  const SecretSeal seal(test_key());
  EXPECT_EQ(seal.digest("user", "alice"), "ift556t55bczzpdnmlsgjhvoee");
  EXPECT_EQ(seal.digest("", ""), "ncrbks2unvkrldqo2kndpm4v3e");
  EXPECT_NE(SecretSeal(test_key(1)).digest("user", "alice"), seal.digest("user", "alice"));
}

TEST(SecretSeal, PointersAreRandom) { EXPECT_NE(random_pointer(), random_pointer()); }

}  // namespace
}  // namespace syncwell::sqlite
