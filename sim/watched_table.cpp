#include "sim/watched_table.hpp"

#include "store/attributes.hpp"

namespace syncwell::sim {

using store::Item;
using store::Key;
using store::Write;

namespace {

constexpr std::string_view config_prefix = "config#";
constexpr std::string_view ledger_prefix = "ledger#";
constexpr std::string_view job_prefix = "job#";

}  // namespace

void WatchedTable::attach(store::Table& table, Runtime& runtime) {
  table_ = &table;
  runtime_ = &runtime;
  watching_ = true;
  leases_.clear();
  began_.clear();
  jobs_.clear();
}

std::string WatchedTable::status_of(const std::string& job) const {
  const auto found = jobs_.find(job);
  return found == jobs_.end() ? std::string{} : found->second.status;
}

WatchedTable::Meaning WatchedTable::meaning_of(const std::vector<Write>& writes) const {
  Meaning meaning;
  bool begins = false;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const Write& write = writes[i];
    const std::string& partition = write.item.key.partition;
    const std::string& sort = write.item.key.sort;
    const bool puts = write.kind == Write::Kind::put;
    if (sort == "lease") {
      const auto until = store::instant_attribute(write.item.attributes, "until").value_or(Instant{});
      if (write.condition.kind == store::Condition::Kind::version_is) meaning.held.insert(partition);
      if (puts && until != Instant{}) {
        const auto other = leases_.find(partition);
        meaning.taken[partition] = {write.condition.version, until,
                                    other != leases_.end() && other->second.version == write.condition.version &&
                                        other->second.until > runtime_->now()};
      }
    } else if (sort == "lease-renewal") {
      meaning.renewed[partition] = store::instant_attribute(write.item.attributes, "until").value_or(Instant{});
    } else if (partition.starts_with(config_prefix) && sort == "progress") {
      const std::string config = partition.substr(config_prefix.size());
      const auto began = began_.find(config);
      meaning.needed.insert(partition);
      meaning.advanced[config] = began == began_.end() ? std::nullopt : std::optional(began->second);
    } else if (partition.starts_with(ledger_prefix)) {
      meaning.needed.insert(std::string(config_prefix) + partition.substr(ledger_prefix.size()));
    } else if (partition.starts_with(job_prefix) && puts) {
      meaning.statuses.push_back(
          {i, partition.substr(job_prefix.size()), store::text_attribute(write.item.attributes, "status")});
      begins = begins || meaning.statuses.back().status == "running";
    }
  }
  if (begins) {
    for (const auto& [partition, taken] : meaning.taken)
      meaning.begun.push_back(partition.substr(config_prefix.size()));
  }
  return meaning;
}

void WatchedTable::has_happened(const Meaning& meaning, const std::vector<Write>& writes,
                                const std::vector<std::uint64_t>& versions) {
  for (const auto& partition : meaning.needed) {
    if (!meaning.held.contains(partition))
      journal_.violated(partition.substr(config_prefix.size()), "a cursor or a ledger was written without the lease");
  }
  for (const auto& [partition, taken] : meaning.taken) {
    if (taken.held_by_another) journal_.violated("", "a lease was taken that somebody holds: " + partition);
  }
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const auto taken = meaning.taken.find(writes[i].item.key.partition);
    if (writes[i].item.key.sort == "lease" && taken != meaning.taken.end())
      leases_[taken->first] = {versions[i], taken->second.until};
  }
  for (const auto& [partition, until] : meaning.renewed) leases_[partition].until = until;
  for (const auto& config : meaning.begun) began_[config] = journal_.elapsed();
  for (const auto& [write, job, status] : meaning.statuses) {
    JobStatus& known = jobs_[job];
    if (versions[write] > known.version) known = {versions[write], status};
    journal_.note(job, "{} is {}", job, status);
  }
  for (const auto& [config, began] : meaning.advanced) {
    journal_.note(config, "{}: the cursor moves", config);
    if (!began) continue;
    if (const auto missing = accounts_.missing_after_sync(config, *began))
      journal_.violated(config, "the cursor has passed a record: " + *missing);
  }
}

void WatchedTable::saw(const Item& item) {
  if (!watching_ || !item.key.partition.starts_with(job_prefix)) return;
  JobStatus& known = jobs_[item.key.partition.substr(job_prefix.size())];
  if (item.version >= known.version) known = {item.version, store::text_attribute(item.attributes, "status")};
}

Async<Result<std::optional<Item>>> WatchedTable::get(Key key) {
  auto item = co_await table_->get(std::move(key));
  if (item && *item) saw(**item);
  co_return item;
}

Async<Result<std::vector<Item>>> WatchedTable::get_many(std::vector<Key> keys) {
  auto items = co_await table_->get_many(std::move(keys));
  if (items) {
    for (const auto& item : *items) saw(item);
  }
  co_return items;
}

Async<Result<std::vector<std::uint64_t>>> WatchedTable::transact(std::vector<Write> writes) {
  const Meaning meaning = meaning_of(writes);
  auto versions = co_await table_->transact(writes);
  if (versions && watching_) has_happened(meaning, writes, *versions);
  co_return versions;
}

Async<Result<store::QueryPage>> WatchedTable::query(std::string partition, std::string prefix, std::size_t limit,
                                                    std::optional<Key> after) {
  return table_->query(std::move(partition), std::move(prefix), limit, std::move(after));
}

Async<Result<store::QueryPage>> WatchedTable::query_index(std::string index, std::string partition, std::string prefix,
                                                          std::size_t limit, std::optional<Key> after) {
  return table_->query_index(std::move(index), std::move(partition), std::move(prefix), limit, std::move(after));
}

Async<Result<std::size_t>> WatchedTable::count_index(std::string index, std::string partition, std::size_t limit) {
  return table_->count_index(std::move(index), std::move(partition), limit);
}

}  // namespace syncwell::sim
