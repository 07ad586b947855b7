#include "app/sandbox_server.hpp"

namespace syncwell::app {
namespace {

net::ServerLimits limits() {
  net::ServerLimits limits;
  limits.max_body_bytes = sandbox::max_sandbox_body_bytes;
  limits.max_connections = 20'000;
  limits.handler_timeout = std::chrono::minutes{5};
  return limits;
}

}  // namespace

SandboxServer::SandboxServer(Runtime& runtime, std::uint64_t seed)
    : runtime_(runtime),
      sandbox_(sandbox::SandboxOptions{seed}),
      server_(runtime, limits(), [this](net::Request request) { return answer(std::move(request)); }) {}

Async<net::Response> SandboxServer::answer(net::Request request) { co_return sandbox_.handle(request, runtime_.now()); }

}  // namespace syncwell::app
