#include "engine/conflict.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <tuple>

namespace syncwell::engine {
namespace {

// Time in half milliseconds, so that the middle of a range is a whole number.
using HalfMs = std::int64_t;

HalfMs twice(Instant at) { return 2 * at.time_since_epoch().count(); }

bool is_instant(const Candidate& record) { return record.start == record.end; }

// A closed range [low, high] and the record it stands for.
struct Span {
  HalfMs low;
  HalfMs high;
  std::uint32_t index;
};

// Reports every (left, right) whose spans touch. Each step over an active list either reports a pair or drops an
// expired span for good, hence O(sorting + pairs).
template <class Emit>
void for_each_intersection(std::vector<Span>& left, std::vector<Span>& right, Emit emit) {
  if (left.empty() || right.empty()) return;
  for (auto* spans : {&left, &right}) {
    if (!std::ranges::is_sorted(*spans, {}, &Span::low)) std::ranges::sort(*spans, {}, &Span::low);
  }
  std::vector<Span> active_left;
  std::vector<Span> active_right;
  const auto meet = [](std::vector<Span>& active, const Span& span, auto report) {
    for (std::size_t i = 0; i < active.size();) {
      if (active[i].high < span.low) {
        active[i] = active.back();
        active.pop_back();
      } else {
        report(active[i].index);
        ++i;
      }
    }
  };
  for (std::size_t l = 0, r = 0; l < left.size() || r < right.size();) {
    if (r == right.size() || (l < left.size() && left[l].low <= right[r].low)) {
      const Span& span = left[l++];
      meet(active_right, span, [&](std::uint32_t other) { emit(span.index, other); });
      if (r < right.size()) active_left.push_back(span);
    } else {
      const Span& span = right[r++];
      meet(active_left, span, [&](std::uint32_t other) { emit(other, span.index); });
      if (l < left.size()) active_right.push_back(span);
    }
  }
}

enum class Length { instant, short_interval, long_interval };

Length length_of(const Candidate& record, Duration threshold) {
  if (is_instant(record)) return Length::instant;
  return record.end - record.start <= threshold ? Length::short_interval : Length::long_interval;
}

template <class MakeSpan>
std::vector<Span> spans_of(const std::vector<Candidate>& records, MakeSpan make_span) {
  std::vector<Span> spans;
  spans.reserve(records.size());
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    if (auto span = make_span(records[i])) spans.push_back(Span{span->first, span->second, i});
  }
  return spans;
}

using Ends = std::optional<std::pair<HalfMs, HalfMs>>;

}  // namespace

// The shorter of two intervals overlaps by at least half exactly when its middle lies in the longer one; two long
// intervals overlap by more than the threshold exactly when they still meet after each lost the threshold at its end.
// Both turn "overlaps enough" into "two spans touch", which the sweep above reports without looking at near misses.
std::vector<Conflict> find_conflicts(const std::vector<Candidate>& source, const std::vector<Candidate>& destination,
                                     Duration threshold) {
  std::vector<Conflict> found;
  const auto emit = [&](std::uint32_t s, std::uint32_t d) { found.push_back({s, d}); };
  const HalfMs twice_threshold = 2 * threshold.count();

  const auto shrunk = [&](const Candidate& record) -> Ends {
    if (length_of(record, threshold) != Length::long_interval) return std::nullopt;
    return std::pair{twice(record.start), twice(record.end) - twice_threshold - 1};
  };
  const auto middle = [&](const Candidate& record) -> Ends {
    if (length_of(record, threshold) != Length::short_interval) return std::nullopt;
    const HalfMs at = (twice(record.start) + twice(record.end)) / 2;
    return std::pair{at, at};
  };
  const auto whole = [&](const Candidate& record) -> Ends {
    if (is_instant(record)) return std::nullopt;
    return std::pair{twice(record.start), twice(record.end)};
  };
  const auto half_open = [&](const Candidate& record) -> Ends {
    if (is_instant(record)) return std::nullopt;
    return std::pair{twice(record.start), twice(record.end) - 1};
  };
  const auto instant = [&](const Candidate& record) -> Ends {
    if (!is_instant(record)) return std::nullopt;
    return std::pair{twice(record.start), twice(record.start)};
  };
  const auto widened = [&](const Candidate& record) -> Ends {
    if (!is_instant(record)) return std::nullopt;
    return std::pair{twice(record.start) - twice_threshold, twice(record.start) + twice_threshold};
  };
  const auto sweep = [&](auto of_source, auto of_destination, auto report) {
    auto left = spans_of(source, of_source);
    auto right = spans_of(destination, of_destination);
    for_each_intersection(left, right, report);
  };

  sweep(shrunk, shrunk, emit);
  sweep(middle, whole, emit);
  sweep(whole, middle, [&](std::uint32_t s, std::uint32_t d) {
    // Two short intervals can each hold the other's middle: the sweep before has reported that pair.
    const bool reported = length_of(source[s], threshold) == Length::short_interval &&
                          twice(source[s].start) + twice(source[s].end) >= 2 * twice(destination[d].start) &&
                          twice(source[s].start) + twice(source[s].end) <= 2 * twice(destination[d].end);
    if (!reported) emit(s, d);
  });
  sweep(instant, half_open, emit);
  sweep(half_open, instant, emit);
  sweep(widened, instant, emit);
  std::ranges::sort(found);
  return found;
}

