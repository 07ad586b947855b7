#include "providers/json/record_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "model/json.hpp"
#include "providers/provider.hpp"

namespace syncwell::providers::json {
namespace {

constexpr std::size_t lines_between_yields = 1000;
constexpr Duration busy_retry_interval{5};

std::uint64_t hash_of(std::string_view id) { return std::hash<std::string_view>{}(id); }

// Marks that a coroutine is in refresh(), until it leaves in whatever way.
class BusyMark {
 public:
  explicit BusyMark(bool& flag) : flag_(flag) { flag_ = true; }
  ~BusyMark() { flag_ = false; }
  BusyMark(const BusyMark&) = delete;
  BusyMark& operator=(const BusyMark&) = delete;

 private:
  bool& flag_;
};

}  // namespace

Async<Result<void>> RecordFile::refresh(int descriptor, Runtime& runtime, Deadline deadline) {
  while (is_busy_) {
    if (deadline.remaining(runtime) == Duration{0}) co_return fail(ErrorCode::timeout, path_ + ": not read in time");
    if (auto slept = co_await runtime.sleep_for(busy_retry_interval); !slept) co_return slept;
  }
  const auto signature = signature_of(descriptor, path_);
  if (!signature) co_return fail(signature.error());
  if (is_current_ && *signature == signature_) co_return Result<void>{};
  const BusyMark mark(is_busy_);
  clear();
  LineScanner scanner(descriptor, signature->size, model::max_record_json_bytes, path_);
  sound_size_ = signature->size;
  for (std::size_t count = 1;; ++count) {
    auto line = scanner.next();
    if (!line) co_return fail(std::move(line.error()));
    if (!*line) break;
    add_scanned(descriptor, **line);
    if (slots_.size() > max_indexed_lines) co_return fail(ErrorCode::too_large, path_ + ": too many records");
    if (count % lines_between_yields != 0) continue;
    if (deadline.remaining(runtime) == Duration{0}) co_return fail(ErrorCode::timeout, path_ + ": not read in time");
    if (auto slept = co_await runtime.sleep_for(Duration{0}); !slept) co_return slept;
  }
  signature_ = *signature;
  is_current_ = true;
  co_return Result<void>{};
}

void RecordFile::clear() {
  is_current_ = false;
  slots_.clear();
  times_.clear();
  by_source_id_.clear();
  by_external_id_.clear();
  problems_.clear();
  further_problems_ = 0;
  is_damaged_ = false;
  is_torn_ = false;
  needs_line_end_ = false;
  sound_size_ = 0;
}

void RecordFile::add_problem(std::uint64_t line, std::string what) {
  if (problems_.size() < max_warnings) {
    problems_.push_back({line, std::move(what)});
  } else {
    ++further_problems_;
  }
}

void RecordFile::add_scanned(int descriptor, const Line& line) {
  const bool has_end = line.end_bytes > 0;
  needs_line_end_ = !has_end;
  if (line.too_long) {
    is_damaged_ = true;
    add_problem(line.number, fmt::format("left out: longer than {} bytes", model::max_record_json_bytes));
    return;
  }
  const auto record = model::from_json(line.text);
  if (!record && !has_end) {  // a crash while the line was written: no part of a record is a record
    is_damaged_ = true;
    is_torn_ = true;
    needs_line_end_ = false;
    sound_size_ = line.offset;
    add_problem(line.number, "left out: the last line is cut off");
    return;
  }
  if (!record || record->type != type_) {
    is_damaged_ = true;
    add_problem(line.number, record ? fmt::format("left out: a record of {} in the file of {}", name_of(record->type),
                                                  name_of(type_))
                                    : "left out: " + record.error().message);
    return;
  }
  if (const auto earlier = find_in(by_source_id_, descriptor, record->source_id, &model::Record::source_id)) {
    add_problem(line.number, "replaces an earlier line with the same id");
    slots_[earlier->slot].state = SlotState::superseded;
    const auto [first, last] = by_source_id_.equal_range(hash_of(record->source_id));
    by_source_id_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == earlier->slot; }));
  }
  add_slot({.start = record->time.start.at,
            .end = record->time.end.at,
            .offset = line.offset,
            .length = static_cast<std::uint32_t>(line.length),
            .end_bytes = line.end_bytes},
           record->source_id, record->external_id);
}

void RecordFile::add_slot(const Slot& slot, std::string_view source_id, std::string_view external_id) {
  const auto number = static_cast<std::uint32_t>(slots_.size());
  slots_.push_back(slot);
  times_.insert({slot.start, slot.end, number});
  by_source_id_.emplace(hash_of(source_id), number);
  if (!external_id.empty() && external_id != source_id) by_external_id_.emplace(hash_of(external_id), number);
}

