// Decodes one FIT file that lies in memory into records of every type that it can give. Pure: no clock, no files.
// Whatever the bytes are, the answer is records, warnings or an error, in memory bounded by fit_format.hpp.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "model/record.hpp"
#include "providers/fit/fit_identity.hpp"
#include "providers/fit/fit_reader.hpp"
#include "providers/provider.hpp"

namespace syncwell::providers::fit {

// What was met in the file, whatever became of it: for people who ask what a file holds, and for tests.
struct FileSummary {
  FileIdentity identity;  // of the first part
  std::size_t parts = 0;
  std::size_t messages = 0;
  std::size_t sessions = 0;
  std::size_t record_messages = 0;
  std::size_t positions = 0;    // record messages with latitude and longitude
  std::size_t heart_rates = 0;  // record messages with a heart rate field, zero included
  std::size_t timer_stops = 0;
  std::size_t monitoring_messages = 0;
  std::vector<std::string> developer_fields;  // names, sorted
};

struct Decoded {
  std::vector<model::Record> records;  // each passes model::why_invalid
  std::vector<Warning> warnings;
  bool partial = false;  // something was skipped or cut off
  FileSummary summary;
};

// `name`: what warnings call the file. unreadable_input: empty, or no FIT file. too_large: above max_file_bytes.
// Errors do not name the file.
[[nodiscard]] Result<Decoded> decode(Bytes file, const std::string& name);

}  // namespace syncwell::providers::fit
