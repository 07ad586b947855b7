// A stable sort by a key: files are nearly always in order already, and libstdc++ 12's own uses functions that C++23
// deprecates. Pure, any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace syncwell::providers {

template <class T, class Key>
void sort_stably(std::vector<T>& values, Key key) {
  if (std::ranges::is_sorted(values, {}, key)) return;
  using KeyValue = std::decay_t<std::invoke_result_t<Key&, const T&>>;
  std::vector<std::pair<KeyValue, std::size_t>> order;
  order.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) order.emplace_back(std::invoke(key, std::as_const(values[i])), i);
  std::ranges::sort(order);
  std::vector<T> sorted;
  sorted.reserve(values.size());
  for (const auto& [value, index] : order) sorted.push_back(std::move(values[index]));
  values = std::move(sorted);
}

}  // namespace syncwell::providers
