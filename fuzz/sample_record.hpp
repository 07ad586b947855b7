// One sound record of each type, for targets in which the far end's answer is the hostile part.
#pragma once

#include "model/record.hpp"

namespace syncwell::fuzz {

[[nodiscard]] model::Record sample_record(model::DataType type);

}  // namespace syncwell::fuzz
