#include "store/attributes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json.hpp>

namespace syncwell::store {
namespace {

namespace json = boost::json;

TEST(Attributes, MissingAndMistypedOnesReadAsEmpty) {  // INT-4: what an older version wrote stays readable
  const json::object attributes = json::parse(R"({"null": null, "list": [1], "object": {}, "flag": true, "text": "7",
    "number": 7, "half": 1.5, "huge": 1e300, "past_int64": 18446744073709551615})")
                                      .as_object();
  for (const auto* name : {"absent", "null", "list", "object", "flag", "number"}) {
    EXPECT_EQ(text_attribute(attributes, name), "") << name;
  }
  for (const auto* name : {"absent", "null", "list", "object", "flag", "text", "half", "huge", "past_int64"}) {
    EXPECT_EQ(number_attribute(attributes, name), 0) << name;
    EXPECT_EQ(instant_attribute(attributes, name), std::nullopt) << name;
  }
}

RC_GTEST_PROP(Attributes, InstantsAndNumbersReadBack, (std::int64_t number)) {
  json::object attributes{{"number", number}};
  set_instant(attributes, "instant", Instant{Duration{number}});
  set_instant(attributes, "none", std::nullopt);
  RC_ASSERT(number_attribute(attributes, "number") == number);
  RC_ASSERT(instant_attribute(attributes, "instant") == Instant{Duration{number}});
  RC_ASSERT(!attributes.contains("none"));
}

}  // namespace
}  // namespace syncwell::store
