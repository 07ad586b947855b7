#include "api/api.hpp"

namespace syncwell::api {

// Open: a provider has no token of ours, and shows in its own way that it is the provider.
void Api::add_webhook_routes() {
  for (const char* method : {"GET", "POST"}) {
    router_.add(method, "/webhooks/{provider}", Router::Access::open,
                [this](Call call) { return webhooks_.receive(call.path["provider"], call.request); });
  }
}

}  // namespace syncwell::api
