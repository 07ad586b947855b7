#include "providers/json/time_index.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace syncwell::providers::json {
namespace {

constexpr std::size_t max_recent_items = 256;

bool overlaps(const TimeIndex::Item& item, TimeRange range) {
  if (item.start >= range.end) return false;
  return item.end > range.start || (item.start == item.end && item.start == range.start);
}

}  // namespace

TimeIndex::Run TimeIndex::make_run(std::vector<Item> items) {
  std::ranges::sort(items, {}, &Item::start);
  Run run;
  const std::size_t count = items.size();
  run.max_end.resize(2 * count);
  for (std::size_t i = 0; i < count; ++i) run.max_end[count + i] = items[i].end;
  for (std::size_t i = count; i-- > 1;) run.max_end[i] = std::max(run.max_end[2 * i], run.max_end[2 * i + 1]);
  run.items = std::move(items);
  return run;
}

void TimeIndex::insert(Item item) {
  recent_.push_back(item);
  if (recent_.size() < max_recent_items) return;
  std::vector<Item> merged = std::exchange(recent_, {});
  while (!runs_.empty() && runs_.back().items.size() < 2 * merged.size()) {
    std::ranges::move(runs_.back().items, std::back_inserter(merged));
    runs_.pop_back();
  }
  runs_.push_back(make_run(std::move(merged)));
}

void TimeIndex::find(TimeRange range, std::vector<Item>& found) const {
  for (const Item& item : recent_) {
    if (overlaps(item, range)) found.push_back(item);
  }
  std::vector<std::size_t> nodes;
  for (const Run& run : runs_) {
    // Candidates are the items before `bound`; the tree leads to those that do not end before the range.
    const auto after = std::ranges::lower_bound(run.items, range.end, {}, &Item::start);
    const auto bound = static_cast<std::size_t>(after - run.items.begin());
    const std::size_t count = run.items.size();
    nodes.clear();
    for (std::size_t low = count, high = count + bound; low < high; low /= 2, high /= 2) {
      if (low % 2 == 1) nodes.push_back(low++);
      if (high % 2 == 1) nodes.push_back(--high);
    }
    while (!nodes.empty()) {
      const std::size_t node = nodes.back();
      nodes.pop_back();
      if (run.max_end[node] < range.start) continue;
      if (node < count) {
        nodes.push_back(2 * node);
        nodes.push_back(2 * node + 1);
      } else if (overlaps(run.items[node - count], range)) {
        found.push_back(run.items[node - count]);
      }
    }
  }
}

std::size_t TimeIndex::size() const {
  return std::accumulate(runs_.begin(), runs_.end(), recent_.size(),
                         [](std::size_t sum, const Run& run) { return sum + run.items.size(); });
}

void TimeIndex::clear() {
  runs_.clear();
  recent_.clear();
}

}  // namespace syncwell::providers::json
