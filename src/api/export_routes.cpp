// Export jobs: what is held about the caller. The link is the permission, for an hour; it is a keyed digest, so that
// nothing secret is stored for it.
#include <sodium.h>

#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/export_archive.hpp"
#include "api/problem.hpp"
#include "base/uuid.hpp"
#include "store/attributes.hpp"

namespace syncwell::api {
namespace {

constexpr Duration link_lifetime = std::chrono::hours{1};

store::Key export_key(const std::string& id) { return {"export#" + id, "export"}; }

}  // namespace

void Api::add_export_routes() {
  using enum Router::Access;
  router_.add("POST", "/v1/export-jobs", user, [this](Call call) { return create_export(std::move(call)); });
  router_.add("GET", "/v1/export-jobs/{id}", user, [this](Call call) { return get_export(std::move(call)); });
  router_.add("GET", "/v1/exports/{id}", open, [this](Call call) { return download_export(std::move(call)); });
}

net::Response Api::describe_export(int status, const std::string& id, const store::Item& item) const {
  const std::string url = "/v1/exports/" + id + "?token=" + services_.vault.digest("export-link", id);
  return json_answer(status, {{"id", id},
                              {"status", "ready"},
                              {"url", url},
                              {"expiresAt", format_rfc3339(item.expires_at.value_or(Instant{}))}});
}

// INT-2: the id follows from the key, so the same key gives the same link.
Async<net::Response> Api::create_export(Call call) {
  auto key = idempotency_key(call.request);
  if (!key) co_return problem(key.error());
  const std::string id = "exp_" + uuid_from_digest(services_.vault.digest("export-key", call.user + "\n" + *key));
  store::Item item{export_key(id), {{"user", call.user}}};
  item.expires_at = services_.runtime.now() + link_lifetime;
  item.indexes.push_back({std::string(store::items_by_user_index), call.user, id});
  auto stored = co_await services_.table.put(item, store::Condition::absent());
  if (!stored && stored.error().code != ErrorCode::version_conflict) co_return problem(stored.error());
  if (!stored) {
    auto existing = co_await services_.table.get(export_key(id));
    if (!existing) co_return problem(existing.error());
    if (*existing) item = std::move(**existing);
  }
  co_return describe_export(201, id, item);
}

Async<net::Response> Api::get_export(Call call) {
  auto item = co_await services_.table.get(export_key(call.segment("id")));
  if (!item) co_return problem(item.error());
  if (!*item || store::text_attribute((*item)->attributes, "user") != call.user)
    co_return problem(404, "not_found", "There is no export with this id, or its hour is over.");
  co_return describe_export(200, call.segment("id"), **item);
}

Async<net::Response> Api::download_export(Call call) {
  const std::string& id = call.segment("id");
  const std::string expected = services_.vault.digest("export-link", id);
  const std::string given = call.target.parameter("token").value_or("");
  const bool permitted =
      given.size() == expected.size() && sodium_memcmp(given.data(), expected.data(), given.size()) == 0;
  auto item = co_await services_.table.get(export_key(id));
  if (!item) co_return problem(item.error());
  if (!permitted || !*item) co_return problem(404, "not_found", "This link is wrong, or its hour is over.");
  auto archive = co_await export_archive(services_.table, store::text_attribute((*item)->attributes, "user"));
  if (!archive) co_return problem(archive.error());
  co_return net::Response{200,
                          {{"Content-Type", "application/zip"},
                           {"Content-Disposition", "attachment; filename=\"syncwell-export.zip\""},
                           {"Cache-Control", "no-store"}},
                          std::move(*archive)};
}

}  // namespace syncwell::api
