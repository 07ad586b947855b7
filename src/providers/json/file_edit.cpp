#include "providers/json/file_edit.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "model/json.hpp"

namespace syncwell::providers::json {
namespace {

constexpr std::size_t copy_block_bytes = 1024 * 1024;

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

std::string temporary_for(const std::string& path) {
  const std::filesystem::path file(path);
  return (file.parent_path() / ("." + file.filename().string() + ".new")).string();
}

// Collects what is written one after the other and writes it in large pieces.
class Output {
 public:
  Output(int descriptor, std::uint64_t offset, const std::string& path)
      : descriptor_(descriptor), offset_(offset), path_(path) {}

  [[nodiscard]] Result<void> add(std::string_view bytes) {
    if (!bytes.empty()) last_ = bytes.back();
    pending_ += bytes;
    return pending_.size() < copy_block_bytes ? Result<void>{} : flush();
  }
  [[nodiscard]] Result<void> flush() {
    auto written = write_at(descriptor_, offset_, pending_, path_);
    offset_ += pending_.size();
    pending_.clear();
    return written;
  }
  // Copies [from, to) of another file.
  [[nodiscard]] Result<void> copy(int source, std::uint64_t from, std::uint64_t to, const std::string& source_path) {
    while (from < to) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(copy_block_bytes, to - from));
      auto bytes = read_at(source, from, wanted, source_path);
      if (!bytes) return fail(std::move(bytes.error()));
      if (bytes->size() < wanted) return fail(ErrorCode::storage_failed, source_path + ": changed while it was copied");
      if (auto added = add(*bytes); !added) return added;
      from += wanted;
    }
    return {};
  }
  [[nodiscard]] std::uint64_t position() const { return offset_ + pending_.size(); }
  [[nodiscard]] bool ends_inside_line() const { return position() > 0 && last_ != '\n'; }

 private:
  int descriptor_;
  std::uint64_t offset_;
  const std::string& path_;
  std::string pending_;
  char last_ = '\n';
};

Result<void> add_lines(Output& output, const std::vector<RecordFile::NewLine>& lines,
                       std::vector<std::uint64_t>& offsets) {
  for (const auto& line : lines) {
    offsets.push_back(output.position());
    if (auto added = output.add(line.text); !added) return added;
    if (auto added = output.add("\n"); !added) return added;
  }
  return {};
}

// Numbers and texts of a document are at least a comma apart.
bool has_too_many_values(const std::string& text) {
  return text.size() > model::max_record_json_values &&
         static_cast<std::size_t>(std::ranges::count(text, ',')) > model::max_record_json_values / 2;
}

}  // namespace

FileEdit::Planned FileEdit::plan(const WriteOp& op) {
  switch (op.kind) {
    case WriteOp::Kind::create:
      return plan_create(op);
    case WriteOp::Kind::update:
      return plan_update(op);
    case WriteOp::Kind::erase:
      break;
  }
  return plan_erase(op);
}

Result<FileEdit::NewLine> FileEdit::make_line(const WriteOp& op, std::string source_id, std::string external_id) const {
  if (op.record == nullptr) return fail(ErrorCode::invalid_argument, "json: no record to write");
  model::Record record = *op.record;
  record.source_id = std::move(source_id);
  record.external_id = std::move(external_id);
  if (auto why = model::why_invalid(record)) return fail(ErrorCode::invalid_argument, "json: " + *why);
  if (record.type != file_.type()) return fail(ErrorCode::invalid_argument, "json: a record of another type");
  NewLine line;
  line.text = model::to_json(record);
  line.start = record.time.start.at;
  line.end = record.time.end.at;
  if (line.text.size() > model::max_record_json_bytes || has_too_many_values(line.text)) {
    return fail(ErrorCode::too_large, "json: the record is too large to be read back");
  }
  line.source_id = std::move(record.source_id);
  line.external_id = std::move(record.external_id);
  return line;
}

std::optional<RecordFile::Found> FileEdit::find_existing(const std::string& id) const {
  auto found = file_.find_id(descriptor_, id);
  if (!found) return found;
  const auto edit = edits_.find(found->slot);
  if (edit != edits_.end() && !edit->second) return std::nullopt;
  return found;
}

FileEdit::Planned FileEdit::plan_create(const WriteOp& op) {
  if (op.external_id.empty()) return {fail(ErrorCode::invalid_argument, "json: a new record needs an external id")};
  if (const auto created = created_by_id_.find(op.external_id);
      created != created_by_id_.end() && created_[created->second]) {
    return {WriteDone{op.external_id, true}, true};
  }
  if (const auto found = find_existing(op.external_id)) return {WriteDone{found->record.source_id, true}};
  auto line = make_line(op, op.external_id, op.external_id);
  if (!line) return {fail(std::move(line.error()))};
  created_by_id_[op.external_id] = created_.size();
  created_.push_back(std::move(*line));
  return {WriteDone{op.external_id, false}, true};
}

