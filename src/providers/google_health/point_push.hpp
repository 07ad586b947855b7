// Writes to Google Health: create with a client-set id, update by PATCH, erase by batchDelete. All three answer with a
// long-running Operation {done, error | response}; an operation that is not done yet counts as accepted, because the id
// is ours and known.
#pragma once

#include <span>
#include <string>

#include "providers/google_health/type_table.hpp"
#include "providers/provider.hpp"

namespace syncwell::providers::google_health {

// `ops` are all of the row's type, which is writable. Stops at the first error that concerns the whole call
// (PushResult); a refusal of one record (400) leaves the others to be tried.
[[nodiscard]] Async<PushResult> push_points(CallContext context, std::string api_base, const TypeRow& row,
                                            std::span<const WriteOp> ops);

}  // namespace syncwell::providers::google_health
