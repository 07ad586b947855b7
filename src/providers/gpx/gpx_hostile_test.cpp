// Damaged and hostile GPX files: whatever comes, the reader ends with records that hold or with one clear line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/gpx/gpx_reader.hpp"
#include "providers/test_files.hpp"
#include "providers/track/hostile_document.hpp"
#include "providers/track/track_builder.hpp"

namespace syncwell::providers::gpx {
namespace {

std::string read_sample(const std::string& name) {
  return read_test_file(SYNCWELL_SOURCE_DIR "/tests/data/gpx/" + name);
}

Result<track::Batch> decode_anything(std::string_view document) {
  return track::decode_anything(make_decoder, document);
}

TEST(GpxHostile, TruncatedAnywhereItKeepsWhatIsSound) {
  EXPECT_GE(track::points_of_cut_documents(make_decoder, read_sample("same_ride_2020-06-01.gpx"), 397), 95U);
}

TEST(GpxHostile, FlippedBytesNeverBreakTheReader) {
  track::expect_flipped_bytes_do_no_harm(make_decoder, read_sample("opentracks_pause_resume.gpx"));
}

TEST(GpxHostile, RandomBytesAreNoGpx) {
  track::expect_random_bytes_are_refused(make_decoder, "<gpx><trk><trkseg><trkpt lat='1' lon='2'><time>");
}

TEST(GpxHostile, TheSizeOfThePiecesDoesNotMatter) {
  track::expect_the_size_of_pieces_does_not_matter(make_decoder, read_sample("opentracks_pause_resume.gpx"));
}

TEST(GpxHostile, DeepNestingIsRefused) {
  std::string document = "<gpx>";
  for (int i = 0; i < 100'000; ++i) document += "<trk>";
  EXPECT_FALSE(decode_anything(document));
}

TEST(GpxHostile, StructureInTheWrongPlaceMeansNothing) {
  const std::string point = "<trkpt lat='1' lon='2'><time>2026-05-01T10:00:00Z</time></trkpt>";
  for (const std::string& inside :
       {point, "<trkseg>" + point + "</trkseg>", "<trk>" + point + "</trk>",
        "<rte><trkseg>" + point + "</trkseg></rte>", "<trk><trkseg><trkpt>" + point + "</trkpt></trkseg></trk>"}) {
    const auto batch = decode_anything("<gpx>" + inside + "</gpx>");
    ASSERT_TRUE(batch);
    EXPECT_TRUE(batch->records.empty()) << inside;
  }
}

TEST(GpxHostile, MillionsOfEmptySegmentsAndTracksTakeNoMemory) {
  const auto decoder = make_decoder({});
  track::Batch batch;
  std::string piece;
  for (int i = 0; i < 2000; ++i) piece += "<trkseg/>";
  ASSERT_TRUE(decoder->feed("<gpx><trk>", batch));
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(decoder->feed(piece, batch));
  EXPECT_TRUE(decoder->feed("</trk></gpx>", batch));
  EXPECT_TRUE(decoder->finish(batch, std::nullopt));
  EXPECT_TRUE(batch.records.empty());
}

TEST(GpxHostile, TracksPastTheMaximumAreCounted) {
  std::string track =
      "<trk><trkseg><trkpt lat='1' lon='2'><time>2026-05-01T10:00:00Z</time></trkpt>"
      "<trkpt lat='1' lon='2'><time>2026-05-01T10:01:00Z</time></trkpt></trkseg></trk>";
  std::string document = "<gpx>";
  for (std::size_t i = 0; i < max_tracks_per_file + 1; ++i) document += track;
  const auto batch = decode_anything(document + "</gpx>");
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->records.size(), max_tracks_per_file);
  EXPECT_TRUE(batch->partial);
  EXPECT_THAT(batch->warnings, testing::ElementsAre(testing::HasSubstr("1 tracks past the maximum")));
}

TEST(GpxHostile, PointsPastTheMaximumAreCounted) {
  const auto decoder = make_decoder({});
  track::Batch batch;
  const std::string point = "<trkpt lat='1' lon='2'><time>2026-05-01T10:00:00Z</time></trkpt>";
  std::string piece;
  for (int i = 0; i < 1000; ++i) piece += point;
  ASSERT_TRUE(
      decoder->feed("<gpx><trk><trkseg><trkpt lat='1' lon='2'><time>2026-05-01T09:00:00Z</time></trkpt>", batch));
  for (std::size_t i = 0; i < track::max_points_per_workout / 1000; ++i) ASSERT_TRUE(decoder->feed(piece, batch));
  ASSERT_TRUE(decoder->feed("</trkseg></trk></gpx>", batch));
  ASSERT_TRUE(decoder->finish(batch, std::nullopt));
  EXPECT_EQ(batch.records.size(), 1U);
  EXPECT_TRUE(batch.partial);
  EXPECT_THAT(batch.warnings, testing::Contains("1 points past the maximum for one workout: dropped"));
}

}  // namespace
}  // namespace syncwell::providers::gpx
