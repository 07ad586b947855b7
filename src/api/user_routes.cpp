// The caller's own account, and the people of the built-in issuer (for the operator).
#include <boost/json.hpp>

#include <algorithm>

#include "api/api.hpp"
#include "api/describe.hpp"
#include "api/json_body.hpp"
#include "api/problem.hpp"
#include "api/versions.hpp"
#include "net/mail.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

constexpr std::size_t max_local_id_bytes = 64;
constexpr std::size_t max_tag_bytes = 64;

// Ids that the operator chooses stand in paths: unreserved characters only (RFC 3986).
bool is_local_id(std::string_view id) {
  return !id.empty() && id.size() <= max_local_id_bytes && !id.starts_with(user_id_prefix) &&
         std::ranges::all_of(
             id, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~'; });
}

// An IANA zone name or a BCP 47 tag, by its characters.
bool is_tag(std::string_view text) {
  return text.size() <= max_tag_bytes && std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '/' || c == '+';
         });
}

}  // namespace

void Api::add_user_routes() {
  using enum Router::Access;
  router_.add("GET", "/v1/users/me", user, [this](Call call) { return get_me(std::move(call)); });
  router_.add("PUT", "/v1/users/me/settings", user, [this](Call call) { return change_settings(std::move(call)); });
  router_.add("DELETE", "/v1/users/me", user, [this](Call call) { return erase_me(std::move(call)); });
  router_.add("PUT", "/admin/users/{id}", admin, [this](Call call) { return change_user(std::move(call)); });
  router_.add("POST", "/admin/users/{id}/tokens", admin, [this](Call call) { return issue_token(std::move(call)); });
  router_.add("DELETE", "/admin/users/{id}", admin, [this](Call call) { return erase_user(std::move(call)); });
  router_.add("POST", "/admin/identity/invalidate", admin, [this](Call) { return invalidate_identity(); });
}

Async<net::Response> Api::get_me(Call call) {
  auto user = co_await users_.get(call.user);
  if (!user) co_return problem(user.error());
  co_return with_version(json_answer(200, describe(*user)), user->version);
}

Async<net::Response> Api::change_settings(Call call) {
  auto expected = expected_version(call.request);
  if (!expected) co_return problem(expected.error());
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  auto user = co_await users_.get(call.user);
  if (!user) co_return problem(user.error());
  if (user->version == 0) user->created = services_.runtime.now();
  const bool was_paused = user->paused;
  user->paused = body->optional_flag("paused");
  user->time_zone = body->optional_text("timeZone");
  user->locale = body->optional_text("locale");
  if (!is_tag(user->time_zone)) body->refuse("timeZone", "must be an IANA name, like Europe/Berlin");
  if (!is_tag(user->locale)) body->refuse("locale", "must be a language tag, like de-DE");
  user->contact_opt_out = body->optional_flag("contactOptOut");
  const std::string address = body->optional_text("contactEmail");
  if (!address.empty() && !net::is_mail_address(address))
    body->refuse("contactEmail", "must be a mail address; empty removes it, and leaving it out keeps it");
  if (body->error()) co_return problem(*body->error());
  if (*expected && **expected != user->version) co_return changed_meanwhile("settings");
  // The new address is sealed before the profile names it, the old one is erased after: a crash between leaves a secret
  // that nobody names, never a profile that names none.
  const std::string old_pointer = user->contact_pointer;
  const bool changes_address = body->has("contactEmail");
  if (changes_address) {
    user->contact_pointer.clear();
    if (!address.empty()) {
      auto sealed = co_await services_.vault.put(address);
      if (!sealed) co_return problem(sealed.error());
      user->contact_pointer = std::move(*sealed);
    }
  }
  auto version = co_await users_.put(*user);
  if (!version && changes_address && !user->contact_pointer.empty())
    (void)co_await services_.vault.erase(user->contact_pointer);
  if (version && changes_address && !old_pointer.empty()) {
    auto erased = co_await services_.vault.erase(old_pointer);
    if (!erased) co_return problem(erased.error());
  }
  if (!version && version.error().code == ErrorCode::version_conflict) co_return changed_meanwhile("settings");
  if (!version) co_return problem(version.error());
  // Whoever goes on after a pause is not kept waiting for it.
  if (was_paused && !user->paused) {
    auto followed = co_await schedule_.follow(call.user);
    if (!followed) co_return problem(followed.error());
  }
  user->version = *version;
  co_return with_version(json_answer(200, describe(*user)), *version);
}

