// The provider `json`: a folder with one file per data type, <type>.jsonl (heart_rate.jsonl), of records in canonical
// JSON (model/json.hpp, schema/record-1.0.json), one a line. Readable and writable by people and scripts: CRLF, blank
// lines, a byte order mark and unknown members do no harm; unreadable lines are left out with a warning.
//
// A record that is written gets the external id as its id: a later fetch gives it as source_id and external_id. An
// update of a record from elsewhere keeps that record's id and adds ours as external_id.
// A push is durable when it returns; one append, or one rewrite when it changes or erases (see file_edit.hpp).
// File access blocks the thread for the time of one page, one push or 1000 lines of a first reading.
// An object serves the coroutines of one thread. Other objects and processes may use the same folder: writers exclude
// one another by a lock (folder.hpp), and fetches that have begun see the file as it was then.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "providers/json/folder.hpp"
#include "providers/provider.hpp"

namespace syncwell::providers::json {

class RecordFile;

inline constexpr std::size_t max_push_batch_records = 2000;      // a rewrite per push: few pushes, few rewrites
inline constexpr std::size_t max_page_bytes = 16 * 1024 * 1024;  // of JSON text, beside max_page_records
inline constexpr std::size_t max_known_files = 64;               // whose index is kept

class JsonProvider final : public DataProvider {
 public:
  JsonProvider();
  ~JsonProvider() override;
  JsonProvider(const JsonProvider&) = delete;
  JsonProvider& operator=(const JsonProvider&) = delete;

  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  // The stream's errors, all at its first page: invalid_argument (no path, a file), not_found (no such folder; with
  // request.summary_only, a destination that is yet to be made, there is just nothing in it), storage_newer,
  // storage_in_use, timeout, storage_failed. A missing file of the type is an empty, partial page.
  [[nodiscard]] Result<std::unique_ptr<RecordStream>> fetch(CallContext context, Account account,
                                                            FetchRequest request) override;
  // Makes the folder and its marker where they are missing. Errors per operation: those of FileEdit::plan and apply.
  [[nodiscard]] Async<PushResult> push(CallContext context, Account account, model::DataType type,
                                       std::span<const WriteOp> ops) override;

 private:
  struct Known {
    std::shared_ptr<RecordFile> file;
    std::uint64_t used = 0;
  };

  [[nodiscard]] std::shared_ptr<RecordFile> file_at(const std::string& folder, model::DataType type);
  [[nodiscard]] Async<Result<std::vector<Result<WriteDone>>>> write(CallContext context, std::string folder,
                                                                    model::DataType type, std::span<const WriteOp> ops);

  Capabilities capabilities_;
  std::map<std::string, Known> known_;  // by path
  std::uint64_t uses_ = 0;
};

}  // namespace syncwell::providers::json
