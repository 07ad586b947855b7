#include "store/staff.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr std::array role_names{"viewer", "support", "admin"};
constexpr const char* partition = "staff";
constexpr const char* token_partition = "staff-token";
constexpr std::size_t token_bytes = 32;

std::string digest_of(std::string_view token) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(token.data()), token.size());
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

StaffMember from(const Item& item) {
  return {item.key.sort, text_attribute(item.attributes, "name"),
          parse_role(text_attribute(item.attributes, "role")).value_or(Role::viewer),
          instant_attribute(item.attributes, "created").value_or(Instant{})};
}

}  // namespace

std::string_view name_of(Role role) noexcept { return role_names.at(static_cast<std::size_t>(role)); }

std::optional<Role> parse_role(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(role_names, name);
  if (found == role_names.end()) return std::nullopt;
  return static_cast<Role>(found - role_names.begin());
}

Async<Result<std::string>> Staff::add(StaffMember member) {
  auto present = co_await list();
  if (!present) co_return fail(std::move(present.error()));
  if (present->size() >= max_staff)
    co_return fail(ErrorCode::too_large, "there are as many staff members as there may be: remove one first");
  std::array<unsigned char, token_bytes> secret{};
  randombytes_buf(secret.data(), secret.size());
  std::string token = fmt::format("{}{:02x}", staff_token_prefix, fmt::join(secret, ""));
  const std::string digest = digest_of(token);
  Item entry{{partition, member.id}};
  entry.attributes = {{"name", member.name}, {"role", name_of(member.role)}, {"token", digest}};
  set_instant(entry.attributes, "created", member.created);
  Item by_token{{token_partition, digest}};
  by_token.attributes = {{"member", member.id}};
  std::vector<Write> writes{{Write::Kind::put, std::move(entry), Condition::absent()},
                            {Write::Kind::put, std::move(by_token), Condition::absent()}};
  auto written = co_await table_.transact(std::move(writes));
  if (!written) co_return fail(std::move(written.error()));
  co_return token;
}

Async<Result<std::optional<StaffMember>>> Staff::who_has(std::string token) {
  auto by_token = co_await table_.get({token_partition, digest_of(token)});
  if (!by_token) co_return fail(std::move(by_token.error()));
  if (!*by_token) co_return std::nullopt;
  auto entry = co_await table_.get({partition, text_attribute((*by_token)->attributes, "member")});
  if (!entry) co_return fail(std::move(entry.error()));
  if (!*entry) co_return std::nullopt;
  co_return from(**entry);
}

Async<Result<std::vector<StaffMember>>> Staff::list() {
  auto page = co_await table_.query(partition, "", max_staff, std::nullopt);
  if (!page) co_return fail(std::move(page.error()));
  std::vector<StaffMember> members;
  for (const auto& item : page->items) members.push_back(from(item));
  co_return members;
}

Async<Result<void>> Staff::remove(std::string id) {
  std::optional<Item> entry;
  if (!id.empty()) {
    auto found = co_await table_.get({partition, id});
    if (!found) co_return fail(std::move(found.error()));
    entry = std::move(*found);
  }
  if (!entry) co_return fail(ErrorCode::not_found, "there is no staff member with this id");
  std::vector<Write> writes{
      {Write::Kind::erase, Item{{partition, id}}, Condition::none()},
      {Write::Kind::erase, Item{{token_partition, text_attribute(entry->attributes, "token")}}, Condition::none()}};
  auto written = co_await table_.transact(std::move(writes));
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<void>{};
}

}  // namespace syncwell::store
