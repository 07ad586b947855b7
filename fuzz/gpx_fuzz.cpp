// GPX documents as workouts, and as the routes of an Apple Health export.
#include "fuzz/target.hpp"
#include "fuzz/track_document.hpp"
#include "providers/gpx/gpx_reader.hpp"
#include "providers/gpx/gpx_writer.hpp"

namespace syncwell::fuzz {

using namespace providers;

void run(std::string_view input) {
  static const track::Format format{"gpx", "GPX files", gpx::make_decoder, gpx::encode_workout};
  check_document(format, Input(input));

  std::vector<std::string> warnings;
  const auto route = gpx::read_route(input, &warnings);
  for (const auto& warning : warnings) require_message(warning, input);
  if (!route) {
    require_error(route.error(), {ErrorCode::unreadable_input, ErrorCode::too_large}, input);
    return;
  }
  for (std::size_t i = 1; i < route->size(); ++i) {
    require((*route)[i - 1].at < (*route)[i].at, "a route is sorted, one point a time");
  }
}

}  // namespace syncwell::fuzz
