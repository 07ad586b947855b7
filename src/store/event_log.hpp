// What subscribers were told lately, so that it can be told again: bodies of events (ids and codes, never health data)
// in the order in which they happened. Goes with its person when that person is erased.
#pragma once

#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr Duration event_log_lifetime = std::chrono::hours{24 * 7};

struct LoggedEvent {
  std::string id;
  std::string type;  // public
  std::string user;  // keyed digest; empty: nobody's
  Instant time{};
  std::string body;
};

class EventLog {
 public:
  explicit EventLog(Table& table) : table_(table) {}
  // The same event has the same key, however often it is put.
  [[nodiscard]] static Key key_of(const LoggedEvent& event);
  [[nodiscard]] static LoggedEvent from(const Item& item);
  [[nodiscard]] Async<Result<void>> put(LoggedEvent event);
  // Those of the day in which `day` lies, the oldest first, up to max_query_page at a time; the next page goes on after
  // `next`.
  struct Page {
    std::vector<LoggedEvent> events;
    std::optional<Key> next{};
  };
  [[nodiscard]] Async<Result<Page>> list(Instant day, std::optional<Key> after);

 private:
  Table& table_;
};

}  // namespace syncwell::store
