// Which of many time intervals overlap a range: O(log² n + k log n) a query whatever the lengths of the intervals, and
// O(log² n) amortised an insertion. Intervals are kept in sorted runs whose sizes double (the logarithmic method), each
// with a tree of maximal ends over it, so that one interval of many years does not make every query a scan.
// A pure value of one thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace syncwell::providers::json {

class TimeIndex {
 public:
  struct Item {
    Instant start{};
    Instant end{};
    std::uint32_t slot = 0;  // what the caller calls it
  };

  void insert(Item item);
  // Appends every item that overlaps the half-open `range`, in no order: an interval [start, end) that shares time
  // with it, or an instant (start == end) inside.
  void find(TimeRange range, std::vector<Item>& found) const;
  [[nodiscard]] std::size_t size() const;
  void clear();

 private:
  // Sorted by start. max_end[i] is the latest end below node i of an implicit binary tree whose leaves are the items.
  struct Run {
    std::vector<Item> items;
    std::vector<Instant> max_end;
  };
  static Run make_run(std::vector<Item> items);

  std::vector<Run> runs_;     // sizes descend, each at least twice the next
  std::vector<Item> recent_;  // not yet in a run
};

}  // namespace syncwell::providers::json
