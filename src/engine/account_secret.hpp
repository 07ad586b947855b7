// What a connection keeps in the vault: tokens of a cloud account, or the place of a folder of files.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "providers/provider.hpp"

namespace syncwell::engine {

struct AccountSecret {
  std::string location;
  std::string provider_user_id;
  std::optional<providers::Tokens> tokens{};
};

[[nodiscard]] std::string to_json(const AccountSecret& secret);
[[nodiscard]] Result<AccountSecret> account_secret_from_json(std::string_view text);  // internal: not of our making

}  // namespace syncwell::engine
