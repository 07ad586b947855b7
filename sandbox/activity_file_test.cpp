// The imposter's own readers, on real files. Expected values are those of tests/data's source list and of the files'
// own summaries. Requirements: strava.md, Writing 1; fit_gpx_tcx.md.
#include "sandbox/activity_file.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

#include <filesystem>

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

std::string gzipped(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

ActivityFile read(std::string_view data_type, const std::string& path) {
  auto file = read_activity_file(data_type, testing::read_file(path));
  EXPECT_TRUE(file.has_value()) << path;
  return file.value_or(ActivityFile{});
}

FileFault fault(std::string_view data_type, std::string_view bytes) {
  const auto file = read_activity_file(data_type, bytes);
  EXPECT_FALSE(file.has_value());
  return file ? FileFault::damaged : file.error();
}

// Writes the CRC that fits the data, bit by bit (reflected polynomial 0xA001).
void seal(std::string& fit) {
  std::uint16_t crc = 0;
  for (std::size_t i = 0; i + 2 < fit.size(); ++i) {
    crc ^= static_cast<std::uint8_t>(fit[i]);
    for (int bit = 0; bit < 8; ++bit) crc = static_cast<std::uint16_t>((crc & 1) != 0 ? (crc >> 1) ^ 0xA001 : crc >> 1);
  }
  fit[fit.size() - 2] = static_cast<char>(crc & 0xff);
  fit[fit.size() - 1] = static_cast<char>(crc >> 8);
}

TEST(ActivityFile, TheCrcIsTheStandardOne) {
  const std::string original = testing::read_file("fit/garmin-fenix-5-run.fit");
  std::string sealed = original;
  seal(sealed);
  EXPECT_EQ(sealed, original);
}

TEST(ActivityFile, TheSameRideInThreeFormats) {
  const auto fit = read("fit", "fit/same_ride_2020-06-01.fit");
  const auto tcx = read("tcx", "tcx/same_ride_2020-06-01.tcx");
  const auto gpx = read("gpx", "gpx/same_ride_2020-06-01.gpx");
  const Instant start = testing::at("2020-06-01T14:52:40Z");
  EXPECT_EQ(fit.start, start);
  EXPECT_EQ(tcx.start, start);
  EXPECT_EQ(gpx.start, start);
  EXPECT_EQ(fit.sport, "Ride");
  EXPECT_EQ(tcx.sport, "Ride");
  EXPECT_GT(fit.points.size(), 50U);
  EXPECT_NEAR(fit.distance_m, tcx.distance_m, 0.02 * fit.distance_m);
  EXPECT_NEAR(fit.distance_m, 668.19, 0.01);
  EXPECT_NEAR(gpx.distance_m, 899.26, 0.01);  // its track runs on through the pauses
  EXPECT_EQ(gpx.points.size(), 96U);
  EXPECT_EQ(tcx.points.size(), 100U);
  EXPECT_TRUE(fit.points.front().latitude_deg);
  EXPECT_NEAR(*fit.points.front().latitude_deg, *gpx.points.front().latitude_deg, 0.001);
}

TEST(ActivityFile, GzipIsUnpacked) {
  const std::string plain = testing::read_file("gpx/same_ride_2020-06-01.gpx");
  const auto file = read_activity_file("gpx.gz", gzipped(plain));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->start, testing::at("2020-06-01T14:52:40Z"));
  EXPECT_EQ(fault("gpx.gz", plain), FileFault::damaged);
  EXPECT_EQ(fault("gpx.gz", gzipped(plain).substr(0, 200)), FileFault::damaged);
  EXPECT_EQ(fault("gpx.gz", gzipped(std::string(max_activity_file_bytes + 1, ' '))), FileFault::damaged);
}

TEST(ActivityFile, EveryRealActivityFileIsReadOrRefusedForAReason) {
  int read_files = 0;
  for (const char* kind : {"fit", "tcx", "gpx"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(SYNCWELL_SOURCE_DIR "/tests/data/") + kind)) {
      const auto file =
          read_activity_file(kind, testing::read_file(std::string(kind) + "/" + entry.path().filename().string()));
      if (!file) continue;
      ++read_files;
      EXPECT_GE(file->elapsed, Duration{0}) << entry.path();
      EXPECT_TRUE(std::isfinite(file->distance_m)) << entry.path();
    }
  }
  EXPECT_GE(read_files, 50);
}

TEST(ActivityFile, DamagedAndForeignFilesAreRefused) {
  EXPECT_EQ(fault("fit", testing::read_file("fit/derived_bad_file_crc.fit")), FileFault::damaged);
  EXPECT_EQ(fault("fit", testing::read_file("fit/derived_truncated_at_60_percent.fit")), FileFault::damaged);
  EXPECT_EQ(fault("fit", testing::read_file("fit/authored_weight_scale.fit")), FileFault::no_activity);
  EXPECT_EQ(fault("fit", testing::read_file("fit/authored_monitoring_day.fit")), FileFault::no_activity);
  EXPECT_EQ(fault("gpx", testing::read_file("gpx/cerknicko-without-times.gpx")), FileFault::no_times);
  EXPECT_EQ(fault("gpx", testing::read_file("gpx/authored_entity_expansion.gpx")), FileFault::damaged);
  EXPECT_EQ(fault("fit", testing::read_file("gpx/same_ride_2020-06-01.gpx")), FileFault::wrong_format);
  EXPECT_EQ(fault("tcx", testing::read_file("gpx/same_ride_2020-06-01.gpx")), FileFault::wrong_format);
  EXPECT_EQ(fault("tcx", testing::read_file("fit/same_ride_2020-06-01.fit")), FileFault::damaged);
  EXPECT_EQ(fault("gpx", R"(<gpx><wpt lat="1" lon="1"/></gpx>)"), FileFault::no_activity);
  EXPECT_EQ(fault("gpx", ""), FileFault::damaged);
  EXPECT_EQ(fault("fit", ""), FileFault::wrong_format);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_EQ(fault("gpx", deep), FileFault::damaged);
}

// Hostile input: any change to a real file is answered, under the sanitizers.
RC_GTEST_PROP(ActivityFileProperty, ChangedFilesNeverCrash, ()) {
  static const std::string fit = testing::read_file("fit/garmin-fenix-5-run.fit");
  static const std::string tcx = testing::read_file("tcx/same_ride_2020-06-01.tcx").substr(0, 4000);
  const bool use_fit = *rc::gen::arbitrary<bool>();
  std::string bytes = use_fit ? fit : tcx;
  const int changes = *rc::gen::inRange(1, 6);
  for (int i = 0; i < changes; ++i)
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  if (use_fit) {
    seal(bytes);  // so that the change is met in the messages, not at the CRC
    const auto file = read_activity_file("fit", bytes);
    if (file) RC_ASSERT(file->points.size() <= max_track_points);
  } else {
    (void)read_activity_file("tcx", bytes);
  }
}

}  // namespace
}  // namespace syncwell::sandbox
