// What a file format of workouts (GPX, TCX, FIT) gives to the shared file provider: a decoder that is fed one file from
// its first to its last byte, and an encoder. Everything else (walking folders, gzip, salvage per file, pages, writing
// files) is done once, in FileProvider.
// A decoder belongs to one file and one thread; it does no input or output of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "model/record.hpp"

namespace syncwell::providers::track {

// What came out of a part of a file. Warnings are single lines without health values; the provider adds the file name.
struct Batch {
  std::vector<model::Record> records;
  std::vector<std::string> warnings;
  bool partial = false;  // something was skipped or cut off
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  // The next bytes; finished workouts are added to `batch`. False: it takes no more bytes, finish() says why.
  [[nodiscard]] virtual bool feed(std::string_view bytes, Batch& batch) = 0;
  // The file is over: adds what is still open. `damage` says that bytes are missing and why (the gzip stream is broken,
  // the disk cannot be read). What is sound before the damage is kept: a warning and Batch::partial tell of the rest.
  // unreadable_input: a file of another type, or damaged before anything sound came.
  [[nodiscard]] virtual Result<void> finish(Batch& batch, const std::optional<std::string>& damage) = 0;
};

struct Format {
  std::string key;           // "gpx": provider key and file name extension
  std::string display_name;  // "GPX files"
  // `own_id`: the file name's stem where SyncWell wrote the file (identity.hpp), empty otherwise; it becomes source_id
  // and external_id of the file's first workout.
  std::function<std::unique_ptr<Decoder>(std::string own_id)> make_decoder;
  // unsupported: the format cannot hold this record.
  std::function<Result<std::string>(const model::Record&)> encode;
};

}  // namespace syncwell::providers::track
