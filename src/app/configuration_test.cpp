#include "app/configuration.hpp"

#include <gtest/gtest.h>

#include "app/endpoint_spec.hpp"
#include "app/key_files.hpp"
#include "app/platform.hpp"
#include "app/test_folder.hpp"

namespace syncwell::app {
namespace {

class ConfigurationTest : public testing::Test {
 protected:
  std::filesystem::path file_with(const std::string& text) { return scratch.write("syncwell.toml", text); }

  TestFolder scratch;
  const std::filesystem::path& folder = scratch.path();
};

TEST_F(ConfigurationTest, TheEnvironmentBeatsTheFileAndTheFileTheDefault) {
  const auto file = file_with("[server]\nport = 9000\naddress = \"0.0.0.0\"\n");
  const auto configuration = Configuration::load(file, {"SYNCWELL_SERVER_PORT=9100"}).value();
  EXPECT_EQ(configuration.number("server.port"), 9100);
  EXPECT_EQ(configuration.text("server.address"), "0.0.0.0");
  EXPECT_EQ(configuration.number("worker.max_attempts"), 5);
  EXPECT_NE(configuration.describe().find("(environment SYNCWELL_SERVER_PORT)"), std::string::npos);
}

TEST_F(ConfigurationTest, WhatIsWrongIsNamedWithItsPlace) {
  const auto error_of = [&](const std::string& text, std::vector<std::string> environment = {}) {
    const auto loaded = Configuration::load(file_with(text), environment);
    return loaded ? "" : loaded.error().message;
  };
  EXPECT_NE(error_of("[server]\nprot = 1\n").find("syncwell.toml:2: there is no setting \"server.prot\""),
            std::string::npos);
  EXPECT_NE(error_of("[server]\nport = 70000\n").find("server.port must be a whole number from 0 to 65535"),
            std::string::npos);
  EXPECT_NE(error_of("[server]\nport = \n").find("syncwell.toml:2"), std::string::npos);
  EXPECT_NE(error_of("", {"SYNCWELL_HTTP_ALLOW_PRIVATE_ADDRESSES=yes"}).find("must be true or false"),
            std::string::npos);
  EXPECT_NE(error_of("[engine]\nconflict_threshold_s = 5\n").find("from 10 to 300"), std::string::npos);  // CON-1
  EXPECT_FALSE(Configuration::load(folder / "missing.toml", {}));
}

TEST_F(ConfigurationTest, SecretsAreMasked) {
  const auto configuration = Configuration::load({}, {"SYNCWELL_ADMIN_TOKEN=very-secret"}).value();
  EXPECT_EQ(configuration.describe().find("very-secret"), std::string::npos);
}

TEST_F(ConfigurationTest, KeysAreDrawnOnceAndKeptForTheirOwnerOnly) {
  const auto first = vault_key(folder, "").value();
  EXPECT_EQ(vault_key(folder, "").value(), first);
  EXPECT_EQ(std::filesystem::status(folder / "vault.key").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_FALSE(vault_key(folder, "abc"));
  EXPECT_EQ(admin_token(folder, "").value(), admin_token(folder, "").value());
  EXPECT_EQ(admin_token(folder, "mine").value(), "mine");
}

TEST_F(ConfigurationTest, EndpointsAreParsedOrRefusedWithWhatWouldBeRight) {
  const auto registry = make_registry(Configuration::load({}, {}).value());
  EXPECT_EQ(parse_endpoint("apple-health:export.zip", registry)->provider, "apple_health_export");
  EXPECT_EQ(parse_endpoint("google_health:me", registry)->place, "me");
  EXPECT_TRUE(parse_endpoint("fit:./rides", registry)->is_file);
  EXPECT_TRUE(std::filesystem::path(parse_endpoint("fit:./rides", registry)->place).is_absolute());
  EXPECT_NE(parse_endpoint("fitbit:me", registry).error().message.find("there are: google_health"), std::string::npos);
  for (const auto* text : {"", "google_health", ":x", "fit:"}) EXPECT_FALSE(parse_endpoint(text, registry)) << text;
}

}  // namespace
}  // namespace syncwell::app
