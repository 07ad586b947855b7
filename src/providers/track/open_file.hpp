// One file being decoded: its bytes and its decoder, moved on piece by piece so that nobody waits for a whole file.
#pragma once

#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "providers/track/decoder.hpp"
#include "providers/track/file_bytes.hpp"

namespace syncwell::providers::track {

class OpenFile {
 public:
  // Errors: those of FileBytes::open.
  [[nodiscard]] static Result<OpenFile> open(const Format& format, const std::filesystem::path& file);

  // Decodes the next piece into `batch`; true when the file is over. unreadable_input, too_large: nothing sound in it.
  // After true or an error it must not be called again.
  [[nodiscard]] Result<bool> step(Batch& batch);

 private:
  OpenFile(FileBytes bytes, std::unique_ptr<Decoder> decoder);
  FileBytes bytes_;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace syncwell::providers::track
