// A fetch from one <type>.jsonl: takes the places of the matching lines from the index once, keeps the file open, and
// reads page by page. A rewrite meanwhile does not disturb it: it goes on reading the old file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "providers/json/file_access.hpp"
#include "providers/json/record_file.hpp"
#include "providers/provider.hpp"
#include "providers/warning_list.hpp"

namespace syncwell::providers::json {

class JsonRecordStream final : public RecordStream {
 public:
  JsonRecordStream(CallContext context, std::string folder, FetchRequest request, std::shared_ptr<RecordFile> file)
      : context_(context), folder_(std::move(folder)), request_(request), file_(std::move(file)) {}

  [[nodiscard]] Async<Result<Page>> next() override;

 private:
  // Finds the lines; their places are in places_ afterwards.
  [[nodiscard]] Async<Result<void>> start();
  [[nodiscard]] Result<void> read_line(const LinePlace& place, Page& page);
  [[nodiscard]] std::string file_name() const;

  CallContext context_;
  std::string folder_;
  FetchRequest request_;
  std::shared_ptr<RecordFile> file_;
  FileDescriptor descriptor_;
  bool has_started_ = false;
  bool is_partial_ = false;
  WarningList warnings_;
  std::vector<LinePlace> places_;
  std::size_t next_place_ = 0;
  std::string block_;  // a piece of the file, so that short lines do not cost a system call each
  std::uint64_t block_offset_ = 0;
};

}  // namespace syncwell::providers::json
