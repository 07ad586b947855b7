// The Table port on SQLite: one row per item, one row per index entry. See store/table.hpp for the contract.
#pragma once

#include "adapters/sqlite/clock.hpp"
#include "adapters/sqlite/readers.hpp"
#include "adapters/sqlite/writer.hpp"
#include "store/table.hpp"

namespace syncwell::sqlite {

// Expired items are deleted this long after they expired, some at a time. Until then a put over one of them goes on
// counting its version.
inline constexpr Duration expired_item_kept = std::chrono::hours{1};
inline constexpr Duration sweep_interval = std::chrono::seconds{10};
inline constexpr std::size_t max_items_per_sweep = 200;

class SqliteTable final : public store::Table {
 public:
  // All references outlive the table.
  SqliteTable(Writer& writer, Readers& readers, const Clock& clock);

  [[nodiscard]] Async<Result<std::optional<store::Item>>> get(store::Key key) override;
  [[nodiscard]] Async<Result<std::vector<store::Item>>> get_many(std::vector<store::Key> keys) override;
  [[nodiscard]] Async<Result<std::vector<std::uint64_t>>> transact(std::vector<store::Write> writes) override;
  [[nodiscard]] Async<Result<store::QueryPage>> query(std::string partition, std::string prefix, std::size_t limit,
                                                      std::optional<store::Key> after) override;
  [[nodiscard]] Async<Result<store::QueryPage>> query_index(std::string index, std::string partition,
                                                            std::string prefix, std::size_t limit,
                                                            std::optional<store::Key> after) override;
  [[nodiscard]] Async<Result<std::size_t>> count_index(std::string index, std::string partition,
                                                       std::size_t limit) override;

 private:
  Writer& writer_;
  Readers& readers_;
  const Clock& clock_;
};

// Deletes expired items now and then, as part of the writer's batches. Used on the writer's executor only.
class ExpirySweep {
 public:
  explicit ExpirySweep(const Clock& clock) : clock_(clock) {}
  // Does nothing unless a sweep is due.
  [[nodiscard]] Result<void> sweep(Connection& connection);

 private:
  const Clock& clock_;
  Steady next_{};
};

}  // namespace syncwell::sqlite
