// Damaged and hostile GPX files: whatever comes, the reader ends with records that hold or with one clear line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/random.hpp"
#include "providers/gpx/gpx_reader.hpp"
#include "providers/track/decode_document.hpp"
#include "providers/track/track_builder.hpp"

namespace syncwell::providers::gpx {
namespace {

std::string read_sample(const std::string& name) {
  std::ifstream file(SYNCWELL_SOURCE_DIR "/tests/data/gpx/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Decodes and checks what must hold for any input at all.
Result<track::Batch> decode_anything(std::string_view document, std::size_t piece_bytes = 4096) {
  const auto decoder = make_decoder({});
  auto batch = track::decode_document(*decoder, document, piece_bytes);
  if (!batch) {
    EXPECT_EQ(batch.error().code, ErrorCode::unreadable_input);
    EXPECT_FALSE(batch.error().message.empty());
    return batch;
  }
  for (const model::Record& record : batch->records) EXPECT_EQ(model::why_invalid(record), std::nullopt);
  return batch;
}

TEST(GpxHostile, TruncatedAnywhereItKeepsWhatIsSound) {
  const std::string document = read_sample("same_ride_2020-06-01.gpx");
  std::size_t points_before = 0;
  for (std::size_t size = 0; size < document.size(); size += 397) {
    const auto batch = decode_anything(std::string_view(document).substr(0, size));
    if (!batch) continue;
    EXPECT_TRUE(batch->partial) << size;
    ASSERT_EQ(batch->records.size(), 1U);
    const auto points = std::get<model::Workout>(batch->records[0].payload).route.size();
    EXPECT_GE(points, points_before);
    points_before = points;
  }
  EXPECT_GE(points_before, 95U);
}

TEST(GpxHostile, FlippedBytesNeverBreakTheReader) {
  const std::string document = read_sample("opentracks_pause_resume.gpx");
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = document;
    for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    }
    (void)decode_anything(damaged);
  }
}

TEST(GpxHostile, RandomBytesAreNoGpx) {
  Random random(11);
  for (int round = 0; round < 500; ++round) {
    std::string document = round % 2 == 0 ? "" : "<gpx><trk><trkseg><trkpt lat='1' lon='2'><time>";
    for (std::uint64_t size = random.below(300); size > 0; --size) document += static_cast<char>(random.below(256));
    EXPECT_FALSE(decode_anything(document));
  }
}

TEST(GpxHostile, TheSizeOfThePiecesDoesNotMatter) {
  const std::string document = read_sample("opentracks_pause_resume.gpx");
  const auto whole = decode_anything(document, document.size());
  ASSERT_TRUE(whole);
  for (const std::size_t piece : {1, 2, 3, 7, 64}) {
    const auto batch = decode_anything(document, piece);
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->records, whole->records);
    EXPECT_EQ(batch->warnings, whole->warnings);
  }
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
