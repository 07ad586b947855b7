#include "providers/gpx/gpx_provider.hpp"

#include "providers/gpx/gpx_reader.hpp"
#include "providers/gpx/gpx_writer.hpp"
#include "providers/track/file_provider.hpp"

namespace syncwell::providers::gpx {

std::unique_ptr<DataProvider> make_provider() {
  return track::make_file_provider(
      {.key = "gpx", .display_name = "GPX files", .make_decoder = make_decoder, .encode = encode_workout});
}

}  // namespace syncwell::providers::gpx
