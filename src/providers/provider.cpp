#include "providers/provider.hpp"

#include <algorithm>

#include "providers/file_state.hpp"

namespace syncwell::providers {

const TypeCapability* Capabilities::find(model::DataType type) const {
  const auto found = std::ranges::find(types, type, &TypeCapability::type);
  return found == types.end() ? nullptr : &*found;
}

bool PushResult::complete() const {
  return std::ranges::all_of(outcomes, [](const auto& outcome) { return outcome.has_value(); });
}

Async<Result<std::string>> DataProvider::state_of(CallContext, Account account) {
  co_return capabilities().kind == ProviderKind::file ? state_of_files(account.location) : std::string();
}

}  // namespace syncwell::providers
