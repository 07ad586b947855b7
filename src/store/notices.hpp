// What the desk tells the world outside, and whether it has arrived (ARCH-13): one notice per thing and channel. A
// notice says that there is something to tell; what it is, is read as it is told, so that a late one tells the truth
// of that moment. `told` is the number of the last change of the thing that has arrived.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr Duration notice_lifetime = std::chrono::hours{24 * 30};

enum class NoticeState { queued, sent, undelivered };
[[nodiscard]] std::string_view name_of(NoticeState state) noexcept;
[[nodiscard]] std::optional<NoticeState> parse_notice_state(std::string_view name) noexcept;

struct Notice {
  std::string id;       // "pagerduty|outage/strava", "zendesk|inc_…", "mail|contact#…|…"
  std::string channel;  // pagerduty, webhook, mail, zendesk
  std::string thing;    // an alarm's key, an incident's id; of mail: the contact message's
  std::string user{};   // of mail to a person: goes with their erasure
  std::string about{};
  std::string template_name{};
  NoticeState state = NoticeState::queued;
  int attempts = 0;  // since it was queued last
  std::string last_error{};
  std::int64_t told = 0;
  Instant updated{};
  std::uint64_t version = 0;
};

class Notices {
 public:
  explicit Notices(Table& table) : table_(table) {}
  [[nodiscard]] static Key key_of(const std::string& id);
  [[nodiscard]] static Notice from(const Item& item);
  [[nodiscard]] static Write put(const Notice& notice);
  [[nodiscard]] Async<Result<std::optional<Notice>>> get(std::string id);
  struct Page {
    std::vector<Notice> notices;
    std::optional<Key> next{};
  };
  // Last changed first.
  [[nodiscard]] Async<Result<Page>> list(NoticeState state, std::size_t limit, std::optional<Key> after = {});
  [[nodiscard]] Async<Result<std::size_t>> count(NoticeState state, std::size_t limit);  // up to `limit`

 private:
  Table& table_;
};

}  // namespace syncwell::store
