// Proof key for code exchange (RFC 7636, S256), for commands that start the OAuth flow themselves.
#pragma once

#include <string>

namespace syncwell::app {

struct ProofKey {
  std::string verifier;   // 43 characters of base64url
  std::string challenge;  // base64url of its SHA-256
};

[[nodiscard]] ProofKey draw_proof_key();

}  // namespace syncwell::app
