// How the imposters sign what they send. Written on its own, sharing nothing with the providers' verification, because
// it judges that. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace syncwell::sandbox {

// HMAC-SHA256 in lower-case hex.
[[nodiscard]] std::string hmac_hex(std::string_view key, std::string_view text);
// Base64 of an ECDSA signature (ASN.1 DER, SHA-256) with a private key in PEM; nullopt for what is no such key.
[[nodiscard]] std::optional<std::string> ecdsa_base64(std::string_view private_key_pem, std::string_view text);

}  // namespace syncwell::sandbox
