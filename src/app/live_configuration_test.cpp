#include "app/live_configuration.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "store/test_table.hpp"

namespace syncwell::app {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

class LiveConfigurationTest : public store::TableTest {
 protected:
  LiveConfigurationTest() { write_file("[api]\nrequests_per_minute = 100\n"); }

  void write_file(const std::string& text) {
    std::ofstream(file) << text;
    // Two changes within one tick of the file system's clock would be one.
    std::filesystem::last_write_time(file,
                                     std::filesystem::file_time_type::clock::now() + std::chrono::seconds{++changes_});
  }
  std::unique_ptr<LiveConfiguration> open() {
    return std::make_unique<LiveConfiguration>(Configuration::load(file, {}).value(), file, table(), runtime,
                                               [this](const Configuration& now) {
                                                 ++applied;
                                                 limit = now.number("api.requests_per_minute");
                                                 mode = now.text("providers.strava.mode");
                                               });
  }
  std::vector<std::string> audited() {
    std::vector<std::string> texts;
    for (const auto& item : runtime.run(table().query("audit#configuration", "", 100, std::nullopt)).value().items)
      texts.emplace_back(item.attributes.at("what").as_string());
    return texts;
  }

  sqlite::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "syncwell.toml";
  int applied = 0;
  std::int64_t limit = 0;
  std::string mode;

 private:
  int changes_ = 0;
};

TEST_F(LiveConfigurationTest, AChangeTakesEffectAndIsAudited) {  // ARCH-9, PROV-6
  const auto live = open();
  EXPECT_EQ(limit, 100);
  EXPECT_FALSE(runtime.run(live->look())) << "nothing has changed";
  write_file("[api]\nrequests_per_minute = 50\n[providers.strava]\nmode = \"read_only\"\n");
  EXPECT_TRUE(runtime.run(live->look()));
  EXPECT_EQ(limit, 50);
  EXPECT_EQ(mode, "read_only");
  EXPECT_THAT(audited(), SizeIs(2));
  EXPECT_THAT(audited(), Contains(HasSubstr("providers.strava.mode: \"normal\" -> \"read_only\"")));
}

TEST_F(LiveConfigurationTest, ABadFileChangesNothingAndSaysWhy) {  // ARCH-9
  const auto live = open();
  for (const char* bad : {"[api\n", "[api]\nrequests_per_minute = 0\n", "[api]\nrequests = 1\n",
                          "[providers.strava]\nmode = \"off\"\n"}) {
    write_file(bad);
    EXPECT_FALSE(runtime.run(live->look())) << bad;
  }
  EXPECT_EQ(limit, 100);
  EXPECT_EQ(applied, 1);
  EXPECT_THAT(audited(), SizeIs(4));
  EXPECT_THAT(audited(), Contains(HasSubstr("providers.strava.mode must be one of normal, read_only, disabled")));
  write_file("[api]\nrequests_per_minute = 70\n");
  EXPECT_TRUE(runtime.run(live->look())) << "and a good one again";
}

TEST_F(LiveConfigurationTest, AFileThatIsGoneIsRefused) {  // ARCH-9
  const auto live = open();
  std::filesystem::remove(file);
  EXPECT_FALSE(runtime.run(live->look()));
  EXPECT_EQ(limit, 100);
}

TEST_F(LiveConfigurationTest, SecretsAreMaskedAndWhatNeedsARestartIsNamed) {  // ARCH-9
  const auto live = open();
  write_file("[providers.strava]\nclient_secret = \"very-secret\"\n[server]\nport = 1\n");
  EXPECT_TRUE(runtime.run(live->look()));
  for (const auto& text : audited()) EXPECT_EQ(text.find("very-secret"), std::string::npos) << text;
  EXPECT_THAT(audited(), Contains(HasSubstr("server.port: \"8460\" -> \"1\" (after a restart)")));
}

TEST_F(LiveConfigurationTest, WhatTheCommandLineSaidStays) {  // 12-factor: the closest wins
  auto configuration = Configuration::load(file, {}).value();
  configuration.set("data_dir", "/somewhere", "option --data");
  LiveConfiguration live(std::move(configuration), file, table(), runtime, [](const Configuration&) {});
  write_file("data_dir = \"/elsewhere\"\n[api]\nrequests_per_minute = 50\n");
  EXPECT_TRUE(runtime.run(live.look()));
  EXPECT_EQ(live.current().text("data_dir"), "/somewhere");
}

TEST_F(LiveConfigurationTest, TheFileIsLookedAtByItself) {  // ARCH-9
  const auto live = open();
  live->start();
  write_file("[api]\nrequests_per_minute = 50\n");
  runtime.run_for(configuration_look_interval * 2);
  EXPECT_EQ(limit, 50);
  runtime.run(live->stop());
}

}  // namespace
}  // namespace syncwell::app
