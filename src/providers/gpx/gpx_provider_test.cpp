// The provider on a folder of real files, plain and packed, as a person would drop them there.
#include "providers/gpx/gpx_provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/virtual_runtime.hpp"

namespace syncwell::providers::gpx {
namespace {

namespace fs = std::filesystem;

const fs::path real_files = SYNCWELL_SOURCE_DIR "/tests/data/gpx";

class NoNetwork final : public net::HttpClient {
 public:
  Async<Result<net::Response>> send(net::Request, Deadline) override {
    co_return fail(ErrorCode::internal, "no network");
  }
};

class GpxProviderTest : public testing::Test {
 protected:
  GpxProviderTest() {
    std::string name = (fs::temp_directory_path() / "syncwell_gpx_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~GpxProviderTest() override { fs::remove_all(folder_); }

  CallContext context() { return {http_, runtime_, Deadline::after(runtime_, std::chrono::hours{1})}; }

  std::vector<model::Record> fetch(const fs::path& location, std::vector<Warning>& warnings) {
    auto stream =
        provider_->fetch(context(), {.connection_id = {}, .location = location.string(), .provider_user_id = {}},
                         {model::DataType::workout, {min_instant, max_instant}});
    std::vector<model::Record> records;
    for (bool last = false; stream && !last;) {
      auto page = runtime_.run((*stream)->next());
      if (!page) {
        ADD_FAILURE() << page.error().message;
        break;
      }
      std::ranges::move(page->records, std::back_inserter(records));
      std::ranges::move(page->warnings, std::back_inserter(warnings));
      last = page->last;
    }
    return records;
  }

  fs::path folder_;
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
  const auto result = runtime_.run(
      provider_->push(context(), {.connection_id = {}, .location = folder_.string(), .provider_user_id = {}},
                      model::DataType::workout, {&op, 1}));
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
  std::ifstream file(real_files / "small_sample_hr.gpx", std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
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
