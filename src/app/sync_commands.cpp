#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>

#include <cstdio>
#include <set>

#include "app/commands.hpp"
#include "app/foreground_sync.hpp"
#include "base/cancellation.hpp"

namespace syncwell::app {

namespace {

struct SyncArguments {
  std::string from;
  std::string to;
  std::vector<std::string> types;
  std::string since;
  std::string until;
  std::string strategy = "source_wins";
  bool dry_run = false;
  bool json = false;
  bool reading_consent = false;
};

Result<std::optional<Instant>> parse_time(const std::string& text, const char* option) {
  if (text.empty()) return std::nullopt;
  const auto moment = parse_rfc3339(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!moment || moment->at < min_instant || moment->at > max_instant) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: \"{}\" is no time; write 2026-03-28 or 2026-03-28T11:15:00+01:00", option, text));
  }
  return moment->at;
}

Result<ForegroundRequest> request_from(const SyncArguments& arguments, const providers::Registry& registry) {
  ForegroundRequest request;
  auto from = parse_endpoint(arguments.from, registry);
  if (!from) return fail(std::move(from.error()));
  auto to = parse_endpoint(arguments.to, registry);
  if (!to) return fail(std::move(to.error()));
  request.from = *from;
  request.to = *to;
  if (request.from.provider == request.to.provider && request.from.place == request.to.place) {
    return fail(ErrorCode::invalid_argument, "--from and --to are the same");
  }
  for (const auto& name : arguments.types) {
    const auto type = model::parse_data_type(name);
    if (!type)
      return fail(ErrorCode::invalid_argument, "unknown type \"" + name + "\"; there are: " + model::data_type_list());
    request.types.push_back(*type);
  }
  auto since = parse_time(arguments.since, "--since");
  if (!since) return fail(std::move(since.error()));
  auto until = parse_time(arguments.until, "--until");
  if (!until) return fail(std::move(until.error()));
  request.since = *since;
  request.until = *until;
  if (request.since && request.until && *request.since >= *request.until)
    return fail(ErrorCode::invalid_argument, "--until must be later than --since");
  const auto strategy = engine::parse_strategy(arguments.strategy);
  if (!strategy) return fail(ErrorCode::invalid_argument, "--strategy must be source_wins, dest_wins or newest_wins");
  request.strategy = *strategy;
  request.dry_run = arguments.dry_run;
  request.reading_consent = arguments.reading_consent;
  auto types = types_for(request, registry);
  if (!types) return fail(std::move(types.error()));
  if (request.from.is_file && !std::filesystem::exists(request.from.place)) {
    return fail(ErrorCode::not_found, request.from.place + ": there is no such file or folder");
  }
  return request;
}

// Progress on a terminal is one line that is written over; in a pipe nothing is printed until a type is done.
void print_progress(model::DataType type, const engine::RunReport& report) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r\x1b[K{}: {} read, {} written", model::name_of(type), report.counts.read,
             report.counts.written);
  std::fflush(stderr);
}

// What is wrong with a file is found again for every type that is read from it: said once.
void print_outcome(const TypeOutcome& outcome, bool dry_run, std::set<std::string>& said) {
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
  for (const auto& warning : outcome.report.warnings) {
    const std::string text = warning.where + ": " + warning.what;
    if (said.insert(text).second) fmt::print(stderr, "warning: {}\n", text);
  }
  const auto& counts = outcome.report.counts;
  fmt::print(
      stderr,
      "{:<20} read {:>8}  {} {:>8}  deleted {:>5}  unchanged {:>8}  skipped {:>6}  conflicts {:>6}  failed {:>4}{}\n",
      model::name_of(outcome.type), counts.read, dry_run ? "would write" : "written", counts.written, counts.deleted,
      counts.unchanged, counts.skipped, counts.conflicts, counts.failed, outcome.report.partial ? "  (partial)" : "");
  if (!outcome.outcome) {
    fmt::print(stderr, "{}: {} ({})\n", model::name_of(outcome.type), outcome.outcome.error().message,
               name_of(outcome.outcome.error().code));
  }
}