bool in_conflict(const Candidate& left, const Candidate& right, Duration threshold) {
  if (is_instant(left) && is_instant(right)) return std::chrono::abs(left.start - right.start) <= threshold;
  if (is_instant(left)) return right.start <= left.start && left.start < right.end;
  if (is_instant(right)) return left.start <= right.start && right.start < left.end;
  const Duration overlap = std::min(left.end, right.end) - std::max(left.start, right.start);
  const Duration shorter = std::min(left.end - left.start, right.end - right.start);
  if (shorter <= threshold) return 2 * overlap >= shorter;
  return overlap > threshold;
}

namespace {

Instant last_change(const Candidate& record) { return record.modified.value_or(record.end); }

// Why this destination record keeps the source record out; nullopt where it does not.
std::optional<Reason> obstacle(const Candidate& source, const Candidate& destination, Strategy strategy) {
  if (strategy == Strategy::destination_wins) return Reason::destination_wins;
  if (strategy == Strategy::newest_wins && last_change(source) < last_change(destination)) {
    return Reason::destination_is_newer;
  }
  if (!destination.changeable) return Reason::not_overwritable;
  return std::nullopt;
}

// Conflicts of one side's records as ranges into an array, for both directions.
struct Adjacency {
  std::vector<std::uint32_t> first;  // per record, one more at the end
  std::vector<std::uint32_t> others;
  [[nodiscard]] auto of(std::uint32_t record) const {
    return std::span(others).subspan(first[record], first[record + 1] - first[record]);
  }
};

template <class Own, class Other>
Adjacency adjacency(const std::vector<Conflict>& conflicts, std::size_t count, Own own, Other other) {
  Adjacency result{std::vector<std::uint32_t>(count + 1, 0), std::vector<std::uint32_t>(conflicts.size())};
  for (const Conflict& conflict : conflicts) ++result.first[own(conflict) + 1];
  std::partial_sum(result.first.begin(), result.first.end(), result.first.begin());
  auto next = result.first;
  for (const Conflict& conflict : conflicts) result.others[next[own(conflict)]++] = other(conflict);
  return result;
}

bool before(const Candidate& left, const Candidate& right) {
  return std::tie(left.start, left.end, left.id) < std::tie(right.start, right.end, right.id);
}

class Resolution {
 public:
  Resolution(const std::vector<Candidate>& source, const std::vector<Candidate>& destination, Strategy strategy,
             Duration threshold)
      : source_(source), destination_(destination), strategy_(strategy) {
    const auto conflicts = find_conflicts(source, destination, threshold);
    by_source_ =
        adjacency(conflicts, source.size(), [](auto& c) { return c.source; }, [](auto& c) { return c.destination; });
    by_destination_ = adjacency(
        conflicts, destination.size(), [](auto& c) { return c.destination; }, [](auto& c) { return c.source; });
  }

  std::vector<Decision> decide() {
    find_winners();
    share_out();
    std::vector<Decision> decisions(source_.size());
    for (std::uint32_t s = 0; s < source_.size(); ++s) decisions[s] = decision_for(s);
    return decisions;
  }

