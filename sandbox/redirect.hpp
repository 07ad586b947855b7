// What the imposters' consent pages have in common: who consents to what, and the redirect back.
// Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/http.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_account_name_length = 64;

// The page consents by itself: as `login_hint` (default "alice"), to everything asked for, unless
// `sandbox_scope` names less (the person unticks a box) or `sandbox_consent=deny`.
struct Consent {
  std::string account;
  std::vector<std::string> scopes;
  bool denied = false;
};

// Letters, digits and . _ - @ +, at most max_account_name_length of them.
[[nodiscard]] bool is_account_name(std::string_view name);
// `separator` stands between scopes; nullopt for a login_hint that is no account name.
[[nodiscard]] std::optional<Consent> read_consent(const net::Target& target, char separator);
// 302 to `uri` with the parameters, and the state when there is one, appended to its query.
[[nodiscard]] net::Response redirect(const std::string& uri, net::Parameters parameters,
                                     const std::optional<std::string>& state);

}  // namespace syncwell::sandbox
