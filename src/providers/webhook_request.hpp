// What the verification of webhooks shares: comparisons whose time does not depend on the secret, HMAC, ECDSA, and the
// bounded JSON body. Pure functions, any thread.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "net/http.hpp"

namespace syncwell::providers {

// The time depends on the lengths only.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right);
// Lower-case hex.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view text);
// ECDSA over P-256 and SHA-256. `public_key` is PEM (SubjectPublicKeyInfo; "\n" written as two characters is taken for
// a line end); `signature` is base64 or base64url of either form, ASN.1 DER or the 64 bytes r and s. False for anything
// else.
[[nodiscard]] bool verify_p256_signature(std::string_view public_key, std::string_view text,
                                         std::string_view signature);
// too_large past max_webhook_body_bytes, unreadable_input for what is no JSON. Messages repeat nothing of the body.
[[nodiscard]] Result<boost::json::value> webhook_body(const net::Request& request, std::string_view provider_key);

}  // namespace syncwell::providers
