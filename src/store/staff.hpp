// Who works at the support desk, and with which role (SUP-5). A member signs in with a token that was shown once; kept
// is only its SHA-256 (the token is 256 random bits: there is nothing to guess).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "store/table.hpp"

namespace syncwell::store {

inline constexpr std::size_t max_staff = 1000;
inline constexpr std::string_view staff_token_prefix = "swst_";

// Each may do what those before it may. viewer: look; support: act on cases; admin: purge, staff, audit, configuration.
enum class Role { viewer, support, admin };
[[nodiscard]] std::string_view name_of(Role role) noexcept;
[[nodiscard]] std::optional<Role> parse_role(std::string_view name) noexcept;

struct StaffMember {
  std::string id;  // "stf_" and a UUID
  std::string name;
  Role role = Role::viewer;
  Instant created{};
};

class Staff {
 public:
  explicit Staff(Table& table) : table_(table) {}
  // The token. too_large past max_staff.
  [[nodiscard]] Async<Result<std::string>> add(StaffMember member);
  // nullopt: nobody has this token (any more).
  [[nodiscard]] Async<Result<std::optional<StaffMember>>> who_has(std::string token);
  [[nodiscard]] Async<Result<std::vector<StaffMember>>> list();
  [[nodiscard]] Async<Result<void>> remove(std::string id);  // not_found

 private:
  Table& table_;
};

}  // namespace syncwell::store
