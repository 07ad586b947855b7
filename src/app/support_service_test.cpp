#include "app/support_service.hpp"

#include <gtest/gtest.h>

namespace syncwell::app {
namespace {

std::string url_with(const std::vector<std::string>& environment) {
  return console_url(Configuration::load({}, environment).value(), 4711);
}

TEST(ConsoleUrl, LinksInAlarmsAndMailsLeadToWhereTheServerListens) {  // SUP-1
  EXPECT_EQ(url_with({}), "http://127.0.0.1:4711/console/");
  EXPECT_EQ(url_with({"SYNCWELL_SERVER_PORT=0"}), "http://127.0.0.1:4711/console/");
  EXPECT_EQ(url_with({"SYNCWELL_SERVER_ADDRESS=::1"}), "http://[::1]:4711/console/");
  const auto everywhere = url_with({"SYNCWELL_SERVER_ADDRESS=0.0.0.0"});
  EXPECT_FALSE(everywhere.contains("0.0.0.0")) << everywhere;
}

TEST(ConsoleUrl, TheOperatorsAddressComesFirst) {
  for (const auto* given : {"https://sync.example/console", "https://sync.example/console/"})
    EXPECT_EQ(url_with({std::string("SYNCWELL_SUPPORT_CONSOLE_URL=") + given}), "https://sync.example/console/");
}

}  // namespace
}  // namespace syncwell::app
