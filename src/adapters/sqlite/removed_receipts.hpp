// Which receipt removed a message, for the newest removals. It lets remove() tell "already gone by this receipt"
// (success) from "gone by a newer one" (lease_lost). Of older ones, and after a restart, nobody knows any more; there
// remove() reports success, because the message is gone either way. Used on the writer's executor only.
#pragma once

#include <deque>
#include <unordered_map>

#include "adapters/sqlite/queue_statements.hpp"

namespace syncwell::sqlite {

inline constexpr std::size_t max_removed_receipts = 64 * 1024;

class RemovedReceipts {
 public:
  void remember(const Receipt& receipt) {
    const auto [entry, is_new] = tokens_.insert_or_assign(receipt.id, receipt.token);
    if (is_new) order_.push_back(receipt.id);
    if (order_.size() > max_removed_receipts) {
      tokens_.erase(order_.front());
      order_.pop_front();
    }
  }

  // It died: no receipt of it removes anything any more.
  void forget(std::int64_t id) { remember({id, Token{}}); }

  // False when the message is known to have been removed by another receipt.
  [[nodiscard]] bool may_be_by(const Receipt& receipt) const {
    const auto known = tokens_.find(receipt.id);
    return known == tokens_.end() || known->second == receipt.token;
  }

 private:
  std::unordered_map<std::int64_t, Token> tokens_;
  std::deque<std::int64_t> order_;
};

}  // namespace syncwell::sqlite
