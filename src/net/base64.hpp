// Base64 with padding (RFC 4648, section 4, 2006). Pure, any thread.
#pragma once

#include <string>
#include <string_view>

namespace syncwell::net {

[[nodiscard]] std::string encode_base64(std::string_view bytes);

}  // namespace syncwell::net
