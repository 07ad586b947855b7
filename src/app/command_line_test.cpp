// The program as it is called: exit codes (0 ok, 1 failed, 2 usage), what is said, and that a refused call does
// nothing.
#include <gmock/gmock.h>
#include <boost/json.hpp>

#include "app/commands.hpp"
#include "app/test_folder.hpp"

namespace syncwell::app {
namespace {

using testing::HasSubstr;

class CommandLineTest : public testing::Test {
 protected:
  int run(std::vector<std::string> arguments) {
    std::vector<const char*> argv{"syncwell"};
    for (const auto& argument : arguments) argv.push_back(argument.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = run_command_line(static_cast<int>(argv.size()), argv.data());
    std::fflush(stdout);
    said = testing::internal::GetCapturedStdout();
    complained = testing::internal::GetCapturedStderr();
    return code;
  }
  int sync(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--data", data.string(), "sync"});
    return run(std::move(arguments));
  }
  // A call that is wrong: refused as usage, with `word` in what it says, and before anything is made.
  void refused(std::vector<std::string> arguments, const std::string& word) {
    EXPECT_EQ(sync(std::move(arguments)), exit_usage) << word;
    EXPECT_THAT(complained, HasSubstr(word));
    EXPECT_FALSE(std::filesystem::exists(data)) << word;
  }
  std::string gpx() const { return "gpx:" + folder.write("ride.gpx", track).string(); }
  std::string out() const { return "json:" + (folder.path() / "out").string(); }
  boost::json::object summary() const { return boost::json::parse(said).as_object(); }

  static constexpr const char* track =
      R"(<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>)"
      R"(<trkpt lat="50.0" lon="8.0"><time>2026-03-28T10:00:00Z</time></trkpt>)"
      R"(<trkpt lat="50.1" lon="8.0"><time>2026-03-28T10:30:00Z</time></trkpt></trkseg></trk></gpx>)";
  TestFolder folder;
  std::filesystem::path data = folder.path() / "data";
  std::string said;
  std::string complained;
};

TEST_F(CommandLineTest, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(run({"--help"}), exit_ok);
  for (const auto* command :
       {"serve", "sync", "preview", "connect", "connections", "jobs", "dlq", "doctor", "config"}) {
    EXPECT_THAT(said, HasSubstr(command));
  }
  EXPECT_EQ(run({"sync", "--help"}), exit_ok);
  EXPECT_THAT(said, HasSubstr("Example: syncwell sync"));
  EXPECT_EQ(run({"version"}), exit_ok);
  EXPECT_THAT(said, testing::StartsWith("syncwell "));
}

TEST_F(CommandLineTest, WhatIsNoCommandIsUsage) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {"snyc"},
                                                {"sync"},
                                                {"dlq"},
                                                {"dlq", "purge"},
                                                {"connect"},
                                                {"version", "--no-such"},
                                                {"sync", "--from", "fit:rides"},
                                                {"version", "config"}}) {
    EXPECT_EQ(run(wrong), exit_usage) << testing::PrintToString(wrong);
    EXPECT_NE(complained, "") << testing::PrintToString(wrong);
  }
}

TEST_F(CommandLineTest, AWrongSyncIsRefusedBeforeAnythingIsMade) {  // PROV-7, CON-2
  const std::string from = gpx();
  refused({"--from", "gpx", "--to", out()}, "provider:account or format:path");
  refused({"--from", "fitbit:me", "--to", out()}, "there are: google_health");
  refused({"--from", out(), "--to", out()}, "the same");
  refused({"--from", from, "--to", out(), "--type", "mood"}, "there are: steps");
  refused({"--from", from, "--to", out(), "--type", "sleep"}, "sleep");
  refused({"--from", from, "--to", "apple-health:export.zip"}, "it takes: nothing");
  refused({"--from", from, "--to", out(), "--since", "yesterday"}, "--since");
  refused({"--from", from, "--to", out(), "--until", "2026-02-30"}, "--until");
  refused({"--from", from, "--to", out(), "--since", "2026-03-02", "--until", "2026-03-02"}, "later than --since");
  refused({"--from", from, "--to", out(), "--strategy", "best_wins"}, "source_wins, dest_wins or newest_wins");
  refused({"--from", "strava:me", "--to", out()}, "consent");  // PROV-9
}

