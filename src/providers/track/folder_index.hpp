// Which file of a folder holds the record of a given id. Files of ours are found by name; to find others, every file
// has to be decoded once (nothing is stored between calls), so that happens only when such an id is asked for.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/async.hpp"
#include "providers/track/decoder.hpp"

namespace syncwell::providers::track {

struct RecordFile {
  std::filesystem::path file;
  bool shared = false;  // the file holds other records too
};

class FolderIndex {
 public:
  // `format` outlives the index.
  FolderIndex(const Format& format, std::filesystem::path folder) : format_(format), folder_(std::move(folder)) {}

  // not_found: no file holds it. Errors of list_files.
  [[nodiscard]] Async<Result<RecordFile>> find(std::string record_id);

 private:
  void read_file(const std::filesystem::path& file);

  const Format& format_;
  std::filesystem::path folder_;
  bool listed_ = false;
  bool decoded_ = false;
  std::vector<std::filesystem::path> files_;
  std::unordered_map<std::string, RecordFile> records_;
};

}  // namespace syncwell::providers::track
