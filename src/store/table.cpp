#include "store/table.hpp"

#include <algorithm>

namespace syncwell::store {

const Item* find_item(std::span<const Item> items, const Key& key) {
  const auto found = std::ranges::find(items, key, &Item::key);
  return found == items.end() ? nullptr : &*found;
}

Async<Result<std::uint64_t>> Table::put(Item item, Condition condition) {
  std::vector<Write> writes;
  writes.push_back(Write{Write::Kind::put, std::move(item), condition});
  auto versions = co_await transact(std::move(writes));
  if (!versions) co_return fail(std::move(versions.error()));
  co_return versions->front();
}

Async<Result<void>> Table::erase(Key key, Condition condition) {
  std::vector<Write> writes;
  writes.push_back(Write{Write::Kind::erase, Item{std::move(key)}, condition});
  auto versions = co_await transact(std::move(writes));
  if (!versions) co_return fail(std::move(versions.error()));
  co_return Result<void>{};
}

}  // namespace syncwell::store
