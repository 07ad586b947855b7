// Sessions with a server that runs on this machine's data folder: the operator's token lies there, and with it
// anybody's token of the built-in issuer can be had.
#pragma once

#include <memory>
#include <string>

#include "app/api_session.hpp"
#include "app/configuration.hpp"

namespace syncwell::app {

inline constexpr const char* default_user = "local";  // whom the command line speaks for

// `server`: its address, empty: where the configuration says. Storage errors of the token's file.
[[nodiscard]] Result<std::unique_ptr<ApiSession>> operator_session(const Configuration& configuration,
                                                                   const std::string& server);
// Adds the user where it is missing. Errors: those of the server.
[[nodiscard]] Result<std::unique_ptr<ApiSession>> user_session(const Configuration& configuration,
                                                               const std::string& server, const std::string& user);
// A token for a user, whom it adds where it is missing.
[[nodiscard]] Result<std::string> user_token(ApiSession& as_operator, const std::string& user,
                                             std::int64_t lifetime_minutes);

}  // namespace syncwell::app