std::vector<LinePlace> RecordFile::find(TimeRange range) const {
  std::vector<TimeIndex::Item> items;
  times_.find(range, items);
  // An update leaves the old times of its slot in the time index: only what the slot says now counts.
  std::erase_if(items, [&](const TimeIndex::Item& item) {
    const Slot& slot = slots_[item.slot];
    return slot.state != SlotState::live || slot.start != item.start || slot.end != item.end;
  });
  std::ranges::sort(items, {}, &TimeIndex::Item::slot);
  const auto repeated = std::ranges::unique(items, {}, &TimeIndex::Item::slot);
  items.erase(repeated.begin(), repeated.end());
  std::vector<LinePlace> places;
  places.reserve(items.size());
  for (const auto& item : items) places.push_back({slots_[item.slot].offset, slots_[item.slot].length});
  return places;
}

Result<void> RecordFile::check_sound() const {
  const std::size_t problems = problems_.size() + further_problems_ - (is_torn_ ? 1 : 0);
  if (!slots_.empty() || problems == 0) return {};
  return fail(ErrorCode::unreadable_input, fmt::format("{}: no line of it is a record of {}; line {}: {}", path_,
                                                       name_of(type_), problems_[0].line, problems_[0].what));
}

Result<model::Record> RecordFile::read_slot(int descriptor, std::uint32_t slot) const {
  const auto text = read_at(descriptor, slots_[slot].offset, slots_[slot].length, path_);
  if (!text) return fail(text.error());
  return model::from_json(*text);
}

std::optional<RecordFile::Found> RecordFile::find_in(const IdTable& table, int descriptor, std::string_view id,
                                                     std::string model::Record::* member) const {
  const auto [first, last] = table.equal_range(hash_of(id));
  for (auto entry = first; entry != last; ++entry) {
    if (slots_[entry->second].state != SlotState::live) continue;
    auto record = read_slot(descriptor, entry->second);  // equal hashes are not yet equal ids
    if (record && (*record).*member == id) return Found{entry->second, std::move(*record)};
  }
  return std::nullopt;
}

std::optional<RecordFile::Found> RecordFile::find_id(int descriptor, std::string_view id) const {
  auto found = find_in(by_source_id_, descriptor, id, &model::Record::source_id);
  return found ? std::move(found) : find_in(by_external_id_, descriptor, id, &model::Record::external_id);
}

void RecordFile::appended(const std::vector<NewLine>& lines, const std::vector<std::uint64_t>& offsets,
                          FileSignature signature) {
  if (needs_line_end_ && !lines.empty()) {  // the append began with the line end that was missing
    if (!slots_.empty() && slots_.back().end_bytes == 0) slots_.back().end_bytes = 1;
    needs_line_end_ = false;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    add_slot({.start = lines[i].start,
              .end = lines[i].end,
              .offset = offsets[i],
              .length = static_cast<std::uint32_t>(lines[i].text.size()),
              .end_bytes = 1},
             lines[i].source_id, lines[i].external_id);
    sound_size_ = offsets[i] + lines[i].text.size() + 1;
  }
  signature_ = signature;
  if (signature.size != sound_size_ || is_torn_) invalidate();  // the torn line is gone, and so is its warning
}

void RecordFile::rewritten(const std::vector<Moved>& moved, std::uint64_t sound_size, bool needs_line_end) {
  std::size_t gone = 0;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    Slot& slot = slots_[i];
    if (!moved[i].offset) {
      slot.state = SlotState::gone;
      ++gone;
      continue;
    }
    slot.offset = *moved[i].offset;
    const NewLine* line = moved[i].replaced_by;
    if (line == nullptr) continue;
    slot.length = static_cast<std::uint32_t>(line->text.size());
    if (slot.start != line->start || slot.end != line->end) {
      slot.start = line->start;
      slot.end = line->end;
      times_.insert({slot.start, slot.end, static_cast<std::uint32_t>(i)});
    }
    if (!line->external_id.empty() && line->external_id != line->source_id) {
      by_external_id_.emplace(hash_of(line->external_id), static_cast<std::uint32_t>(i));
    }
  }
  sound_size_ = sound_size;
  needs_line_end_ = needs_line_end;
  // Warnings name lines by number, which have changed; and many traces of what is gone cost more than a fresh start.
  const bool is_stale = gone > slots_.size() / 2 || times_.size() > 2 * slots_.size();
  if (is_stale || is_damaged_ || !problems_.empty()) invalidate();
}

}  // namespace syncwell::providers::json
