// Which data may travel which way (check_direction, declared in job_runner.hpp).
#include <gmock/gmock.h>

#include "engine/job_runner.hpp"

namespace syncwell::engine {
namespace {

using model::DataType;
using testing::HasSubstr;
using testing::Not;

providers::Capabilities platform(std::string name, std::vector<providers::TypeCapability> types) {
  providers::Capabilities capabilities;
  capabilities.key = name + "_key";
  capabilities.display_name = std::move(name);
  capabilities.types = std::move(types);
  return capabilities;
}

const auto source = platform(
    "Source", {{DataType::sleep, true, true}, {DataType::weight, true, false}, {DataType::steps, false, true}});
const auto destination = platform(
    "Destination", {{DataType::sleep, true, true}, {DataType::weight, true, false}, {DataType::steps, true, true}});

Error refusal(const providers::Capabilities& from, const providers::Capabilities& to, DataType type,
              bool consent = false) {
  const auto allowed = check_direction(from, to, type, consent);
  EXPECT_FALSE(allowed);
  return allowed ? Error{} : allowed.error();
}

TEST(Direction, DataTravelsWhereItCanBeReadAndWritten) {  // PROV-7
  EXPECT_TRUE(check_direction(source, destination, DataType::sleep, false));
}

TEST(Direction, WhatASourceDoesNotGiveIsRefusedWithWhatItGives) {  // PROV-7: readable is not the same as known
  for (const auto type : {DataType::steps, DataType::workout}) {
    const Error error = refusal(source, destination, type);
    EXPECT_EQ(error.code, ErrorCode::unsupported);
    EXPECT_THAT(error.message, HasSubstr("Source gives no " + std::string(model::name_of(type))));
    EXPECT_THAT(error.message, HasSubstr("it gives: sleep, weight"));
  }
}

TEST(Direction, WhatADestinationDoesNotTakeIsRefusedWithWhatItTakes) {  // PROV-7: Garmin has no write
  const Error error = refusal(source, destination, DataType::weight);
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_THAT(error.message, HasSubstr("Destination takes no weight; it takes: sleep, steps"));
  EXPECT_THAT(refusal(source, platform("Garmin", {}), DataType::sleep).message, HasSubstr("it takes: nothing"));
}

TEST(Direction, AReluctantSourceNeedsConsentAndSaysWhy) {  // PROV-9
  auto reluctant = source;
  reluctant.reading_is_opt_in = true;
  reluctant.terms = "its terms forbid copying";
  const Error error = refusal(reluctant, destination, DataType::sleep);
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_THAT(error.message, HasSubstr("its terms forbid copying"));
  EXPECT_TRUE(check_direction(reluctant, destination, DataType::sleep, true));
  EXPECT_TRUE(check_direction(destination, reluctant, DataType::sleep, false)) << "writing into it needs none";
}

TEST(Direction, ConsentMakesNothingPossibleThatIsNot) {  // PROV-7, PROV-9
  auto reluctant = source;
  reluctant.reading_is_opt_in = true;
  reluctant.terms = "its terms forbid copying";
  EXPECT_THAT(refusal(reluctant, destination, DataType::workout).message, Not(HasSubstr("consent")))
      << "nobody is asked for a consent that would not help";
  (void)refusal(reluctant, destination, DataType::workout, true);
  (void)refusal(reluctant, destination, DataType::weight, true);
}

}  // namespace
}  // namespace syncwell::engine
