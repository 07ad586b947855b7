// Cursors of lists: opaque text for the caller, a place in a partition for us. Whoever forges one gets a page of their
// own list that begins somewhere else.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "net/http.hpp"
#include "store/table.hpp"

namespace syncwell::api {

inline constexpr std::size_t default_page_items = 50;
inline constexpr std::size_t max_page_items = 200;
inline constexpr std::size_t max_cursor_bytes = 2048;

struct PageRequest {
  std::size_t limit = default_page_items;
  std::optional<store::Key> after{};
};

// From the query parameters `limit` and `after`. invalid_argument: no number from 1 to max_page_items; no cursor of
// ours.
[[nodiscard]] Result<PageRequest> page_request(const net::Target& target);
[[nodiscard]] std::string to_cursor(const store::Key& key);

// A page of a list that is short enough to be read at once. Its cursors name the last item by its id.
template <class T>
struct Slice {
  std::vector<T> items;
  std::optional<std::string> next{};
};
template <class T>
Slice<T> slice(std::vector<T> all, const PageRequest& page) {
  std::ranges::sort(all, {}, &T::id);
  const auto begin = page.after ? std::ranges::upper_bound(all, page.after->sort, {}, &T::id) : std::ranges::begin(all);
  Slice<T> part;
  for (auto item = begin; item != all.end(); ++item) {
    if (part.items.size() == page.limit) {
      part.next = to_cursor({"id", part.items.back().id});
      break;
    }
    part.items.push_back(std::move(*item));
  }
  return part;
}

}  // namespace syncwell::api
