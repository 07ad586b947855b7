// What a foreground sync decides before it runs: the types, and which connection a place is. How it runs is tested
// through the command line.
#include "app/foreground_sync.hpp"

#include <gmock/gmock.h>

#include "app/test_folder.hpp"

namespace syncwell::app {
namespace {

using model::DataType;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const providers::Registry& registry() {
  static const auto all = make_registry(Configuration::load({}, {}).value());
  return all;
}

Result<std::vector<DataType>> types(const std::string& from, const std::string& to, std::vector<DataType> asked = {},
                                    bool consent = false) {
  ForegroundRequest request;
  request.from = parse_endpoint(from, registry()).value();
  request.to = parse_endpoint(to, registry()).value();
  request.types = std::move(asked);
  request.reading_consent = consent;
  return types_for(request, registry());
}

TEST(ForegroundTypes, AllThatCanTravelAndNothingElse) {  // PROV-7
  const auto travelling = types("apple-health:export.zip", "strava:me").value();
  EXPECT_THAT(travelling, testing::ElementsAre(DataType::workout));
  EXPECT_THAT(types("apple-health:export.zip", "json:out").value(), Contains(DataType::sleep));
}

TEST(ForegroundTypes, AskedForAndImpossibleIsRefused) {  // PROV-7
  EXPECT_EQ(types("fit:rides", "strava:me", {DataType::workout}).value().size(), 1U);
  const auto refused = types("fit:rides", "strava:me", {DataType::workout, DataType::sleep});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("sleep"));
}

TEST(ForegroundTypes, WhereNothingCanTravelItSaysWhy) {  // PROV-7, PROV-9
  const auto reluctant = types("strava:me", "json:out");
  ASSERT_FALSE(reluctant);
  EXPECT_THAT(reluctant.error().message, HasSubstr("consent"));
  EXPECT_TRUE(types("strava:me", "json:out", {}, true));
  const auto one_way = types("json:in", "apple-health:export.zip");
  ASSERT_FALSE(one_way);
  EXPECT_EQ(one_way.error().code, ErrorCode::unsupported);
}

class ConnectionIdTest : public testing::Test {
 protected:
  ConnectionIdTest() {
    auto opened = Configuration::load({}, {}).value();
    opened.set("data_dir", (folder.path() / "data").string(), "test");
    platform = Platform::open(std::move(opened)).value();
  }
  Result<std::string> id(const std::string& text, bool may_create = false) {
    return connection_id_of(parse_endpoint(text, registry()).value(), platform->storage().vault(), random, may_create);
  }
  std::string place(const std::string& name) { return "json:" + (folder.path() / name).string(); }

  TestFolder folder;
  std::unique_ptr<Platform> platform;
  Random random{1};
};

TEST_F(ConnectionIdTest, TheSamePlaceIsTheSameConnection) {  // INT-5
  EXPECT_EQ(id("strava:me").value(), id("strava:me").value());
  EXPECT_NE(id("strava:me").value(), id("strava:you").value());
  EXPECT_NE(id("strava:me").value(), id("google_health:me").value());
  EXPECT_THAT(id("strava:me").value(), testing::StartsWith("conn_"));
  EXPECT_THAT(id("strava:somebody@example.org").value(), Not(HasSubstr("somebody")));
}

TEST_F(ConnectionIdTest, AFolderMadeAnewIsAnotherDestination) {  // INT-5: its old ledger says nothing about it
  const auto first = id(place("out"), true).value();
  EXPECT_EQ(id(place("out"), true).value(), first);
  EXPECT_EQ(id(place("out")).value(), first);
  std::filesystem::rename(folder.path() / "out", folder.path() / "moved");
  EXPECT_EQ(id(place("moved")).value(), first) << "known by what it carries, not by where it is";
  EXPECT_NE(id(place("out"), true).value(), first);
}

TEST_F(ConnectionIdTest, ALookMakesNothing) {  // a preview writes nothing
  EXPECT_TRUE(id(place("out")));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

TEST_F(ConnectionIdTest, ADamagedFolderIsAnErrorAndNotANewOne) {  // INT-5
  std::filesystem::create_directories(folder.path() / "out");
  (void)folder.write("out/syncwell-folder.json", "not a marker");
  for (const bool may_create : {false, true}) {
    const auto refused = id(place("out"), may_create);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unreadable_input);
  }
  EXPECT_EQ(folder.read("out/syncwell-folder.json"), "not a marker");
}

}  // namespace
}  // namespace syncwell::app
