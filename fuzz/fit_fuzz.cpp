// FIT files: input is the file. Every workout that comes out is written and read again.
#include <fmt/format.h>

#include <span>
#include <variant>

#include "fuzz/property.hpp"
#include "fuzz/target.hpp"
#include "providers/fit/fit_decoder.hpp"
#include "providers/fit/fit_writer.hpp"

namespace syncwell::fuzz {

using namespace providers;

namespace {

fit::Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

// What FIT cannot hold is gone after the first writing; from then on nothing changes.
model::Record written_and_read(const model::Record& record) {
  const std::string file = fit::encode_workout(record);
  require(!file.empty(), "a workout that was read can be written, unless a reason is given");
  const auto read = fit::decode(bytes_of(file), "written");
  require(read.has_value(), "what we write is a FIT file");
  require(!read->partial && read->warnings.empty(), "what we write reads without a warning");
  require(read->records.size() == 1, "a workout is written as one workout");
  require_record(read->records.front());
  return read->records.front();
}

void check_workout(const model::Record& record) {
  if (fit::why_not_encodable(record)) {
    require(fit::encode_workout(record).empty(), "nothing is written where a reason is given");
    return;
  }
  const model::Record once = written_and_read(record);
  require(!fit::why_not_encodable(once), "what was written once can be written again");
  const model::Record twice = written_and_read(once);
  require(once.time == twice.time, "writing again keeps the time");
  const auto& before = std::get<model::Workout>(once.payload);
  const auto& after = std::get<model::Workout>(twice.payload);
  require(before.sport == after.sport && before.title == after.title, "writing again keeps sport and title");
  require(before.pauses == after.pauses && before.laps.size() == after.laps.size(),
          "writing again keeps pauses and laps");
  require(before.samples.size() == after.samples.size() && before.route.size() == after.route.size(),
          "writing again keeps samples and route");
}

}  // namespace

void run(std::string_view input) {
  const auto decoded = fit::decode(bytes_of(input), "name");
  if (!decoded) {
    require_error(decoded.error(), {ErrorCode::unreadable_input, ErrorCode::too_large}, input);
    return;
  }
  for (const auto& warning : decoded->warnings) require_message(warning.what, input);
  std::size_t checked = 0;
  for (const auto& record : decoded->records) {
    require_record(record);
    // A file may hold hundreds of them; a few prove as much.
    if (record.type == model::DataType::workout && ++checked <= 3) check_workout(record);
  }
}

}  // namespace syncwell::fuzz
