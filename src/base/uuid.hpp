// Ids that follow from something, so that doing it again names the same thing.
#pragma once

#include <string>
#include <string_view>

namespace syncwell {

// A version-4-shaped UUID that is the same for the same digest (26 characters of a-z2-7, see vault::Vault::digest).
[[nodiscard]] std::string uuid_from_digest(std::string_view digest);

}  // namespace syncwell
