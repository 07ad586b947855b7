#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "app/child_process.hpp"
#include "app/commands.hpp"
#include "app/demo.hpp"
#include "app/demo_environment.hpp"
#include "app/key_files.hpp"
#include "app/local_session.hpp"

namespace syncwell::app {
namespace {

struct DemoArguments {
  std::string recordings = "tests/data";
  std::string folder = "build/demo";
  bool once = false;
  bool json = false;
};

// "… http://127.0.0.1:40123  (…" → "http://127.0.0.1:40123"
std::string address_in(const std::string& line) {
  const auto begin = line.find("http://");
  return begin == std::string::npos ? "" : line.substr(begin, line.find(' ', begin) - begin);
}

void print_table(const std::vector<DemoSync>& syncs, const store::JobCounts& sum) {
  const auto row = [](const std::string& name, const std::string& status, const store::JobCounts& c) {
    fmt::print("  {:<42} {:<13} {:>8} {:>8} {:>9} {:>8} {:>9} {:>7}\n", name, status, c.read, c.written, c.unchanged,
               c.skipped, c.conflicts, c.failed);
  };
  fmt::print("\n  {:<42} {:<13} {:>8} {:>8} {:>9} {:>8} {:>9} {:>7}\n", "sync", "status", "read", "written",
             "unchanged", "skipped", "conflicts", "failed");
  for (const auto& sync : syncs) row(sync.name, sync.status, sync.counts);
  row("all", "", sum);
  for (const auto& sync : syncs) {
    if (!sync.error.empty() && sync.status != "succeeded") fmt::print("  {}: {}\n", sync.name, sync.error);
  }
}

constexpr const char* demo_user = "alice";
constexpr std::int64_t demo_token_minutes = 24 * 60;

int run_demo(const DemoArguments& arguments) {
  const auto folder = std::filesystem::absolute(arguments.folder);
  const auto recordings = std::filesystem::absolute(arguments.recordings).string();
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  std::filesystem::create_directories(folder / "records", error);
  if (error) return report({ErrorCode::storage_read_only, folder.string() + ": " + error.message()});

  auto sandbox = ChildProcess::start({"sandbox", "--port", "0"}, {});
  if (!sandbox) return report(sandbox.error());
  const std::string sandbox_address = address_in(sandbox->first_line());
  auto server = ChildProcess::start(
      {"serve"}, to_environment({sandbox_address, folder / "server", {recordings, (folder / "records").string()}}));
  if (!server) return report(server.error());
  const std::string server_address = address_in(server->first_line());
  auto operator_token = admin_token(folder / "server", "");
  if (!operator_token) return report(operator_token.error());
  ApiSession as_operator(server_address, *operator_token);
  auto token = user_token(as_operator, demo_user, demo_token_minutes);
  if (!token) return report(token.error());

  ApiSession api(server_address, *token);
  ApiSession sandbox_session(sandbox_address, "");
  const Steady began = api.runtime().steady_now();
  std::FILE* progress = arguments.json ? stderr : stdout;
  const auto say = [progress](const std::string& text) {
    fmt::print(progress, "{}\n", text);
    std::fflush(progress);
  };
  say("sandbox " + sandbox_address + ", server " + server_address);
  Demo demo(api, sandbox_session, {server_address, sandbox_address, recordings, (folder / "records").string()}, say);
  auto syncs = demo.run();
  if (!syncs) return report(syncs.error());
  const auto syncs_took = api.runtime().steady_now() - began;
  auto webhook_took = demo.watch_a_webhook();
  if (!webhook_took) return report(webhook_took.error());

  store::JobCounts sum;
  std::int64_t failed_jobs = 0;
  for (const auto& sync : *syncs) {
    sum.read += sync.counts.read;
    sum.written += sync.counts.written;
    sum.unchanged += sync.counts.unchanged;
    sum.skipped += sync.counts.skipped;
    sum.conflicts += sync.counts.conflicts;
    sum.failed += sync.counts.failed;
    sum.warnings += sync.counts.warnings;
    failed_jobs += sync.status != "succeeded";
  }
  const auto duration_ms = syncs_took.count();
  if (arguments.json) {
    fmt::print(
        R"({{"read":{},"written":{},"skipped":{},"conflicts":{},"failed":{},"warnings":{},"duration_ms":{},"unchanged":{},"jobs":{},"failed_jobs":{},"webhook_ms":{}}})"
        "\n",
        sum.read, sum.written, sum.skipped, sum.conflicts, sum.failed + failed_jobs, sum.warnings, duration_ms,
        sum.unchanged, syncs->size(), failed_jobs, webhook_took->count());
  } else {
    print_table(*syncs, sum);
    fmt::print("\n  {} jobs in {:.1f} s, {} failed. Records as canonical JSON: {}\n", syncs->size(),
               static_cast<double>(duration_ms) / 1000.0, failed_jobs, (folder / "records").string());
    fmt::print("  A change at the source arrived through its webhook in {} ms.\n", webhook_took->count());
  }
  if (!arguments.once) {
    auto dead = demo.leave_a_dead_letter();
    if (!dead) return report(dead.error());
    fmt::print("\n  The API is at {}, the sandbox at {}. Ctrl-C ends both.\n  A token for it: {}\n", server_address,
               sandbox_address, *token);
    fmt::print(
        "\n  The console, for the person:         {0}/console/#token={1}\n"
        "  The console, for the support desk:   {0}/console/#token={2}\n"
        "  One job was made to fail, for the support desk to find: {3}\n",
        server_address, *token, *operator_token, *dead);
    std::fflush(stdout);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int signal = 0;
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    sigwait(&signals, &signal);
  }
  return failed_jobs == 0 && sum.failed == 0 ? exit_ok : exit_failed;
}

}  // namespace

void add_demo_command(CommandLine& line) {
  auto* command = line.app.add_subcommand("demo", "real recordings through the whole path, against the sandbox");
  auto arguments = std::make_shared<DemoArguments>();
  command->add_option("--recordings", arguments->recordings, "folder with apple_health/, fit/, gpx/ and tcx/")
      ->capture_default_str();
  command->add_option("--folder", arguments->folder, "folder for the demo's data; emptied first")
      ->capture_default_str();
  command->add_flag("--once", arguments->once, "end after the summary");
  command->add_flag("--json", arguments->json, "print only the summary, as one JSON object on the last line");
  command->footer("Example: syncwell demo --once");
  command->callback([&line, arguments] { line.run = [arguments] { return run_demo(*arguments); }; });
}

}  // namespace syncwell::app