// The contract of `--json`: one object on the last line.
std::string summary_json(const std::vector<TypeOutcome>& outcomes, Duration took) {
  store::JobCounts sum;
  std::int64_t failed_types = 0;
  bool partial = false;
  for (const auto& outcome : outcomes) {
    const auto& counts = outcome.report.counts;
    sum.read += counts.read;
    sum.written += counts.written;
    sum.deleted += counts.deleted;
    sum.unchanged += counts.unchanged;
    sum.skipped += counts.skipped;
    sum.conflicts += counts.conflicts;
    sum.failed += counts.failed;
    sum.warnings += counts.warnings;
    failed_types += !outcome.outcome && counts.failed == 0;
    partial = partial || outcome.report.partial;
  }
  return fmt::format(
      R"({{"read":{},"written":{},"skipped":{},"conflicts":{},"failed":{},"warnings":{},"duration_ms":{},"deleted":{},"unchanged":{},"partial":{}}})",
      sum.read, sum.written, sum.skipped, sum.conflicts, sum.failed + failed_types, sum.warnings, took.count(),
      sum.deleted, sum.unchanged, partial);
}

void print_decisions(const std::vector<TypeOutcome>& outcomes) {
  for (const auto& outcome : outcomes) {
    for (const auto& decision : outcome.report.decisions) {
      fmt::print("{} {} {} ({})\n", model::name_of(outcome.type), decision.action, decision.record_id, decision.reason);
    }
  }
}

int run_sync(const CommandLine& line, const SyncArguments& arguments, bool show_decisions) {
  auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  // Refused before anything is opened or run.
  auto request = request_from(arguments, make_registry(*configuration));
  if (!request) return report(request.error());
  auto platform = Platform::open(std::move(*configuration));
  if (!platform) return report(platform.error());
  Lane lane(**platform);
  ForegroundCallbacks callbacks{print_progress, [](model::DataType type, Duration wait, const Error& why) {
                                  fmt::print(stderr, "{}: {}; trying again in {:.1f} s\n", model::name_of(type),
                                             why.message, static_cast<double>(wait.count()) / 1000.0);
                                }};
  std::optional<Result<std::vector<TypeOutcome>>> outcomes;
  const Steady began = lane.runtime.steady_now();
  const bool dry_run = request->dry_run;
  boost::asio::co_spawn(
      lane.io, without_cancellation_exceptions(run_foreground(**platform, lane, std::move(*request), callbacks)),
      [&](std::exception_ptr error, Result<std::vector<TypeOutcome>> result) {
        if (error) std::rethrow_exception(error);
        outcomes = std::move(result);
      });
  lane.io.run();
  if (!*outcomes) return report(outcomes->error());
  bool ok = true;
  std::set<std::string> said;
  for (const auto& outcome : **outcomes) {
    print_outcome(outcome, dry_run, said);
    ok = ok && outcome.outcome.has_value();
  }
  if (show_decisions) print_decisions(**outcomes);
  const std::string summary = summary_json(**outcomes, lane.runtime.steady_now() - began);
  if (arguments.json) fmt::print("{}\n", summary);
  return ok ? exit_ok : exit_failed;
}

std::shared_ptr<SyncArguments> add_arguments(CLI::App& command) {
  auto arguments = std::make_shared<SyncArguments>();
  command.add_option("--from", arguments->from, "provider:account or format:path")->required();
  command.add_option("--to", arguments->to, "provider:account or format:path")->required();
  command.add_option("--type", arguments->types, "data type; may be repeated; default: all that can travel this way");
  command.add_option("--since", arguments->since, "nothing that ended before this time");
  command.add_option("--until", arguments->until, "nothing that starts at or after this time");
  command.add_option("--strategy", arguments->strategy, "source_wins, dest_wins or newest_wins")->capture_default_str();
  command.add_flag("--json", arguments->json, "print the summary as one JSON object on the last line");
  command.add_flag("--reading-consent", arguments->reading_consent,
                   "read from a source whose terms make copying doubtful");
  return arguments;
}

}  // namespace

void add_sync_commands(CommandLine& line) {
  auto* sync = line.app.add_subcommand("sync", "run one sync in the foreground");
  auto arguments = add_arguments(*sync);
  sync->add_flag("--dry-run", arguments->dry_run, "say what would be written, write nothing");
  sync->footer("Example: syncwell sync --from apple-health:export.zip --to json:./records --type weight --json");
  sync->callback([&line, arguments] { line.run = [&line, arguments] { return run_sync(line, *arguments, false); }; });

  auto* preview = line.app.add_subcommand("preview", "say per record what a sync would do and why; nothing is written");
  auto previewed = add_arguments(*preview);
  previewed->dry_run = true;
  preview->footer("Example: syncwell preview --from fit:./rides --to strava:me");
  preview->callback([&line, previewed] { line.run = [&line, previewed] { return run_sync(line, *previewed, true); }; });
}

}  // namespace syncwell::app