FileEdit::Planned FileEdit::plan_update(const WriteOp& op) {
  if (const auto created = created_by_id_.find(op.destination_id);
      created != created_by_id_.end() && created_[created->second]) {
    auto line = make_line(op, op.destination_id, op.destination_id);
    if (!line) return {fail(std::move(line.error()))};
    created_[created->second] = std::move(*line);
    return {WriteDone{op.destination_id, false}, true};
  }
  auto found = find_existing(op.destination_id);
  if (!found) return {fail(ErrorCode::not_found, "json: the record to change is not in the file")};
  // The record keeps its own id, whoever made it; ours stands beside it, so that it is known again (INT-5).
  auto line =
      make_line(op, found->record.source_id, op.external_id.empty() ? found->record.external_id : op.external_id);
  if (!line) return {fail(std::move(line.error()))};
  WriteDone done{line->source_id, false};
  edits_[found->slot] = std::move(*line);
  return {std::move(done), true};
}

FileEdit::Planned FileEdit::plan_erase(const WriteOp& op) {
  WriteDone done{op.destination_id, false};
  if (const auto created = created_by_id_.find(op.destination_id);
      created != created_by_id_.end() && created_[created->second]) {
    created_[created->second].reset();
    return {std::move(done), true};
  }
  const auto found = find_existing(op.destination_id);
  if (!found) return {std::move(done)};  // a repeated erasure (ALG-7)
  edits_[found->slot] = std::nullopt;
  return {std::move(done), true};
}

std::vector<FileEdit::NewLine> FileEdit::take_created() {
  std::vector<NewLine> lines;
  for (auto& line : created_) {
    if (line) lines.push_back(std::move(*line));
  }
  created_.clear();
  return lines;
}

Result<void> FileEdit::apply(bool is_new_file) {
  Result<void> done;
  if (!edits_.empty()) {
    done = rewrite();
  } else if (!created_.empty()) {
    done = append();
  }
  if (done && is_new_file) done = sync_folder(folder_of(file_.path()));
  return done;
}

Result<void> FileEdit::append() {
  const std::vector<NewLine> lines = take_created();
  if (lines.empty()) return {};
  const std::uint64_t before = file_.sound_size();
  std::vector<std::uint64_t> offsets;
  Output output(descriptor_, before, file_.path());
  auto done = truncate_to(descriptor_, before, file_.path());  // a torn line is no line
  if (done && file_.needs_line_end()) done = output.add("\n");
  if (done) done = add_lines(output, lines, offsets);
  if (done) done = output.flush();
  if (done) done = sync_file(descriptor_, file_.path());
  const auto signature = signature_of(descriptor_, file_.path());
  if (!done || !signature) {
    file_.invalidate();
    (void)truncate_to(descriptor_, before, file_.path());  // if this fails, too, the rest is found as a torn line
    return done ? fail(signature.error()) : done;
  }
  file_.appended(lines, offsets, *signature);
  return {};
}

Result<void> FileEdit::rewrite() {
  const std::string temporary = temporary_for(file_.path());
  ::unlink(temporary.c_str());  // left by a crash
  auto target = open_file(temporary, O_RDWR | O_CREAT | O_EXCL, Access::write);
  if (!target) return fail(std::move(target.error()));
  struct stat old_status{};
  if (::fstat(descriptor_, &old_status) == 0) ::fchmod(target->get(), old_status.st_mode & 07777);

  const std::vector<NewLine> lines = take_created();
  const auto& slots = file_.slots();
  std::vector<RecordFile::Moved> moved(slots.size());
  Output output(target->get(), 0, temporary);
  std::uint64_t copied = 0;  // of the old file
  Result<void> done;
  for (std::size_t i = 0; done && i < slots.size(); ++i) {
    const auto& slot = slots[i];
    if (slot.state == RecordFile::SlotState::gone) continue;
    const auto edit = edits_.find(static_cast<std::uint32_t>(i));
    const bool is_erased = slot.state == RecordFile::SlotState::superseded || (edit != edits_.end() && !edit->second);
    if (!is_erased) moved[i].offset = output.position() + (slot.offset - copied);
    if (!is_erased && edit == edits_.end()) continue;
    done = output.copy(descriptor_, copied, slot.offset, file_.path());
    copied = slot.offset + slot.length + (is_erased ? slot.end_bytes : 0U);
    if (done && !is_erased) {
      moved[i].replaced_by = &*edit->second;
      done = output.add(edit->second->text);
    }
  }
  if (done) done = output.copy(descriptor_, copied, file_.sound_size(), file_.path());
  const std::uint64_t kept = output.position();
  const bool needs_line_end = output.ends_inside_line();
  std::vector<std::uint64_t> offsets;
  if (done && needs_line_end && !lines.empty()) done = output.add("\n");
  if (done) done = add_lines(output, lines, offsets);
  if (done) done = output.flush();
  if (done) done = sync_file(target->get(), temporary);
  if (done && std::rename(temporary.c_str(), file_.path().c_str()) != 0) {
    done = fail(error_of(errno, Access::write, file_.path()));
  }
  if (!done) {
    ::unlink(temporary.c_str());
    return done;
  }
  const auto signature = signature_of(target->get(), file_.path());
  if (signature) {
    file_.rewritten(moved, kept, needs_line_end);
    file_.appended(lines, offsets, *signature);
  } else {
    file_.invalidate();
  }
  return sync_folder(folder_of(file_.path()));
}

}  // namespace syncwell::providers::json
