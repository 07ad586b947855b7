#include "sandbox/redirect.hpp"

#include <algorithm>
#include <cctype>

#include "sandbox/text.hpp"

namespace syncwell::sandbox {

bool is_account_name(std::string_view name) {
  return !name.empty() && name.size() <= max_account_name_length && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("._-@+").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::optional<Consent> read_consent(const net::Target& target, char separator) {
  Consent consent;
  consent.account = target.parameter("login_hint").value_or("alice");
  if (!is_account_name(consent.account)) return std::nullopt;
  consent.denied = target.parameter("sandbox_consent") == "deny";
  const std::string asked = target.parameter("scope").value_or("");
  std::vector<std::string_view> granted = split(asked, separator);
  if (const auto unticked = target.parameter("sandbox_scope")) {
    const auto kept = split(*unticked, separator);
    std::erase_if(granted, [&kept](std::string_view scope) { return std::ranges::find(kept, scope) == kept.end(); });
    consent.scopes.assign(granted.begin(), granted.end());
    return consent;
  }
  for (const std::string_view scope : granted) {
    if (!scope.empty()) consent.scopes.emplace_back(scope);
  }
  return consent;
}

net::Response redirect(const std::string& uri, net::Parameters parameters, const std::optional<std::string>& state) {
  if (state) parameters.emplace_back("state", *state);
  net::Response response;
  response.status = 302;
  response.headers.set("Location",
                       uri + (uri.find('?') == std::string::npos ? "?" : "&") + net::encode_form(parameters));
  return response;
}

}  // namespace syncwell::sandbox