Async<net::Response> Api::erase_me(Call call) { return erase(call.user); }

// 202: from now on nothing of this person runs or is answered; the rest happens as fast as the providers let us.
Async<net::Response> Api::erase(std::string user) {
  auto requested = co_await services_.eraser.request_user(user);
  if (!requested) co_return problem(requested.error());
  services_.authenticator.forget(user);
  co_return json_answer(202, {{"status", "erasing"}});
}

// The key of a path's {id}: "usr_…" as GET /v1/users/me tells it, or an id of the built-in issuer.
std::string Api::key_of_path(const Call& call) const {
  const std::string& id = call.segment("id");
  if (id.starts_with(user_id_prefix)) return id.substr(user_id_prefix.size());
  return identity::user_key(services_.vault, std::string(identity::built_in_name), id);
}

// Adds the person where there is none of this id, and sets what the operator decides.
Async<net::Response> Api::change_user(Call call) {
  const std::string& id = call.segment("id");
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  const std::string tier_name = body->optional_text("tier");
  const auto tier = store::parse_tier(tier_name.empty() ? "FREE" : tier_name);
  if (!tier) body->refuse("tier", "must be FREE or PRO");
  if (!id.starts_with(user_id_prefix) && !is_local_id(id))
    body->refuse("id", "must have 1 to 64 letters, digits and - . _ ~, and not begin with usr_");
  if (body->error()) co_return problem(*body->error());
  auto user = co_await users_.get(key_of_path(call));
  if (!user) co_return problem(user.error());
  if (user->status == store::UserStatus::erasing)
    co_return problem(409, "account_erased", "This account is being erased.");
  const bool is_new = user->version == 0;
  if (is_new) user->created = services_.runtime.now();
  if (is_new || !tier_name.empty()) user->tier = *tier;
  auto version = co_await users_.put(*user);
  if (!version) co_return problem(version.error());
  auto followed = co_await schedule_.follow(user->key);
  if (!followed) co_return problem(followed.error());
  user->version = *version;
  co_return json_answer(is_new ? 201 : 200, describe(*user));
}

Async<net::Response> Api::issue_token(Call call) {
  const std::string& id = call.segment("id");
  if (services_.issuer == nullptr)
    co_return problem(409, "issuer_off", "The built-in issuer is switched off (identity.built_in_issuer).");
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  const auto minutes =
      body->optional_number("lifetimeMinutes", 1, identity::max_token_lifetime / std::chrono::minutes{1});
  if (body->error()) co_return problem(*body->error());
  auto user = co_await users_.get(key_of_path(call));
  if (!user) co_return problem(user.error());
  if (!is_local_id(id) || user->version == 0)
    co_return problem(404, "not_found", "There is no user of the built-in issuer with this id: add it first.");
  const Duration lifetime = minutes ? std::chrono::minutes{*minutes} : identity::default_token_lifetime;
  auto token = services_.issuer->issue(id, lifetime, services_.runtime.now());
  if (!token) co_return problem(token.error());
  auto answer =
      json_answer(201, {{"token", *token}, {"expiresAt", format_rfc3339(services_.runtime.now() + lifetime)}});
  answer.headers.set("Cache-Control", "no-store");
  co_return answer;
}

Async<net::Response> Api::erase_user(Call call) {
  const std::string key = key_of_path(call);
  auto user = co_await users_.get(key);
  if (!user) co_return problem(user.error());
  if (user->version == 0) co_return problem(404, "not_found", "There is no user with this id.");
  co_return co_await erase(key);
}

// A signing key was compromised: what was decided and fetched so far does not count any more.
Async<net::Response> Api::invalidate_identity() {
  services_.authenticator.invalidate();
  co_return net::Response{204};
}

}  // namespace syncwell::api
