// TCX documents.
#include "fuzz/target.hpp"
#include "fuzz/track_document.hpp"
#include "providers/tcx/tcx_reader.hpp"
#include "providers/tcx/tcx_writer.hpp"

namespace syncwell::fuzz {

using namespace providers;

void run(std::string_view input) {
  static const track::Format format{"tcx", "TCX files", tcx::make_decoder, tcx::encode_workout};
  check_document(format, Input(input));
}

}  // namespace syncwell::fuzz
