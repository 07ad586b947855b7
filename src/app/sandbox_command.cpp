#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>

#include "app/commands.hpp"
#include "app/sandbox_server.hpp"
#include "base/cancellation.hpp"
#include "base/io_runtime.hpp"

namespace syncwell::app {

namespace asio = boost::asio;

namespace {

Async<void> stop_on_signal(SandboxServer& server, asio::signal_set& signals) {
  (void)co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
  co_await server.stop();
}

struct SandboxArguments {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8461;
  std::uint64_t seed = 1;
};

int run_sandbox(const SandboxArguments& arguments) {
  asio::io_context io(1);
  IoRuntime runtime(io);
  SandboxServer server(runtime, arguments.seed);
  auto listening = server.listen(arguments.address, arguments.port);
  if (!listening) return report(listening.error());
  fmt::print(
      "syncwell sandbox: imposters of Google Health, Strava, PagerDuty and Zendesk at http://{}:{}  (state: "
      "/_sandbox/state, faults: PUT "
      "/_sandbox/faults)\n",
      arguments.address, server.port());
  std::fflush(stdout);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  asio::co_spawn(io, without_cancellation_exceptions(stop_on_signal(server, signals)), asio::detached);
  io.run();
  return exit_ok;
}

}  // namespace

void add_sandbox_command(CommandLine& line) {
  auto* command = line.app.add_subcommand("sandbox", "run imposters of the providers, to try and to test against");
  auto arguments = std::make_shared<SandboxArguments>();
  command->add_option("--address", arguments->address, "address to listen on")->capture_default_str();
  command->add_option("--port", arguments->port, "port to listen on; 0 takes a free one")->capture_default_str();
  command->add_option("--seed", arguments->seed, "seed of everything random in it")->capture_default_str();
  command->footer("Example: syncwell sandbox --port 8461");
  command->callback([&line, arguments] { line.run = [arguments] { return run_sandbox(*arguments); }; });
}

}  // namespace syncwell::app
