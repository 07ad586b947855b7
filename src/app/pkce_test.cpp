#include "app/pkce.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <set>

namespace syncwell::app {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Base64url without padding, written out again (RFC 4648 section 5), so that the code is not checked against itself.
std::string encode(const unsigned char* bytes, std::size_t size) {
  std::string text;
  unsigned value = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = (value << 8) | bytes[i];
    for (bits += 8; bits >= 6; bits -= 6) text += alphabet[(value >> (bits - 6)) & 63];
  }
  if (bits > 0) text += alphabet[(value << (6 - bits)) & 63];
  return text;
}

TEST(ProofKey, TheChallengeIsTheHashOfTheVerifier) {  // PROV-2, RFC 7636 section 4.2
  for (int i = 0; i < 100; ++i) {
    const ProofKey key = draw_proof_key();
    EXPECT_EQ(key.verifier.size(), 43U) << "section 4.1: at least 43 characters";
    EXPECT_EQ(key.verifier.find_first_not_of(alphabet), std::string::npos);
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(key.verifier.data()), key.verifier.size(), hash);
    EXPECT_EQ(key.challenge, encode(hash, sizeof hash));
  }
}

TEST(ProofKey, TheReferenceEncoderGivesTheRfcsExample) {  // RFC 7636 appendix B
  const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), hash);
  EXPECT_EQ(encode(hash, sizeof hash), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(ProofKey, IsDrawnAnewEachTime) {  // PROV-2
  std::set<std::string> verifiers;
  for (int i = 0; i < 100; ++i) verifiers.insert(draw_proof_key().verifier);
  EXPECT_EQ(verifiers.size(), 100U);
}

}  // namespace
}  // namespace syncwell::app
