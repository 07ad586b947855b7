// Who is told what happens: the subscribers of events (notify/). Few, made by the operator.
#pragma once

#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr std::size_t max_subscriptions = 100;

struct Subscription {
  std::string id;  // "sub_" and a UUID
  std::string url;
  std::vector<std::string> types{};  // public event types; empty: all
  std::string secret_pointer;        // into the vault
  std::string disabled_because{};    // for people; empty: it is active
  Instant created{};
  std::uint64_t version = 0;
  [[nodiscard]] bool is_active() const { return disabled_because.empty(); }
};

class Subscriptions {
 public:
  explicit Subscriptions(Table& table) : table_(table) {}
  [[nodiscard]] static Key key_of(const std::string& id);
  [[nodiscard]] static Subscription from(const Item& item);
  [[nodiscard]] Async<Result<std::vector<Subscription>>> list();  // the oldest id first
  // nullopt: no such subscription.
  [[nodiscard]] Async<Result<std::optional<Subscription>>> get(std::string id);
  // version_conflict where it was changed since it was read; version 0: where it exists.
  [[nodiscard]] Async<Result<std::uint64_t>> put(Subscription subscription);
  [[nodiscard]] Async<Result<void>> erase(std::string id);

 private:
  Table& table_;
};

}  // namespace syncwell::store
