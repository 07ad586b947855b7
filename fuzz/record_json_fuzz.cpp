// The canonical JSON form of a record. Input: one document.
#include <boost/json/parse.hpp>

#include <fstream>
#include <sstream>

#include "fuzz/property.hpp"
#include "fuzz/target.hpp"
#include "model/json.hpp"
#include "model/schema_subset_validator.hpp"

namespace syncwell::fuzz {
namespace {

boost::json::value read_schema() {
  std::ostringstream text;
  text << std::ifstream(SYNCWELL_SOURCE_DIR "/schema/record-1.0.json").rdbuf();
  return boost::json::parse(text.str());
}

}  // namespace

void run(std::string_view input) {
  static const boost::json::value schema = read_schema();
  const auto record = model::from_json(input);
  if (!record) {
    require_error(record.error(), {ErrorCode::unreadable_input}, input);
    return;
  }
  require_record(*record);
  const std::string written = model::to_json(*record);
  require(written.find('\n') == std::string::npos, "a record is one line");
  // Boost's own parser, for a second opinion on what is JSON.
  boost::json::error_code error;
  const auto document = boost::json::parse(written, error);
  require(!error, "what we write is JSON");
  require(model::schema_violations(schema, document).empty(), "what we write is valid by the published schema");
  const auto read = model::from_json(written);
  require(read.has_value(), "what we write can be read");
  require(model::to_json(*read) == written, "writing again gives the same text");
  require(model::content_for_digest(*read) == model::content_for_digest(*record), "the content keeps its digest");
}

}  // namespace syncwell::fuzz
