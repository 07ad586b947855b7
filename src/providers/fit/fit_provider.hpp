// The provider "fit": a FIT file or a folder of them (*.fit, *.fit.gz, any case, recursive). Reads every type that the
// decoder gives; writes workouts, one file <external id>.fit each. Folders, gzip, pages and atomic writing are those
// of providers/track/file_provider.hpp, with its errors.
#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace syncwell::providers::fit {

[[nodiscard]] std::unique_ptr<DataProvider> make_provider();

}  // namespace syncwell::providers::fit
