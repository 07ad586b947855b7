// What one <type>.jsonl holds, without its records: where each line is, when it is, and a hash of its ids. Fetches of a
// small range and pushes are then fast in files of millions of lines. About 110 bytes a line, nothing of the values.
//
// The index follows the file: refresh() reads it anew whenever size, time of change or inode tell that someone else
// wrote it; own writes are told through the functions at the end, so that they cost nothing.
// Used by the coroutines of one thread: refresh() suspends, everything else happens at once. A record whose id stands
// in an earlier line too replaces that one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/async.hpp"
#include "base/runtime.hpp"
#include "model/record.hpp"
#include "providers/json/file_access.hpp"
#include "providers/json/line_scanner.hpp"
#include "providers/json/time_index.hpp"

namespace syncwell::providers::json {

inline constexpr std::size_t max_indexed_lines = 100'000'000;

struct LinePlace {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// A line with something wrong, for warnings.
struct LineProblem {
  std::uint64_t line = 0;
  std::string what;
};

class RecordFile {
 public:
  enum class SlotState : std::uint8_t { live, superseded, gone };
  struct Slot {
    Instant start{};
    Instant end{};
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint8_t end_bytes = 0;
    SlotState state = SlotState::live;
  };
  struct Found {
    std::uint32_t slot = 0;
    model::Record record;
  };
  // A line to write, with what the index keeps of it.
  struct NewLine {
    std::string text;  // without a line end
    Instant start{};
    Instant end{};
    std::string source_id;
    std::string external_id;
  };

  RecordFile(model::DataType type, std::string path) : type_(type), path_(std::move(path)) {}

  // The index is that of the file behind `descriptor` when it returns. Errors: those of read_at; timeout; cancelled;
  // too_large over max_indexed_lines.
  [[nodiscard]] Async<Result<void>> refresh(int descriptor, Runtime& runtime, Deadline deadline);

  // The rest needs a refresh() with nothing awaited since.
  // Lines of records that overlap the range, in the file's order.
  [[nodiscard]] std::vector<LinePlace> find(TimeRange range) const;
  // The record whose source_id or external_id is `id`.
  [[nodiscard]] std::optional<Found> find_id(int descriptor, std::string_view id) const;
  [[nodiscard]] const std::vector<Slot>& slots() const { return slots_; }  // in the file's order
  // At most max_warnings of them are kept; the others are counted.
  [[nodiscard]] const std::vector<LineProblem>& problems() const { return problems_; }
  [[nodiscard]] std::size_t further_problems() const { return further_problems_; }
  // Some line was unreadable, or the last one is cut off: absence of a record proves nothing.
  [[nodiscard]] bool is_damaged() const { return is_damaged_; }
  // unreadable_input: there are lines, and none of them is a record: most likely a file of another kind, which is
  // neither to be read as empty nor to be written to. A single torn line is no such case.
  [[nodiscard]] Result<void> check_sound() const;
  // Where to append: after the last whole line. What follows is a torn line.
  [[nodiscard]] std::uint64_t sound_size() const { return sound_size_; }
  [[nodiscard]] bool needs_line_end() const { return needs_line_end_; }
  [[nodiscard]] model::DataType type() const { return type_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // Own writes. The file was appended to, from sound_size() on; `offsets` of the lines' texts. Ends every own write:
  // the file is now that of `signature`.
  void appended(const std::vector<NewLine>& lines, const std::vector<std::uint64_t>& offsets, FileSignature signature);
  // The file was written anew up to `sound_size`: slot by slot its new offset (nullopt: gone) and its new line (null:
  // unchanged). appended() follows, with or without lines.
  struct Moved {
    std::optional<std::uint64_t> offset{};
    const NewLine* replaced_by = nullptr;
  };
  void rewritten(const std::vector<Moved>& slots, std::uint64_t sound_size, bool needs_line_end);
  // The next refresh() reads the file from its start.
  void invalidate() { is_current_ = false; }

 private:
  using IdTable = std::unordered_multimap<std::uint64_t, std::uint32_t>;

  void clear();
  void add_scanned(int descriptor, const Line& line);
  void add_slot(const Slot& slot, std::string_view source_id, std::string_view external_id);
  void add_problem(std::uint64_t line, std::string what);
  [[nodiscard]] Result<model::Record> read_slot(int descriptor, std::uint32_t slot) const;
  [[nodiscard]] std::optional<Found> find_in(const IdTable& table, int descriptor, std::string_view id,
                                             std::string model::Record::* member) const;

  model::DataType type_;
  std::string path_;
  bool is_busy_ = false;     // a coroutine is inside refresh()
  bool is_current_ = false;  // the index is that of `signature_`
  FileSignature signature_;
  std::vector<Slot> slots_;
  TimeIndex times_;
  IdTable by_source_id_;
  IdTable by_external_id_;  // only of records where it is another one
  std::vector<LineProblem> problems_;
  std::size_t further_problems_ = 0;
  bool is_damaged_ = false;
  bool is_torn_ = false;         // the last line is cut off
  bool needs_line_end_ = false;  // the last line is whole but has no line end
  std::uint64_t sound_size_ = 0;
};

}  // namespace syncwell::providers::json
