// One push to one file: decides for every operation what it means for the file, then carries all of it out in one
// append, or in one rewrite when a line changes or goes. Nothing here suspends. The folder's exclusive lock is held.
//
// Append: the lines are written after the last whole line (a torn one is cut off) and synced; when that fails the file
// is cut back to what it was. Rewrite: everything is copied to a new file beside the old one, byte by byte where
// nothing changes (lines that are unreadable included), synced, and renamed over it. Lines that a later one replaced
// are left out of it. A crash leaves the old file or the new one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "providers/json/record_file.hpp"
#include "providers/provider.hpp"

namespace syncwell::providers::json {

class FileEdit {
 public:
  // `file` has just been refreshed with `descriptor`, which is open for reading and writing.
  FileEdit(RecordFile& file, int descriptor) : file_(file), descriptor_(descriptor) {}

  // Adds one operation. Errors: invalid_argument (no external id, no record, a record that is not valid or of another
  // type), too_large (over max_record_json_bytes), not_found (update of a record that is not there).
  // `needs_apply`: the success counts only once apply() has succeeded.
  struct Planned {
    Result<WriteDone> outcome;
    bool needs_apply = false;
  };
  [[nodiscard]] Planned plan(const WriteOp& op);

  // Carries out what was planned; durable when it returns. `is_new_file`: the folder has to remember its name, too.
  // Errors: storage_full, storage_read_only, storage_failed; the file then holds what it held before.
  [[nodiscard]] Result<void> apply(bool is_new_file);

 private:
  using NewLine = RecordFile::NewLine;

  [[nodiscard]] Planned plan_create(const WriteOp& op);
  [[nodiscard]] Planned plan_update(const WriteOp& op);
  [[nodiscard]] Planned plan_erase(const WriteOp& op);
  [[nodiscard]] Result<NewLine> make_line(const WriteOp& op, std::string source_id, std::string external_id) const;
  // The record of the file with this id, unless this push erases it.
  [[nodiscard]] std::optional<RecordFile::Found> find_existing(const std::string& id) const;
  [[nodiscard]] std::vector<NewLine> take_created();
  [[nodiscard]] Result<void> append();
  [[nodiscard]] Result<void> rewrite();

  RecordFile& file_;
  int descriptor_;
  std::map<std::uint32_t, std::optional<NewLine>> edits_;  // slot → its new line, or nullopt: erased
  std::vector<std::optional<NewLine>> created_;            // nullopt: erased again
  std::map<std::string, std::size_t> created_by_id_;
};

}  // namespace syncwell::providers::json
