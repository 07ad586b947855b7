#include "providers/json/record_stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/json.hpp"
#include "providers/json/folder.hpp"
#include "providers/json/json_provider.hpp"

namespace syncwell::providers::json {
namespace {

constexpr std::size_t read_block_bytes = 64 * 1024;

}  // namespace

std::string JsonRecordStream::file_name() const { return std::string(name_of(request_.type)) + ".jsonl"; }

Async<Result<void>> JsonRecordStream::start() {
  if (auto checked = check_folder(folder_); !checked) {
    if (request_.summary_only && checked.error().code == ErrorCode::not_found) co_return Result<void>{};
    co_return checked;
  }
  if (const auto identity = folder_identity(folder_); !identity && identity.error().code != ErrorCode::not_found) {
    co_return fail(identity.error());
  }
  const auto lock =
      co_await FolderLock::acquire(folder_, FolderLock::Mode::shared, context_.runtime, context_.deadline);
  if (!lock) co_return fail(lock.error());
  auto opened = open_file(file_->path(), O_RDONLY, Access::read);
  if (!opened) {
    if (opened.error().code != ErrorCode::not_found) co_return fail(std::move(opened.error()));
    is_partial_ = true;  // a file that was moved away is no reason to delete everything elsewhere
    co_return Result<void>{};
  }
  descriptor_ = std::move(*opened);
  if (auto refreshed = co_await file_->refresh(descriptor_.get(), context_.runtime, context_.deadline); !refreshed) {
    co_return refreshed;
  }
  if (auto sound = file_->check_sound(); !sound) co_return sound;
  places_ = file_->find(request_.range);
  is_partial_ = file_->is_damaged();
  for (const LineProblem& problem : file_->problems()) {
    warnings_.add(fmt::format("{}:{}", file_name(), problem.line), problem.what);
  }
  if (file_->further_problems() > 0) {
    warnings_.add(file_name(), fmt::format("{} further lines with problems", file_->further_problems()));
  }
  co_return Result<void>{};
}

Result<void> JsonRecordStream::read_line(const LinePlace& place, Page& page) {
  const bool is_in_block =
      place.offset >= block_offset_ && place.offset + place.length <= block_offset_ + block_.size();
  if (!is_in_block) {
    const auto wanted = std::max(read_block_bytes, static_cast<std::size_t>(place.length));
    auto bytes = read_at(descriptor_.get(), place.offset, wanted, file_->path());
    if (!bytes) return fail(std::move(bytes.error()));
    block_ = std::move(*bytes);
    block_offset_ = place.offset;
  }
  const std::string_view text =
      std::string_view(block_).substr(static_cast<std::size_t>(place.offset - block_offset_), place.length);
  auto record = model::from_json(text);
  if (record && record->type == request_.type) {
    page.records.push_back(std::move(*record));
  } else {  // it was sound when its place was found
    is_partial_ = true;
    warnings_.add(fmt::format("{}, byte {}", file_name(), place.offset), "left out: changed while it was read");
  }
  return {};
}

Async<Result<Page>> JsonRecordStream::next() {
  if (!has_started_) {
    if (auto started = co_await start(); !started) co_return fail(std::move(started.error()));
    has_started_ = true;
  }
  if (context_.deadline.remaining(context_.runtime) == Duration{0}) {
    co_return fail(ErrorCode::timeout, file_->path() + ": not read in time");
  }
  Page page;
  std::size_t bytes = 0;
  while (next_place_ < places_.size() && page.records.size() < max_page_records && bytes < max_page_bytes) {
    const LinePlace place = places_[next_place_++];
    bytes += place.length;
    if (auto read = read_line(place, page); !read) co_return fail(std::move(read.error()));
  }
  page.last = next_place_ == places_.size();
  page.partial = is_partial_;
  page.warnings = warnings_.take(page.last);
  co_return page;
}

}  // namespace syncwell::providers::json
