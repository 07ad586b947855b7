// The provider "gpx": a GPX file or a folder of them, read and written (providers/track/file_provider.hpp).
#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace syncwell::providers::gpx {

[[nodiscard]] std::unique_ptr<DataProvider> make_provider();

}  // namespace syncwell::providers::gpx
