// The DataProvider for a format whose files hold workouts (GPX, TCX, FIT): reads a file or a folder, writes one file
// <external id>.<extension> per workout into a folder. Workouts only, no accounts, no network.
#pragma once

#include <memory>

#include "providers/provider.hpp"
#include "providers/track/decoder.hpp"

namespace syncwell::providers::track {

// Push: create of an id whose file is there is success (already_existed). An update writes <external id>.<extension>
// and takes away the file that held the record before, whoever wrote it; an update of a record that is gone writes it
// anew; erasing one that is gone is success. Outcomes: unsupported (the format cannot hold the record, or its file
// holds other workouts too), invalid_argument (no folder, or an id that cannot be a file name), storage_full,
// storage_read_only, storage_failed, timeout, cancelled.
[[nodiscard]] std::unique_ptr<DataProvider> make_file_provider(Format format);

}  // namespace syncwell::providers::track
