#include "app/sandbox_server.hpp"

namespace syncwell::app {
namespace {

constexpr Duration webhook_timeout = std::chrono::seconds{2};  // Strava waits this long
constexpr Duration retry_wait = std::chrono::seconds{1};
constexpr std::size_t max_senders = 32;

net::ServerLimits limits() {
  net::ServerLimits limits;
  limits.max_body_bytes = sandbox::max_sandbox_body_bytes;
  limits.max_connections = 20'000;
  limits.handler_timeout = std::chrono::minutes{5};
  return limits;
}

net::CurlClientSettings client_settings() {
  net::CurlClientSettings settings;
  settings.allow_private_addresses = true;  // what it notifies runs beside it
  settings.user_agent = "SyncWell sandbox";
  return settings;
}

}  // namespace

SandboxServer::SandboxServer(Runtime& runtime, std::uint64_t seed)
    : runtime_(runtime),
      sandbox_(sandbox::SandboxOptions{seed}),
      http_(runtime, client_settings()),
      senders_(runtime.executor()),
      server_(runtime, limits(), [this](net::Request request) { return answer(std::move(request)); }) {}

Async<net::Response> SandboxServer::answer(net::Request request) {
  net::Response refusal;
  if (!co_await shake_hands(request, refusal)) co_return refusal;
  auto response = sandbox_.handle(request, runtime_.now());
  notify();
  co_return response;
}

Async<bool> SandboxServer::shake_hands(net::Request request, net::Response& refusal) {
  auto handshake = sandbox_.handshake_for(request);
  if (!handshake) co_return true;
  std::vector<net::Response> answers;
  for (net::Request& question : handshake->requests) {
    auto answer = co_await http_.send(std::move(question), Deadline::after(runtime_, webhook_timeout));
    answers.push_back(answer ? std::move(*answer) : net::Response{0});
  }
  const bool accepted = handshake->accepts(answers);
  if (!accepted) refusal = std::move(handshake->refusal);
  co_return accepted;
}

void SandboxServer::notify() {
  auto notifications = sandbox_.take_notifications(runtime_.now());
  if (!notifications.empty()) senders_.spawn(send_all(std::move(notifications)));
}

Async<void> SandboxServer::send_all(std::vector<net::Request> notifications) {
  for (net::Request& notification : notifications) {
    senders_.spawn(deliver(std::move(notification)));
    co_await senders_.wait_below(max_senders);
  }
}

Async<void> SandboxServer::deliver(net::Request notification) {
  sandbox::Delivery delivery{notification};
  while (delivery.attempts < sandbox::webhook_attempts) {
    ++delivery.attempts;
    auto answer = co_await http_.send(notification, Deadline::after(runtime_, webhook_timeout));
    delivery.status = answer ? answer->status : 0;
    if (delivery.status >= 200 && delivery.status < 300) break;
    if (delivery.attempts == sandbox::webhook_attempts) break;
    auto slept = co_await runtime_.sleep_for(retry_wait);
    if (!slept) break;
  }
  sandbox_.note_delivery(std::move(delivery));
}

Async<void> SandboxServer::stop() {
  co_await server_.stop(std::chrono::seconds{1});
  senders_.cancel_all();
  co_await senders_.wait_empty();
}

}  // namespace syncwell::app
