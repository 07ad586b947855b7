#include "app/console_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "app/test_folder.hpp"

namespace syncwell::app {
namespace {

Configuration configured(const std::string& folder) {
  return Configuration::load({}, {"SYNCWELL_CONSOLE_FOLDER=" + folder}).value();
}

TEST(ConsoleFolder, IsWhereTheProgramWasBuiltOrWhereTheConfigurationSays) {  // SUP-6
  const TestFolder folder;
  const auto program = folder.path() / "build/release/syncwell";
  std::filesystem::create_directories(folder.path() / "console/dist");
  std::filesystem::create_directories(folder.path() / "other");
  EXPECT_TRUE(open_console(configured(""), program).value().empty()) << "not built: an empty folder";
  std::ofstream(folder.path() / "console/dist/index.html") << "built";
  EXPECT_EQ(open_console(configured(""), program).value().answer({"GET", "/console/"})->body, "built");
  std::ofstream(folder.path() / "other/index.html") << "other";
  EXPECT_EQ(
      open_console(configured((folder.path() / "other").string()), program).value().answer({"GET", "/console/"})->body,
      "other");
}

TEST(ConsoleFolder, AFolderThatWasNamedMustBeOne) {
  const TestFolder folder;
  const auto opened = open_console(configured((folder.path() / "nowhere").string()), folder.path() / "syncwell");
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace syncwell::app