TEST_F(CommandLineTest, AMissingFileOrAccountIsAFailureThatSaysWhatToDo) {
  EXPECT_EQ(sync({"--from", "gpx:" + (folder.path() / "none.gpx").string(), "--to", out()}), exit_failed);
  EXPECT_THAT(complained, HasSubstr("there is no such file"));
  EXPECT_FALSE(std::filesystem::exists(data));
  EXPECT_EQ(sync({"--from", gpx(), "--to", "strava:me"}), exit_failed);
  EXPECT_THAT(complained, HasSubstr("syncwell connect strava:me"));
}

TEST_F(CommandLineTest, AWrongConfigurationIsUsageForEveryCommand) {  // ARCH-9
  const auto file = folder.write("wrong.toml", "[server]\nprot = 1\n").string();
  for (const auto* command : {"config", "doctor", "serve", "connections"}) {
    EXPECT_EQ(run({"--config", file, "--data", data.string(), command}), exit_usage) << command;
    EXPECT_THAT(complained, HasSubstr("server.prot"));
  }
  EXPECT_EQ(run({"--config", (folder.path() / "missing.toml").string(), "config"}), exit_usage);
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST_F(CommandLineTest, ConnectingFilesOrNobodyIsUsage) {
  EXPECT_EQ(run({"--data", data.string(), "connect", "fit:rides"}), exit_usage);
  EXPECT_THAT(complained, HasSubstr("needs no account"));
  EXPECT_EQ(run({"--data", data.string(), "connect", "fitbit:me"}), exit_usage);
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST_F(CommandLineTest, WithoutAServerItSaysHowToStartOne) {
  // Port 9 of loopback (discard): nothing listens there.
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"connections"}, {"jobs"}, {"dlq", "list"}, {"dlq", "redrive", "--all"}}) {
    auto arguments = command;
    arguments.insert(arguments.begin(), {"--data", data.string()});
    arguments.insert(arguments.end(), {"--server", "http://127.0.0.1:9"});
    EXPECT_EQ(run(arguments), exit_failed) << command[0];
    EXPECT_THAT(complained, HasSubstr("start it with: syncwell serve"));
  }
}

TEST_F(CommandLineTest, NothingIsRedrivenUnlessItIsSaidWhat) {  // SUP-5
  EXPECT_EQ(run({"--data", data.string(), "dlq", "redrive", "--server", "http://127.0.0.1:9"}), exit_usage);
  EXPECT_THAT(complained, HasSubstr("--all"));
}

TEST_F(CommandLineTest, AUnusableDataFolderIsAFailure) {
  const auto file = folder.write("file", "x").string();
  EXPECT_EQ(run({"--data", file, "serve"}), exit_failed);
  EXPECT_NE(complained, "");
  EXPECT_EQ(run({"--data", file, "doctor"}), exit_failed);
  EXPECT_THAT(said, HasSubstr("FAILED"));
  EXPECT_EQ(run({"--data", data.string(), "doctor"}), exit_ok) << said;
}

TEST_F(CommandLineTest, APreviewSaysWhatASyncWouldDoAndMakesNothing) {
  EXPECT_EQ(run({"--data", data.string(), "preview", "--from", gpx(), "--to", out(), "--type", "workout"}), exit_ok)
      << complained;
  EXPECT_THAT(said, HasSubstr("workout"));
  EXPECT_THAT(complained, HasSubstr("would write"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

TEST_F(CommandLineTest, ASyncWritesAndTheSameSyncAgainWritesNothing) {  // INT-5, ALG-8
  const std::vector<std::string> arguments{"--from", gpx(), "--to", out(), "--type", "workout", "--json"};
  ASSERT_EQ(sync(arguments), exit_ok) << complained;
  EXPECT_EQ(summary().at("read").as_int64(), 1);
  EXPECT_EQ(summary().at("written").as_int64(), 1);
  ASSERT_EQ(sync(arguments), exit_ok) << complained;
  EXPECT_EQ(summary().at("written").as_int64(), 0);
  EXPECT_EQ(summary().at("unchanged").as_int64(), 1);
  std::filesystem::remove_all(folder.path() / "out");
  ASSERT_EQ(sync(arguments), exit_ok) << complained;
  EXPECT_EQ(summary().at("written").as_int64(), 1) << "a folder that was made anew holds nothing";
}

TEST_F(CommandLineTest, ADamagedSourceFailsTheSyncAndIsCounted) {  // PROV-3
  const auto file = folder.write("broken.gpx", "this is no track").string();
  EXPECT_EQ(sync({"--from", "gpx:" + file, "--to", out(), "--json"}), exit_failed);
  EXPECT_GE(summary().at("failed").as_int64(), 1);
  EXPECT_THAT(complained, HasSubstr("broken.gpx"));
}

}  // namespace
}  // namespace syncwell::app
