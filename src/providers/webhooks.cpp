#include "providers/webhooks.hpp"

namespace syncwell::providers {

Async<Result<void>> Webhooks::subscribe_account(CallContext, std::string) { co_return Result<void>{}; }

}  // namespace syncwell::providers
