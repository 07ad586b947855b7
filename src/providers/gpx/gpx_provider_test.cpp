// The provider on a folder of real files, plain and packed, as a person would drop them there.
#include "providers/gpx/gpx_provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>

#include "providers/file_provider_fixture.hpp"

namespace syncwell::providers::gpx {
namespace {

namespace fs = std::filesystem;

const fs::path real_files = SYNCWELL_SOURCE_DIR "/tests/data/gpx";

class GpxProviderTest : public testing::Test {
 protected:
  CallContext context() { return {http_, runtime_, Deadline::after(runtime_, std::chrono::hours{1})}; }

  std::vector<model::Record> fetch(const fs::path& location, std::vector<Warning>& warnings) {
    auto fetched =
        fetch_all(*provider_, runtime_, context(), account_at(location), {model::DataType::workout, all_times});
    if (fetched.error) ADD_FAILURE() << fetched.error->message;
    std::ranges::move(fetched.warnings, std::back_inserter(warnings));
    return std::move(fetched.records);
  }

  TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
  VirtualRuntime runtime_;
  NoNetwork http_;
  std::unique_ptr<DataProvider> provider_ = make_provider();
};

TEST_F(GpxProviderTest, ReadsAFolderOfRealFiles) {
  std::vector<Warning> warnings;
  const auto records = fetch(real_files, warnings);
  // Three files hold the same seven tracks; the two variants of them repeat six and seven (one track lacks a point).
  EXPECT_EQ(records.size(), 7U + 1 + 1 + 1 + 1 + 1 + 2 + 1 + 1 + 1 + 1 + 1 + 1 + 1);
  EXPECT_EQ(std::ranges::count(warnings, "the same workout as in a file before: skipped", &Warning::what), 13);
  EXPECT_EQ(std::ranges::count(warnings, "authored_entity_expansion.gpx", &Warning::where), 1);
}

// INT-5, DEC-6
TEST_F(GpxProviderTest, WritesWhatItReads) {
  std::vector<Warning> warnings;
  auto records = fetch(real_files / "garmin_connect_run_hr.gpx", warnings);
  ASSERT_EQ(records.size(), 1U);
  const std::string id = "swabcdefghijklmnopqrstuvwxyz";
  const WriteOp op{WriteOp::Kind::create, id, {}, &records[0]};
  const auto result = runtime_.run(provider_->push(context(), account_at(folder_), model::DataType::workout, {&op, 1}));
  ASSERT_TRUE(result.complete());
  const auto copies = fetch(folder_, warnings);
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].source_id, id);
  EXPECT_EQ(copies[0].external_id, id);
  EXPECT_EQ(copies[0].time, records[0].time);
  const auto& original = std::get<model::Workout>(records[0].payload);
  const auto& copy = std::get<model::Workout>(copies[0].payload);
  EXPECT_EQ(copy.sport, original.sport);
  EXPECT_EQ(copy.title, original.title);
  EXPECT_EQ(copy.samples, original.samples);
  EXPECT_NEAR(copy.distance_m.value_or(0), original.distance_m.value_or(-1), 0.01);
  EXPECT_TRUE(warnings.empty());
}

TEST_F(GpxProviderTest, ReadsPackedFilesUnderTheSameId) {
  const std::string content = read_test_file(real_files / "small_sample_hr.gpx");
  const gzFile packed = gzopen((folder_ / "a.gpx.gz").c_str(), "wb");
  gzwrite(packed, content.data(), static_cast<unsigned>(content.size()));
  gzclose(packed);
  std::vector<Warning> warnings;
  const auto records = fetch(folder_, warnings);
  const auto plain = fetch(real_files / "small_sample_hr.gpx", warnings);
  EXPECT_EQ(records, plain);
  EXPECT_EQ(records.size(), 1U);

  // Cut in the middle of the packed stream: what came before is kept.
  fs::resize_file(folder_ / "a.gpx.gz", fs::file_size(folder_ / "a.gpx.gz") * 3 / 4);
  warnings.clear();
  EXPECT_EQ(fetch(folder_, warnings).size(), 1U);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0].what, testing::HasSubstr("gzip stream ends too early"));
}

}  // namespace
}  // namespace syncwell::providers::gpx
