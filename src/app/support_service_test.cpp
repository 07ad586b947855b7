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

TEST(ContactChannel, IsOneThatIsThere) {  // SUP-4
  const auto channel = [](const std::vector<std::string>& environment) {
    return contact_channel(Configuration::load({}, environment).value());
  };
  const std::string by_ticket = "SYNCWELL_SUPPORT_CONTACT_CHANNEL=zendesk";
  EXPECT_EQ(channel({}), "");
  EXPECT_EQ(channel({"SYNCWELL_MAIL_URL=smtp://localhost"}), "mail");
  EXPECT_EQ(channel({by_ticket, "SYNCWELL_ZENDESK_BASE_URL=https://acme.zendesk.com"}), "zendesk");
  EXPECT_EQ(channel({by_ticket}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(channel({"SYNCWELL_SUPPORT_CONTACT_CHANNEL=pigeon"}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace syncwell::app
