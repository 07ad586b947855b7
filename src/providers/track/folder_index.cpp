#include "providers/track/folder_index.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>
#include <vector>

#include "providers/external_id.hpp"
#include "providers/track/folder.hpp"
#include "providers/track/identity.hpp"
#include "providers/track/open_file.hpp"

namespace syncwell::providers::track {

Async<Result<RecordFile>> FolderIndex::find(std::string record_id) {
  if (!listed_) {
    auto list = list_files(folder_, format_.key);
    if (!list) co_return fail(list.error());
    listed_ = true;
    files_ = std::move(list->files);
    for (const auto& file : files_) {
      // A file of ours holds one workout; should somebody have added another one, it is rewritten without it.
      if (auto id = own_id_of_file(file); !id.empty()) records_.try_emplace(std::move(id), RecordFile{file, false});
    }
  }
  if (!is_our_external_id(record_id) && !decoded_) {
    decoded_ = true;
    for (const auto& file : files_) {
      co_await boost::asio::post(boost::asio::use_awaitable_t<Executor>{});
      if (own_id_of_file(file).empty()) read_file(file);
    }
  }
  const auto found = records_.find(record_id);
  if (found == records_.end()) co_return fail(ErrorCode::not_found, "no file of the folder holds this workout");
  co_return found->second;
}

void FolderIndex::read_file(const std::filesystem::path& file) {
  auto open = OpenFile::open(format_, file);
  std::vector<std::string> ids;
  Result<bool> over = false;
  while (open && over && !*over) {
    Batch batch;
    over = open->step(batch);
    for (model::Record& record : batch.records) ids.push_back(std::move(record.source_id));
  }
  for (std::string& id : ids) records_.try_emplace(std::move(id), RecordFile{file, ids.size() > 1});
}

}  // namespace syncwell::providers::track
