#include "app/local_session.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "app/key_files.hpp"
#include "store/attributes.hpp"

namespace syncwell::app {
namespace {

constexpr std::int64_t session_minutes = 24 * 60;  // longer than any command lasts

std::string address_of(const Configuration& configuration, const std::string& server) {
  if (!server.empty()) return server;
  return fmt::format("http://{}:{}", configuration.text("server.address"), configuration.number("server.port"));
}

}  // namespace

Result<std::unique_ptr<ApiSession>> operator_session(const Configuration& configuration, const std::string& server) {
  auto token = admin_token(configuration.data_folder(), configuration.text("admin.token"));
  if (!token) return fail(std::move(token.error()));
  return std::make_unique<ApiSession>(address_of(configuration, server), *token);
}

Result<std::string> user_token(ApiSession& as_operator, const std::string& user, std::int64_t lifetime_minutes) {
  const std::string path = "/admin/users/" + net::percent_encode(user);
  auto added = as_operator.call("PUT", path, boost::json::object{});
  if (!added) return fail(std::move(added.error()));
  auto issued = as_operator.call("POST", path + "/tokens", boost::json::object{{"lifetimeMinutes", lifetime_minutes}});
  if (!issued) return fail(std::move(issued.error()));
  return store::text_attribute(issued->as_object(), "token");
}

Result<std::unique_ptr<ApiSession>> user_session(const Configuration& configuration, const std::string& server,
                                                 const std::string& user) {
  auto as_operator = operator_session(configuration, server);
  if (!as_operator) return as_operator;
  auto token = user_token(**as_operator, user, session_minutes);
  if (!token) return fail(std::move(token.error()));
  return std::make_unique<ApiSession>(address_of(configuration, server), *token);
}

}  // namespace syncwell::app
