// The FIT decoder as the shared file provider wants it: takes a file in pieces, keeps them until the end (a header
// says at the front what may only be checked at the back), then decodes. Memory: max_file_bytes and the records.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "providers/track/decoder.hpp"

namespace syncwell::providers::fit {

// `only`: give records of this type alone; of every type when empty. `own_id`: see track::Format::make_decoder; it is
// given to the workout of a file that holds exactly one.
// finish(): unreadable_input (no FIT file, or empty), too_large (above max_file_bytes).
[[nodiscard]] std::unique_ptr<track::Decoder> make_file_decoder(std::string own_id,
                                                                std::optional<model::DataType> only = std::nullopt);

}  // namespace syncwell::providers::fit
