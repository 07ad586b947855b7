// What breaks real processes (README.md). Exit codes: 0 as promised, 1 not, 2 usage.
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <random>

#include "full_disk_test.hpp"
#include "kill_test.hpp"
#include "mounts.hpp"
#include "read_only_test.hpp"

namespace syncwell::crash {
namespace {

constexpr int most_kills = 10'000;
constexpr int exit_kept = 0;
constexpr int exit_broken = 1;
constexpr int exit_usage = 2;

struct Test {
  std::string_view name;
  Result<bool> (*run)(const TestSettings& settings);
  bool needs_mounts;
};
constexpr Test tests[] = {
    {"kills", run_kill_test, false}, {"full-disk", run_full_disk_test, true}, {"read-only", run_read_only_test, true}};

struct Arguments {
  const Test* test = &tests[0];
  TestSettings settings;
};

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse_test(std::string_view name, const Test*& test) {
  for (const auto& known : tests) {
    if (known.name == name) test = &known;
  }
  return test->name == name;
}

std::optional<Arguments> parse_arguments(int count, char** texts) {
  Arguments arguments;
  auto& settings = arguments.settings;
  settings.seed = std::random_device{}();
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = texts[i];
    const std::string_view value = texts[i + 1];
    bool understood = true;
    if (name == "--syncwell") {
      settings.program = std::filesystem::absolute(value);
    } else if (name == "--recordings") {
      settings.recordings = value;
    } else if (name == "--test") {
      understood = parse_test(value, arguments.test);
    } else if (name == "--kills") {
      understood = parse(value, settings.kills) && settings.kills >= 0 && settings.kills <= most_kills;
    } else if (name == "--seed") {
      understood = parse(value, settings.seed);
    } else {
      understood = false;
    }
    if (!understood) return std::nullopt;
  }
  if (count % 2 == 0 || settings.program.empty()) return std::nullopt;
  return arguments;
}

int run(const Arguments& arguments) {
  const auto& settings = arguments.settings;
  if (arguments.test->needs_mounts) {
    if (auto entered = enter_private_mounts(); !entered) {
      say(fmt::format("{}: NOT done: {}", arguments.test->name, entered.error().message));
      return exit_kept;
    }
  }
  say(fmt::format("{}: seed {}", arguments.test->name, settings.seed));
  auto kept = arguments.test->run(settings);
  if (!kept && arguments.test->needs_mounts && kept.error().code == ErrorCode::unsupported) {
    say(fmt::format("{}: NOT done: {}", arguments.test->name, kept.error().message));
    return exit_kept;
  }
  if (!kept) say(fmt::format("FAILED (seed {}): {}", settings.seed, kept.error().message));
  return kept && *kept ? exit_kept : exit_broken;
}

}  // namespace
}  // namespace syncwell::crash

int main(int count, char** texts) {
  using namespace syncwell::crash;  // NOLINT(google-build-using-namespace): the only user of this file's names
  auto arguments = parse_arguments(count, texts);
  if (!arguments) {
    fmt::print(stderr,
               "usage: syncwell_crash_test --syncwell PATH [--test kills|full-disk|read-only] [--kills 20] [--seed S] "
               "[--recordings tests/data]\n");
    return exit_usage;
  }
  auto& folder = arguments->settings.folder;
  folder = std::filesystem::temp_directory_path() / fmt::format("syncwell-crash-{}", ::getpid());
  const int code = run(*arguments);
  if (code == exit_kept) {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  } else {
    fmt::print("folders, databases and logs: {}\n", folder.string());
  }
  return code;
}
