// What is known of a person: tier and settings. `key` is the keyed digest of the user id, as everywhere; a person of
// whom nothing is stored yet has the defaults, so that whoever an identity provider vouches for needs no sign-up here.
#pragma once

#include <string>

#include "store/table.hpp"

namespace syncwell::store {

enum class Tier { free, pro };
[[nodiscard]] std::string_view name_of(Tier tier) noexcept;  // "FREE", "PRO"
[[nodiscard]] std::optional<Tier> parse_tier(std::string_view name) noexcept;

// `erasing`: the person asked to be forgotten; no call of theirs is answered any more, and no sync of theirs runs.
enum class UserStatus { active, erasing };

struct User {
  std::string key;
  Tier tier = Tier::free;
  UserStatus status = UserStatus::active;
  bool paused = false;      // no sync of this person is scheduled
  std::string time_zone{};  // IANA name; empty: not told
  std::string locale{};     // BCP 47 tag for messages to the person; empty: not told
  Instant created{};
  std::uint64_t version = 0;      // 0: nothing is stored
  std::string contact_pointer{};  // of the sealed mail address (SUP-4); empty: not told
  bool contact_opt_out = false;   // wants no mail about failed syncs
};

class Users {
 public:
  explicit Users(Table& table) : table_(table) {}
  [[nodiscard]] Async<Result<User>> get(std::string key);
  // For who reads it together with other items.
  [[nodiscard]] static Key key_of(const std::string& key);
  [[nodiscard]] static User from(const std::string& key, const Item* item);  // nullptr: nothing is stored
  // version_conflict where it was changed since it was read. Returns the new version.
  [[nodiscard]] Async<Result<std::uint64_t>> put(User user);

 private:
  Table& table_;
};

}  // namespace syncwell::store
