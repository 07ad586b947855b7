#include "providers/tcx/tcx_provider.hpp"

#include "providers/tcx/tcx_reader.hpp"
#include "providers/tcx/tcx_writer.hpp"
#include "providers/track/file_provider.hpp"

namespace syncwell::providers::tcx {

std::unique_ptr<DataProvider> make_provider() {
  return track::make_file_provider(
      {.key = "tcx", .display_name = "TCX files", .make_decoder = make_decoder, .encode = encode_workout});
}

}  // namespace syncwell::providers::tcx
