// The provider on a folder of real files, and TCX beside GPX on the same ride.
#include "providers/tcx/tcx_provider.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "providers/file_provider_fixture.hpp"
#include "providers/gpx/gpx_provider.hpp"

namespace syncwell::providers::tcx {
namespace {

const std::string data = SYNCWELL_SOURCE_DIR "/tests/data/";

class TcxProviderTest : public testing::Test {
 protected:
  CallContext context() { return {http_, runtime_, Deadline::after(runtime_, std::chrono::hours{1})}; }

  std::vector<model::Record> fetch(DataProvider& provider, const std::filesystem::path& location) {
    auto fetched =
        fetch_all(provider, runtime_, context(), account_at(location), {model::DataType::workout, all_times});
    if (fetched.error) ADD_FAILURE() << fetched.error->message;
    return std::move(fetched.records);
  }

  TemporaryFolder folder_;
  VirtualRuntime runtime_;
  NoNetwork http_;
  std::unique_ptr<DataProvider> provider_ = make_provider();
};

// Every real file, written and read again, says what the original said.
TEST_F(TcxProviderTest, WritesWhatItReads) {
  const auto records = fetch(*provider_, data + "tcx");
  ASSERT_EQ(records.size(), 9U);
  std::vector<WriteOp> ops;
  for (std::size_t i = 0; i < records.size(); ++i) {
    ops.push_back({WriteOp::Kind::create,
                   "swabcdefghijklmnopqrstuvwxy" + std::string(1, static_cast<char>('a' + i)),
                   {},
                   &records[i]});
  }
  const auto result =
      runtime_.run(provider_->push(context(), account_at(folder_.path()), model::DataType::workout, ops));
  ASSERT_TRUE(result.complete());

  const auto copies = fetch(*provider_, folder_.path());
  ASSERT_EQ(copies.size(), records.size());
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const auto& original = std::get<model::Workout>(records[i].payload);
    const auto& copy = std::get<model::Workout>(copies[i].payload);
    EXPECT_EQ(copies[i].source_id, ops[i].external_id);
    EXPECT_EQ(copies[i].time.start.at, records[i].time.start.at);
    EXPECT_EQ(copies[i].time.end.at, records[i].time.end.at);
    EXPECT_EQ(copies[i].origin.device_model, records[i].origin.device_model);
    EXPECT_EQ(copy.sport, original.sport);
    EXPECT_EQ(copy.laps.size(), original.laps.size());
    EXPECT_EQ(copy.route.size(), original.route.size());
    EXPECT_EQ(copy.samples.size(), original.samples.size());
    EXPECT_EQ(copy.pauses.size(), original.pauses.size()) << i;
    EXPECT_NEAR(copy.distance_m.value_or(0), original.distance_m.value_or(0), 0.01);
    EXPECT_NEAR(copy.energy_kcal.value_or(0), original.energy_kcal.value_or(0), 0.5);
  }
}

// The engine recognises a ride that comes in two formats by its time.
TEST_F(TcxProviderTest, TheSameRideInGpxIsTheSameRide) {
  const auto gpx_provider = gpx::make_provider();
  const auto from_gpx = fetch(*gpx_provider, data + "gpx/same_ride_2020-06-01.gpx");
  const auto from_tcx = fetch(*provider_, data + "tcx/same_ride_2020-06-01.tcx");
  ASSERT_EQ(from_gpx.size(), 1U);
  ASSERT_EQ(from_tcx.size(), 1U);
  EXPECT_EQ(from_gpx[0].time, from_tcx[0].time);
  const auto& a = std::get<model::Workout>(from_gpx[0].payload);
  const auto& b = std::get<model::Workout>(from_tcx[0].payload);
  EXPECT_EQ(a.sport, b.sport);
  EXPECT_EQ(a.route.size(), b.route.size());
  EXPECT_NEAR(*a.distance_m, *b.distance_m, 0.03 * *b.distance_m);
}

}  // namespace
}  // namespace syncwell::providers::tcx
