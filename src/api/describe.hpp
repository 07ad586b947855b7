// How what is stored looks in answers, in one place: routes and exports say the same.
#pragma once

#include <boost/json/object.hpp>

#include "store/connections.hpp"
#include "store/jobs.hpp"
#include "store/sync_configs.hpp"
#include "store/users.hpp"

namespace syncwell::api {

inline constexpr std::string_view user_id_prefix = "usr_";

[[nodiscard]] boost::json::object describe(const store::User& user);
[[nodiscard]] boost::json::object describe(const store::Connection& connection);
[[nodiscard]] boost::json::object describe(const store::SyncConfig& config, const store::SyncProgress& progress);
[[nodiscard]] boost::json::object describe(const store::JobCounts& counts);
[[nodiscard]] boost::json::object describe(const store::Job& job);

}  // namespace syncwell::api