 private:
  // A source record wins when nothing that stays is in its way; what it overwrites may clear the way for others. The
  // set only grows, so the result is the same in whatever order it is found.
  void find_winners() {
    obstacles_.assign(source_.size(), 0);
    wins_.assign(source_.size(), false);
    overwritten_.assign(destination_.size(), false);
    std::vector<std::uint32_t> ready;
    for (std::uint32_t s = 0; s < source_.size(); ++s) {
      for (const std::uint32_t d : by_source_.of(s))
        obstacles_[s] += obstacle(source_[s], destination_[d], strategy_).has_value();
      if (obstacles_[s] == 0) ready.push_back(s);
    }
    while (!ready.empty()) {
      const std::uint32_t winner = ready.back();
      ready.pop_back();
      wins_[winner] = true;
      for (const std::uint32_t d : by_source_.of(winner)) {
        if (overwritten_[d]) continue;
        overwritten_[d] = true;
        for (const std::uint32_t s : by_destination_.of(d)) {
          if (obstacle(source_[s], destination_[d], strategy_) && --obstacles_[s] == 0) ready.push_back(s);
        }
      }
    }
  }

  // Every overwritten destination record goes to the first winner (by time and id) that conflicts with it.
  void share_out() {
    owner_.assign(destination_.size(), none);
    for (std::uint32_t d = 0; d < destination_.size(); ++d) {
      for (const std::uint32_t s : by_destination_.of(d)) {
        const bool beats = wins_[s] && !obstacle(source_[s], destination_[d], strategy_);
        if (beats && (owner_[d] == none || before(source_[s], source_[owner_[d]]))) owner_[d] = s;
      }
    }
  }

  Decision decision_for(std::uint32_t s) const {
    Decision decision;
    if (by_source_.of(s).empty()) return decision;
    if (!wins_[s]) {
      decision.action = Action::skip;
      for (const std::uint32_t d : by_source_.of(s)) {
        const auto reason = obstacle(source_[s], destination_[d], strategy_);
        if (!reason || overwritten_[d]) continue;
        if (!decision.because || before(destination_[d], destination_[*decision.because])) {
          decision.because = d;
          decision.reason = *reason;
        }
      }
      return decision;
    }
    for (const std::uint32_t d : by_source_.of(s)) {
      if (!decision.because || before(destination_[d], destination_[*decision.because])) decision.because = d;
      if (owner_[d] == s) decision.erase.push_back(d);
    }
    decision.reason = strategy_ == Strategy::newest_wins ? Reason::source_is_newer : Reason::source_wins;
    if (decision.erase.empty()) return decision;  // another source record has taken what was in the way
    decision.action = Action::overwrite;
    const auto first = std::ranges::min_element(
        decision.erase, [&](std::uint32_t a, std::uint32_t b) { return before(destination_[a], destination_[b]); });
    decision.update = *first;
    decision.erase.erase(first);
    std::ranges::sort(decision.erase);
    return decision;
  }

  static constexpr std::uint32_t none = UINT32_MAX;
  const std::vector<Candidate>& source_;
  const std::vector<Candidate>& destination_;
  Strategy strategy_;
  Adjacency by_source_;
  Adjacency by_destination_;
  std::vector<std::uint32_t> obstacles_;
  std::vector<bool> wins_;
  std::vector<bool> overwritten_;
  std::vector<std::uint32_t> owner_;
};

}  // namespace

std::vector<Decision> resolve(const std::vector<Candidate>& source, const std::vector<Candidate>& destination,
                              Strategy strategy, Duration threshold) {
  return Resolution(source, destination, strategy, threshold).decide();
}

std::string_view name_of(Strategy strategy) noexcept {
  switch (strategy) {
    case Strategy::source_wins:
      return "source_wins";
    case Strategy::destination_wins:
      return "dest_wins";
    case Strategy::newest_wins:
      return "newest_wins";
  }
  return "source_wins";
}

std::optional<Strategy> parse_strategy(std::string_view name) {
  if (name == "source_wins") return Strategy::source_wins;
  if (name == "dest_wins" || name == "destination_wins") return Strategy::destination_wins;
  if (name == "newest_wins") return Strategy::newest_wins;
  return std::nullopt;
}

std::string_view name_of(Action action) noexcept {
  switch (action) {
    case Action::write:
      return "write";
    case Action::overwrite:
      return "overwrite";
    case Action::skip:
      return "skip";
  }
  return "skip";
}

std::string_view name_of(Reason reason) noexcept {
  switch (reason) {
    case Reason::no_conflict:
      return "no_conflict";
    case Reason::source_wins:
      return "source_wins";
    case Reason::source_is_newer:
      return "source_is_newer";
    case Reason::destination_wins:
      return "destination_wins";
    case Reason::destination_is_newer:
      return "destination_is_newer";
    case Reason::not_overwritable:
      return "not_overwritable";
  }
  return "no_conflict";
}

}  // namespace syncwell::engine
