// Test support: the recorded files of tests/data/fit, and their decoding. Header only, used by this folder's tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "providers/fit/fit_decoder.hpp"

namespace syncwell::providers::fit {

inline std::filesystem::path recorded_files() { return SYNCWELL_SOURCE_DIR "/tests/data/fit"; }

inline std::vector<std::uint8_t> recorded_file(const std::string& name) {
  std::ifstream in(recorded_files() / name, std::ios::binary);
  if (!in) throw std::runtime_error("test file " + name + " is missing");
  return {std::istreambuf_iterator<char>(in), {}};
}

inline Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Of a file that must be readable.
inline Decoded decoded(Bytes bytes, const std::string& name = "x.fit") {
  auto result = decode(bytes, name);
  if (!result) throw std::runtime_error(name + ": " + result.error().message);
  return std::move(*result);
}

inline std::vector<const model::Record*> of_type(const Decoded& file, model::DataType type) {
  std::vector<const model::Record*> records;
  for (const model::Record& record : file.records) {
    if (record.type == type) records.push_back(&record);
  }
  return records;
}

inline const model::Workout& workout_of(const model::Record& record) {
  return std::get<model::Workout>(record.payload);
}

}  // namespace syncwell::providers::fit
