#include "sandbox/text.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

TEST(Text, NumbersAreWrittenAsTheServicesWriteThem) {
  EXPECT_EQ(to_text(json::object{{"a", 70.5}, {"b", 1000.0}, {"c", 12}, {"d", "x\"y"}}),
            R"({"a":70.5,"b":1000.0,"c":12,"d":"x\"y"})");
}

TEST(Text, RefusesWhatIsNoJson) {
  EXPECT_FALSE(parse_json("{"));
  EXPECT_FALSE(parse_json("1e999"));
  EXPECT_FALSE(parse_json("[{\"a\":[-1e999]}]"));
  EXPECT_FALSE(parse_json("\"\xff\""));
  EXPECT_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')));
}

// RFC 7636, appendix B.
TEST(Text, S256ChallengeOfTheRfc) {
  EXPECT_EQ(s256_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Text, HexAndBase64) {
  EXPECT_EQ(from_hex(to_hex("a.\xff")), "a.\xff");
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("zz"));
  EXPECT_EQ(from_base64("YTpi"), "a:b");
  EXPECT_EQ(from_base64("YQ=="), "a");
  EXPECT_FALSE(from_base64("%%%%"));
}

TEST(Text, WholeNumbersOnly) {
  EXPECT_EQ(parse_integer("-5"), -5);
  EXPECT_FALSE(parse_integer("5x"));
  EXPECT_FALSE(parse_integer(""));
  EXPECT_FALSE(parse_integer("99999999999999999999"));
  EXPECT_FALSE(parse_number("inf"));
  EXPECT_FALSE(parse_number("nan"));
}

TEST(Text, JoinsWhatSplitTakesApart) {
  EXPECT_EQ(joined({}, ','), "");
  EXPECT_EQ(joined({"read"}, ','), "read");
  EXPECT_EQ(joined({"read", "read_all"}, ','), "read,read_all");
}

TEST(Text, GivesTheFirstFieldOfAName) {
  const net::Parameters fields{{"code", "1"}, {"code", "2"}, {"state", ""}};
  EXPECT_EQ(field_of(fields, "code"), "1");
  EXPECT_EQ(field_of(fields, "state"), "");
  EXPECT_EQ(field_of(fields, "scope"), std::nullopt);
}

}  // namespace
}  // namespace syncwell::sandbox
