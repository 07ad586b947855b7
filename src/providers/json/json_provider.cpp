#include "providers/json/json_provider.hpp"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "providers/json/file_edit.hpp"
#include "providers/json/record_file.hpp"
#include "providers/json/record_stream.hpp"

namespace syncwell::providers::json {
namespace {

Capabilities make_capabilities() {
  Capabilities capabilities;
  capabilities.key = "json";
  capabilities.display_name = "Canonical JSON lines";
  capabilities.kind = ProviderKind::file;
  for (const model::DataType type : model::all_data_types) {
    capabilities.types.push_back({.type = type,
                                  .can_read = true,
                                  .can_write = true,
                                  .overwrite = Overwrite::any_record,
                                  .can_delete = true,
                                  .absence_means_deleted = true});
  }
  capabilities.full_history_each_time = true;
  capabilities.max_push_batch = max_push_batch_records;
  return capabilities;
}

std::string path_of(const std::string& folder, model::DataType type) {
  return folder + (folder.ends_with('/') ? "" : "/") + std::string(name_of(type)) + ".jsonl";
}

PushResult all_failed(std::size_t count, const Error& error) {
  PushResult result;
  result.outcomes.assign(count, std::unexpected<Error>(error));
  return result;
}

std::vector<Result<WriteDone>> outcomes_without_file(std::span<const WriteOp> ops) {
  std::vector<Result<WriteDone>> outcomes;
  for (const WriteOp& op : ops) {
    if (op.kind == WriteOp::Kind::erase) {
      outcomes.emplace_back(WriteDone{op.destination_id, false});
    } else {
      outcomes.emplace_back(fail(ErrorCode::not_found, "json: the record to change is not in the file"));
    }
  }
  return outcomes;
}

}  // namespace

JsonProvider::JsonProvider() : capabilities_(make_capabilities()) {}
JsonProvider::~JsonProvider() = default;

std::shared_ptr<RecordFile> JsonProvider::file_at(const std::string& folder, model::DataType type) {
  const std::string path = path_of(folder, type);
  auto [entry, is_new] = known_.try_emplace(path);
  entry->second.used = ++uses_;
  if (!is_new) return entry->second.file;
  auto file = std::make_shared<RecordFile>(type, path);
  entry->second.file = file;
  if (known_.size() > max_known_files) {  // streams that still use it keep it alive
    known_.erase(std::ranges::min_element(known_, {}, [](const auto& known) { return known.second.used; }));
  }
  return file;
}

Result<std::unique_ptr<RecordStream>> JsonProvider::fetch(CallContext context, Account account, FetchRequest request) {
  if (capabilities_.find(request.type) == nullptr) return fail(ErrorCode::unsupported, "json: no such data type");
  auto file = file_at(account.location, request.type);
  return std::make_unique<JsonRecordStream>(context, std::move(account.location), request, std::move(file));
}

Async<PushResult> JsonProvider::push(CallContext context, Account account, model::DataType type,
                                     std::span<const WriteOp> ops) {
  const std::size_t count = ops.size();
  if (count > max_push_batch_records) {
    co_return all_failed(count, {ErrorCode::too_large, "json: more records than one push takes"});
  }
  auto outcomes = co_await write(context, std::move(account.location), type, ops);
  if (!outcomes) co_return all_failed(count, outcomes.error());
  PushResult result;
  result.outcomes = std::move(*outcomes);
  co_return result;
}

Async<Result<std::vector<Result<WriteDone>>>> JsonProvider::write(CallContext context, std::string folder,
                                                                  model::DataType type, std::span<const WriteOp> ops) {
  if (folder.empty()) co_return fail(ErrorCode::invalid_argument, "json: no folder given");
  if (const auto identity = create_folder_identity(folder, context.runtime.random()); !identity) {
    co_return fail(identity.error());
  }
  const auto lock =
      co_await FolderLock::acquire(folder, FolderLock::Mode::exclusive, context.runtime, context.deadline);
  if (!lock) co_return fail(lock.error());
  const auto file = file_at(folder, type);
  auto descriptor = open_file(file->path(), O_RDWR, Access::write);
  const bool is_new_file = !descriptor && descriptor.error().code == ErrorCode::not_found;
  if (is_new_file) {
    // Nothing to add: a file that was moved away must not come back as an empty one, which would mean "all deleted".
    if (std::ranges::none_of(ops, [](const WriteOp& op) { return op.kind == WriteOp::Kind::create; })) {
      co_return outcomes_without_file(ops);
    }
    descriptor = open_file(file->path(), O_RDWR | O_CREAT, Access::write);
  }
  if (!descriptor) co_return fail(descriptor.error());
  if (auto refreshed = co_await file->refresh(descriptor->get(), context.runtime, context.deadline); !refreshed) {
    co_return fail(std::move(refreshed.error()));
  }
  if (auto sound = file->check_sound(); !sound) co_return fail(std::move(sound.error()));
  // From here on nothing suspends: the index stays that of the file.
  FileEdit edit(*file, descriptor->get());
  std::vector<FileEdit::Planned> planned;
  planned.reserve(ops.size());
  for (const WriteOp& op : ops) planned.push_back(edit.plan(op));
  const auto applied = edit.apply(is_new_file);
  std::vector<Result<WriteDone>> outcomes;
  outcomes.reserve(ops.size());
  for (auto& [outcome, needs_apply] : planned) {
    outcomes.push_back(needs_apply && !applied ? fail(applied.error()) : std::move(outcome));
  }
  co_return outcomes;
}

}  // namespace syncwell::providers::json
