#include "providers/track/file_provider.hpp"

#include <fmt/format.h>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "providers/external_id.hpp"
#include "providers/track/file_stream.hpp"
#include "providers/track/folder.hpp"
#include "providers/track/folder_index.hpp"
#include "providers/track/identity.hpp"

namespace syncwell::providers::track {
namespace {

namespace fs = std::filesystem;

Capabilities capabilities_of(const Format& format) {
  Capabilities capabilities;
  capabilities.key = format.key;
  capabilities.display_name = format.display_name;
  capabilities.kind = ProviderKind::file;
  capabilities.types = {{.type = model::DataType::workout,
                         .can_read = true,
                         .can_write = true,
                         .overwrite = Overwrite::any_record,
                         .can_delete = true,
                         .absence_means_deleted = false}};
  capabilities.full_history_each_time = true;
  return capabilities;
}

// An error of the disk stops the whole call: the next file would fail the same way.
bool concerns_whole_call(ErrorCode code) {
  return code == ErrorCode::storage_full || code == ErrorCode::storage_read_only || code == ErrorCode::cancelled ||
         code == ErrorCode::timeout;
}

class FileProvider final : public DataProvider {
 public:
  explicit FileProvider(Format format) : format_(std::move(format)), capabilities_(capabilities_of(format_)) {}

  const Capabilities& capabilities() const override { return capabilities_; }

  Result<std::unique_ptr<RecordStream>> fetch(CallContext context, Account account, FetchRequest request) override {
    if (request.type != model::DataType::workout) return fail(only_workouts(request.type));
    return make_file_stream(format_, context, std::move(account), request);
  }

  Async<PushResult> push(CallContext context, Account account, model::DataType type,
                         std::span<const WriteOp> ops) override {
    PushResult result;
    std::optional<Error> stop;
    if (type != model::DataType::workout) stop = only_workouts(type);
    const fs::path folder = account.location;
    if (!stop) {
      if (auto ready = ensure_folder(folder); !ready) stop = ready.error();
    }
    FolderIndex index(format_, folder);
    for (const WriteOp& op : ops) {
      co_await boost::asio::post(boost::asio::use_awaitable_t<Executor>{});
      const auto state = co_await boost::asio::this_coro::cancellation_state;
      if (!stop && state.cancelled() != boost::asio::cancellation_type::none) {
        stop = Error{ErrorCode::cancelled, "the push was cancelled"};
      }
      if (!stop && context.deadline.remaining(context.runtime) == Duration{0}) {
        stop = Error{ErrorCode::timeout, "writing the files took longer than the job may"};
      }
      if (stop) {
        result.outcomes.push_back(fail(*stop));
        continue;
      }
      result.outcomes.push_back(co_await carry_out(folder, op, index));
      const auto& outcome = result.outcomes.back();
      if (!outcome && concerns_whole_call(outcome.error().code)) stop = outcome.error();
    }
    co_return result;
  }

 private:
  Error only_workouts(model::DataType type) const {
    return {ErrorCode::unsupported,
            fmt::format("{} hold workouts only, no {}", format_.display_name, model::name_of(type))};
  }

  fs::path own_file(const fs::path& folder, const std::string& external_id) const {
    return folder / fmt::format("{}.{}", external_id, format_.key);
  }

  // `index` belongs to push(), which waits for this.
  Async<Result<WriteDone>> carry_out(const fs::path& folder, const WriteOp& op, FolderIndex& index) {
    if (op.kind != WriteOp::Kind::erase && !is_our_external_id(op.external_id)) {
      // It becomes the file's name, and only names of this form are recognised as ours when they are read again.
      co_return fail(ErrorCode::invalid_argument, "the external id is not of the form that names our files");
    }
    if (op.kind == WriteOp::Kind::create) co_return create(own_file(folder, op.external_id), op);

    const auto before = co_await find(folder, op.destination_id, index);
    if (!before && before.error().code != ErrorCode::not_found) co_return fail(before.error());
    if (before && before->shared) {
      co_return fail(ErrorCode::unsupported, "the file of this workout holds other workouts too: not changed");
    }
    if (op.kind == WriteOp::Kind::erase) {
      if (before) {
        if (auto removed = remove_file(before->file); !removed) co_return fail(removed.error());
      }
      co_return WriteDone{op.destination_id, false};
    }
    const fs::path file = own_file(folder, op.external_id);
    auto written = write(file, op);
    // First the new file, then the old one away: a crash in between leaves both, and the next try finishes.
    if (written && before && before->file != file) {
      if (auto removed = remove_file(before->file); !removed) co_return fail(removed.error());
    }
    co_return written;
  }

  // A file of ours that lies where we put it needs no search; it may also be newer than the index.
  Async<Result<RecordFile>> find(const fs::path& folder, const std::string& record_id, FolderIndex& index) const {
    if (is_our_external_id(record_id)) {
      std::error_code error;
      fs::path file = own_file(folder, record_id);
      if (fs::exists(file, error)) co_return RecordFile{std::move(file), false};
    }
    co_return co_await index.find(record_id);
  }

  Result<WriteDone> create(const fs::path& file, const WriteOp& op) const {
    std::error_code error;
    if (fs::exists(file, error)) return WriteDone{op.external_id, true};
    return write(file, op);
  }

  Result<WriteDone> write(const fs::path& file, const WriteOp& op) const {
    if (op.record == nullptr) return fail(ErrorCode::invalid_argument, "a write without a record");
    const auto document = format_.encode(*op.record);
    if (!document) return fail(document.error());
    if (auto written = write_file(file, *document); !written) return fail(written.error());
    return WriteDone{op.external_id, false};
  }

  Format format_;
  Capabilities capabilities_;
};

}  // namespace

std::unique_ptr<DataProvider> make_file_provider(Format format) {
  return std::make_unique<FileProvider>(std::move(format));
}

}  // namespace syncwell::providers::track
