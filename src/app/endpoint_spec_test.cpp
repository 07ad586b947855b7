#include "app/endpoint_spec.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "app/platform.hpp"
#include "app/test_folder.hpp"

namespace syncwell::app {
namespace {

using testing::HasSubstr;

const providers::Registry& registry() {
  static const auto all = make_registry(Configuration::load({}, {}).value());
  return all;
}

Result<EndpointSpec> parse(const std::string& text) { return parse_endpoint(text, registry()); }

TEST(EndpointSpec, AnAccountKeepsItsNameAsItStands) {
  const auto spec = parse("google-health:me: the second/../account").value();
  EXPECT_EQ(spec.provider, "google_health");
  EXPECT_EQ(spec.place, "me: the second/../account") << "the first colon parts; a name is no path";
  EXPECT_FALSE(spec.is_file);
}

TEST(EndpointSpec, OnePlaceHasOneSpelling) {  // INT-5: the connection, and with it the ledger, follows from it
  TestFolder folder;
  std::filesystem::create_directories(folder.path() / "rides");
  std::filesystem::create_directory_symlink("rides", folder.path() / "link");
  const std::string root = folder.path().string();
  const std::string place = root + "/rides";
  for (const auto& text : {"/rides", "/./rides", "/rides/../rides", "/link"}) {
    EXPECT_EQ(parse("fit:" + root + text)->place, place) << text;
  }
  EXPECT_EQ(parse("apple-health:" + root + "/x.zip")->provider,
            parse("apple_health_export:" + root + "/x.zip")->provider);
  const auto not_there = parse("gpx:./not/there/yet");
  EXPECT_EQ(not_there->place, (std::filesystem::current_path() / "not/there/yet").string())
      << "the same before and after it is made";
  EXPECT_EQ(parse("gpx:not/there/yet/")->place, not_there->place);
  EXPECT_EQ(parse("gpx:/")->place, "/");
}

TEST(EndpointSpec, WhatIsNoneIsRefusedWithWhatWouldBeRight) {
  for (const auto* text :
       {"", ":", ":me", "google_health", "google_health:", "fit:", "nobody:me", "GOOGLE_HEALTH:me"}) {
    const auto spec = parse(text);
    ASSERT_FALSE(spec) << text;
    EXPECT_EQ(spec.error().code, ErrorCode::invalid_argument) << text;
  }
  EXPECT_THAT(parse("google_health").error().message, HasSubstr("google_health:me or fit:./rides"));
  EXPECT_THAT(parse("nobody:me").error().message, HasSubstr("there are: google_health, strava"));
}

RC_GTEST_PROP(EndpointSpecProperty, ArbitraryTextIsReadOrRefused, (const std::string& text)) {
  for (const std::string& whole : {text, "fit:" + text, "strava:" + text}) {
    const auto spec = parse(whole);
    if (spec) {
      RC_ASSERT(registry().find(spec->provider) != nullptr);
      RC_ASSERT(!spec->place.empty());
    } else {
      RC_ASSERT(spec.error().code == ErrorCode::invalid_argument);
    }
  }
}

}  // namespace
}  // namespace syncwell::app
