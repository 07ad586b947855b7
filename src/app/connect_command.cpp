// `syncwell connect google_health:me`: the OAuth flow for use without a server. The browser comes back to a listener on
// loopback (RFC 8252 section 7.3); nothing but the code passes through it.
#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include <cstdio>

#include "app/commands.hpp"
#include "app/foreground_sync.hpp"
#include "app/pkce.hpp"
#include "base/cancellation.hpp"
#include "net/http_server.hpp"

namespace syncwell::app {

namespace {

constexpr Duration consent_timeout = std::chrono::minutes{5};
constexpr Duration look_interval = std::chrono::milliseconds{100};

struct ConnectArguments {
  std::string account;
  std::uint16_t port = 0;
};

struct Redirect {
  std::string code;
  std::string state;
  std::string error;
  bool arrived = false;
};

Async<net::Response> take_redirect(Redirect& redirect, net::Request request) {
  const auto target = net::parse_target(request.url);
  if (target.path != "/callback") co_return net::Response{404};
  redirect = {target.parameter("code").value_or(""), target.parameter("state").value_or(""),
              target.parameter("error").value_or(""), true};
  co_return net::Response{200, {{"Content-Type", "text/plain"}}, "SyncWell has the answer. You can close this page.\n"};
}

Async<Result<void>> connect(Platform& platform, Lane& lane, EndpointSpec spec, std::uint16_t port) {
  Redirect redirect;
  net::HttpServer listener(lane.runtime, {},
                           [&redirect](net::Request request) { return take_redirect(redirect, std::move(request)); });
  auto listening = listener.listen("127.0.0.1", port);
  if (!listening) co_return listening;
  auto& vault = platform.storage().vault();
  const std::string user = vault.digest("user", "local");
  const ProofKey key = draw_proof_key();
  auto started = co_await lane.connector.start(
      user, spec.provider, fmt::format("http://127.0.0.1:{}/callback", listener.port()), key.challenge);
  if (!started) co_return fail(std::move(started.error()));
  fmt::print("Open this page and agree:\n\n  {}\n\n", started->url);
  std::fflush(stdout);
  const Deadline deadline = Deadline::after(lane.runtime, consent_timeout);
  while (!redirect.arrived && deadline.remaining(lane.runtime) > Duration{0}) {
    auto slept = co_await lane.runtime.sleep_for(look_interval);
    if (!slept) co_return slept;
  }
  co_await listener.stop(std::chrono::seconds{1});
  if (!redirect.arrived) co_return fail(ErrorCode::timeout, "nobody agreed within five minutes");
  if (!redirect.error.empty()) co_return fail(ErrorCode::unauthenticated, spec.provider + " says: " + redirect.error);
  auto id = connection_id_of(spec, vault, lane.runtime.random(), false);
  if (!id) co_return fail(std::move(id.error()));
  auto connection =
      co_await lane.connector.finish(user, *id, {spec.provider, redirect.code, key.verifier, redirect.state});
  if (!connection) co_return fail(std::move(connection.error()));
  fmt::print("connected {}:{}\n", spec.provider, spec.place);
  co_return Result<void>{};
}

int run_connect(const CommandLine& line, const ConnectArguments& arguments) {
  auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  auto spec = parse_endpoint(arguments.account, make_registry(*configuration));
  if (!spec) return report(spec.error());
  if (spec->is_file)
    return report({ErrorCode::invalid_argument, spec->provider + " needs no account: name its path in syncwell sync"});
  auto platform = Platform::open(std::move(*configuration));
  if (!platform) return report(platform.error());
  Lane lane(**platform);
  Result<void> outcome;
  boost::asio::co_spawn(lane.io, without_cancellation_exceptions(connect(**platform, lane, *spec, arguments.port)),
                        [&](std::exception_ptr error, Result<void> result) {
                          if (error) std::rethrow_exception(error);
                          outcome = std::move(result);
                        });
  lane.io.run();
  return outcome ? exit_ok : report(outcome.error());
}

}  // namespace

void add_connect_command(CommandLine& line) {
  auto* command = line.app.add_subcommand("connect", "connect an account for syncwell sync");
  auto arguments = std::make_shared<ConnectArguments>();
  command->add_option("account", arguments->account, "provider:name; the name is yours to choose")->required();
  command->add_option("--port", arguments->port, "port of the loopback listener; 0 takes a free one");
  command->footer("Example: syncwell connect google_health:me");
  command->callback([&line, arguments] { line.run = [&line, arguments] { return run_connect(line, *arguments); }; });
}

}  // namespace syncwell::app
