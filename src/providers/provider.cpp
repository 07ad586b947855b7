#include "providers/provider.hpp"

#include <algorithm>

namespace syncwell::providers {

const TypeCapability* Capabilities::find(model::DataType type) const {
  const auto found = std::ranges::find(types, type, &TypeCapability::type);
  return found == types.end() ? nullptr : &*found;
}

bool PushResult::complete() const {
  return std::ranges::all_of(outcomes, [](const auto& outcome) { return outcome.has_value(); });
}

}  // namespace syncwell::providers
