#include "providers/track/file_stream.hpp"

#include <fmt/format.h>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "providers/outcome.hpp"
#include "providers/track/folder.hpp"
#include "providers/track/open_file.hpp"
#include "providers/warning_list.hpp"

namespace syncwell::providers::track {
namespace {

namespace fs = std::filesystem;

// What a warning calls a record: files of some formats hold more than workouts.
std::string_view noun_of(const model::Record& record) {
  return record.type == model::DataType::workout ? "workout" : "record";
}

class FileStream final : public RecordStream {
 public:
  FileStream(const Format& format, CallContext context, Account account, FetchRequest request)
      : format_(format), context_(context), account_(std::move(account)), request_(std::move(request)) {}

  Async<Result<Page>> next() override {
    co_await boost::asio::post(boost::asio::use_awaitable_t<Executor>{});
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) {
      co_return fail(ErrorCode::cancelled, "the fetch was cancelled");
    }
    if (context_.deadline.remaining(context_.runtime) == Duration{0}) {
      co_return fail(ErrorCode::timeout, "reading the files took longer than the job may");
    }
    co_return read_page();
  }

 private:
  Result<Page> read_page() {
    Page page;
    if (!listed_) {
      if (auto found = list_location(page); !found) return fail(found.error());
    }
    std::size_t points = 0;
    std::uint64_t pieces = 0;
    move_pending(page, points);
    while (page.records.size() < max_page_records && points < max_page_points &&
           pieces++ < max_page_bytes / chunk_bytes && next_file_ < files_.size()) {
      if (auto read = read_piece(page); !read) return fail(read.error());
      move_pending(page, points);
    }
    page.last = next_file_ >= files_.size() && pending_.empty();
    page.warnings = warnings_.take(page.last);
    return page;
  }

  Result<void> list_location(Page& page) {
    auto list = list_files(account_.location, format_.key);
    if (!list && list.error().code == ErrorCode::not_found && request_.summary_only) {
      listed_ = true;  // a destination that the first push will make
      return {};
    }
    if (!list) return fail(list.error());
    listed_ = true;
    is_folder_ = list->is_folder;
    files_ = std::move(list->files);
    for (std::string& what : list->warnings) {
      page.partial = true;
      warnings_.add(account_.location, std::move(what));
    }
    return {};
  }

  // One piece of the current file. An error ends the fetch: only when the location names that very file.
  Result<void> read_piece(Page& page) {
    const fs::path& file = files_[next_file_];
    if (!open_) {
      auto opened = OpenFile::open(format_, file);
      if (!opened) return give_up(page, std::move(opened.error()));
      open_.emplace(std::move(*opened));
    }
    Batch batch;
    const auto over = open_->step(batch);
    accept(page, std::move(batch));
    if (!over) return give_up(page, over.error());
    if (*over) close();
    return {};
  }

  void close() {
    open_.reset();
    ++next_file_;
  }

  Result<void> give_up(Page& page, Error error) {
    const std::string where = name_of_current();
    close();
    page.partial = true;
    if (!is_folder_) {
      error.message = fmt::format("'{}': {}", where, error.message);
      return fail(std::move(error));
    }
    warnings_.add(where, std::move(error.message));
    return {};
  }

  void accept(Page& page, Batch batch) {
    page.partial = page.partial || batch.partial;
    const std::string where = name_of_current();
    for (std::string& what : batch.warnings) warnings_.add(where, std::move(what));
    for (model::Record& record : batch.records) {
      if (const auto reason = model::why_invalid(record)) {
        page.partial = true;
        warnings_.add(where, fmt::format("a {} is left out: {}", noun_of(record), *reason));
      } else if (!seen_.insert(record.source_id).second) {
        warnings_.add(where, fmt::format("the same {} as in a file before: skipped", noun_of(record)));
      } else if (overlaps(record.time, request_.range)) {
        pending_.push_back(std::move(record));
      }
    }
  }

  void move_pending(Page& page, std::size_t& points) {
    while (!pending_.empty() && page.records.size() < max_page_records) {
      if (const auto* workout = std::get_if<model::Workout>(&pending_.front().payload)) {
        points += workout->route.size() + workout->samples.size();
      }
      page.records.push_back(std::move(pending_.front()));
      pending_.pop_front();
    }
  }

  std::string name_of_current() const {
    const fs::path& file = files_[next_file_];
    return (is_folder_ ? file.lexically_relative(account_.location) : file.filename()).string();
  }

  const Format& format_;
  CallContext context_;
  Account account_;
  FetchRequest request_;
  bool listed_ = false;
  bool is_folder_ = false;
  std::vector<fs::path> files_;
  std::size_t next_file_ = 0;
  std::optional<OpenFile> open_;
  std::deque<model::Record> pending_;
  std::unordered_set<std::string> seen_;  // at most one id per record, 32 bytes each
  WarningList warnings_;
};

}  // namespace

std::unique_ptr<RecordStream> make_file_stream(const Format& format, CallContext context, Account account,
                                               FetchRequest request) {
  return std::make_unique<FileStream>(format, context, std::move(account), std::move(request));
}

}  // namespace syncwell::providers::track
