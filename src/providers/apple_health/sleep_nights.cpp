#include "providers/apple_health/sleep_nights.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <tuple>
#include <utility>

#include "providers/apple_health/export_fields.hpp"
#include "providers/outcome.hpp"
#include "providers/stable_order.hpp"

namespace syncwell::providers::apple_health {
namespace {

using model::SleepSegment;
using model::SleepStage;

struct Session {
  model::Record record;
  bool only_in_bed = false;
};

bool earlier(const SleepSegment& a, const SleepSegment& b) {
  return std::tie(a.start.at, b.end.at, a.stage) < std::tie(b.start.at, a.end.at, b.stage);
}

bool tells_stage(SleepStage stage) {
  return stage == SleepStage::light || stage == SleepStage::deep || stage == SleepStage::rem;
}

// Cuts segments (sorted) so that none overlaps: the one that begins later wins, what it covers of an earlier one is
// taken out.
std::vector<SleepSegment> without_overlaps(std::span<const SleepSegment> sorted) {
  std::vector<SleepSegment> out;
  std::vector<SleepSegment> tails;
  for (const SleepSegment& next : sorted) {
    tails.clear();
    while (!out.empty() && out.back().end.at > next.start.at) {
      SleepSegment& last = out.back();
      if (last.end.at > next.end.at) {
        const Moment from =
            std::max(last.start, next.end, [](const Moment& a, const Moment& b) { return a.at < b.at; });
        tails.push_back({from, last.end, last.stage});
      }
      if (last.start.at >= next.start.at) {
        out.pop_back();
      } else {
        last.end = next.start;
      }
    }
    out.push_back(next);
    out.insert(out.end(), tails.rbegin(), tails.rend());
  }
  return out;
}

std::string session_id(const SleepSource& source, Instant start) {
  Identity identity;
  identity.add("sleep");
  identity.add(start);
  identity.add(source.name);
  identity.add(source.own_id);
  return to_hex(identity.bytes());
}

// `rows`: of one source, sorted by start, joined.
Session make_session(const SleepSource& source, std::span<const SleepRow> rows) {
  Session session;
  std::vector<SleepSegment> segments;
  bool staged = false;
  bool slept = false;
  for (const SleepRow& row : rows) {
    staged = staged || tells_stage(row.stage);
    slept = slept || row.stage != SleepStage::in_bed;
  }
  model::Record& record = session.record;
  record.type = model::DataType::sleep;
  record.origin = source.origin;
  record.external_id = source.own_id;
  record.time = {rows.front().start, rows.front().end};
  for (const SleepRow& row : rows) {
    if (row.end.at > record.time.end.at) record.time.end = row.end;
    if (row.method == model::RecordingMethod::self_reported) record.origin.method = row.method;
    if (slept && row.stage == SleepStage::in_bed) continue;
    if (staged && row.stage == SleepStage::asleep) continue;
    segments.push_back({row.start, row.end, row.stage});
  }
  std::ranges::sort(segments, earlier);
  record.source_id = session_id(source, record.time.start.at);
  record.payload = model::Sleep{.stages = without_overlaps(segments)};
  session.only_in_bed = !slept;
  return session;
}

// Takes out the in-bed sessions that another source fills with sleep. `sessions` is sorted by start.
void drop_frames(std::vector<Session>& sessions) {
  std::vector<TimeRange> slept;
  for (const Session& session : sessions) {
    const auto& time = session.record.time;
    if (session.only_in_bed) continue;
    if (!slept.empty() && time.start.at <= slept.back().end) {
      slept.back().end = std::max(slept.back().end, time.end.at);
    } else {
      slept.push_back({time.start.at, time.end.at});
    }
  }
  std::erase_if(sessions, [&](const Session& session) {
    if (!session.only_in_bed) return false;
    const auto after = std::ranges::upper_bound(slept, session.record.time.start.at, {}, &TimeRange::end);
    return after != slept.end() && overlaps(session.record.time, *after);
  });
}

}  // namespace

SleepStage parse_sleep_value(std::string_view value) {
  constexpr std::string_view prefix = "HKCategoryValueSleepAnalysis";
  if (value.starts_with(prefix)) value.remove_prefix(prefix.size());
  constexpr std::array<std::pair<std::string_view, SleepStage>, 13> names = {{
      {"InBed", SleepStage::in_bed},
      {"Asleep", SleepStage::asleep},
      {"AsleepUnspecified", SleepStage::asleep},
      {"AsleepCore", SleepStage::light},
      {"AsleepDeep", SleepStage::deep},
      {"AsleepREM", SleepStage::rem},
      {"Awake", SleepStage::awake},
      {"0", SleepStage::in_bed},
      {"1", SleepStage::asleep},
      {"2", SleepStage::awake},
      {"3", SleepStage::light},
      {"4", SleepStage::deep},
      {"5", SleepStage::rem},
  }};
  const auto found = std::ranges::find(names, value, &std::pair<std::string_view, SleepStage>::first);
  return found == names.end() ? SleepStage::unknown : found->second;
}

bool SleepNights::add(const SleepSource& source, const SleepRow& row) {
  if (rows_.size() >= max_sleep_rows) return false;
  std::string key = source.name;
  key += '\0';
  key += source.own_id;
  const auto& origin = source.origin;
  const std::size_t bytes = 3 * key.size() + origin.device_manufacturer.size() + origin.device_model.size();
  if (!source_index_.contains(key)) {
    if (source_bytes_ + bytes > max_sleep_source_bytes) return false;
    source_bytes_ += bytes;
  }
  const auto [known, added] = source_index_.try_emplace(std::move(key), static_cast<std::uint32_t>(sources_.size()));
  if (added) sources_.push_back(source);
  rows_.push_back({row, known->second});
  return true;
}

std::vector<model::Record> SleepNights::finish(const TimeRange& range) {
  std::ranges::sort(rows_, [](const Row& a, const Row& b) {
    return std::tie(a.source, a.row.start.at, a.row.end.at, a.row.stage) <
           std::tie(b.source, b.row.start.at, b.row.end.at, b.row.stage);
  });
  std::vector<Session> sessions;
  std::vector<SleepRow> night;
  Instant night_end{};
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (night.empty() || rows_[i].row.end.at > night_end) night_end = rows_[i].row.end.at;
    night.push_back(rows_[i].row);
    const bool last = i + 1 == rows_.size() || rows_[i + 1].source != rows_[i].source ||
                      rows_[i + 1].row.start.at > night_end + max_sleep_gap;
    if (!last) continue;
    sessions.push_back(make_session(sources_[rows_[i].source], night));
    night.clear();
  }
  rows_ = {};
  sources_.clear();
  source_index_.clear();
  source_bytes_ = 0;
  sort_stably(sessions, [](const Session& session) { return session.record.time.start.at; });
  drop_frames(sessions);
  std::vector<model::Record> records;
  for (Session& session : sessions) {
    if (overlaps(session.record.time, range)) records.push_back(std::move(session.record));
  }
  return records;
}

}  // namespace syncwell::providers::apple_health
