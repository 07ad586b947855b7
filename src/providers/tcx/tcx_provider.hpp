// The provider "tcx": a TCX file or a folder of them, read and written (providers/track/file_provider.hpp).
#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace syncwell::providers::tcx {

[[nodiscard]] std::unique_ptr<DataProvider> make_provider();

}  // namespace syncwell::providers::tcx
