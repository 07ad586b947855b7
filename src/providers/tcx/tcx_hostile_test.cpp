// Damaged and hostile TCX files: whatever comes, the reader ends with records that hold or with one clear line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/random.hpp"
#include "providers/tcx/tcx_reader.hpp"
#include "providers/track/decode_document.hpp"
#include "providers/track/track_builder.hpp"

namespace syncwell::providers::tcx {
namespace {

std::string read_sample(const std::string& name) {
  std::ifstream file(SYNCWELL_SOURCE_DIR "/tests/data/tcx/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Two laps with everything that the reader knows.
std::string small_document() {
  return R"(<?xml version="1.0"?><TrainingCenterDatabase><Activities><Activity Sport="Running">
<Id>2026-05-01T10:00:00Z</Id><Lap StartTime="2026-05-01T10:00:00Z"><TotalTimeSeconds>60.5</TotalTimeSeconds>
<DistanceMeters>150</DistanceMeters><Calories>9</Calories><AverageHeartRateBpm><Value>120</Value></AverageHeartRateBpm>
<MaximumHeartRateBpm><Value>130</Value></MaximumHeartRateBpm><Intensity>Active</Intensity><Track>
<Trackpoint><Time>2026-05-01T10:00:00Z</Time><Position><LatitudeDegrees>48.1</LatitudeDegrees>
<LongitudeDegrees>11.5</LongitudeDegrees></Position><AltitudeMeters>500</AltitudeMeters>
<DistanceMeters>1</DistanceMeters><HeartRateBpm><Value>118</Value></HeartRateBpm><Cadence>80</Cadence>
<Extensions><TPX><Speed>2.5</Speed><Watts>200</Watts></TPX></Extensions></Trackpoint></Track><Track>
<Trackpoint><Time>2026-05-01T10:00:40Z</Time></Trackpoint></Track><Extensions><LX><Steps>150</Steps></LX></Extensions>
</Lap><Lap StartTime="2026-05-01T10:01:30Z"><TotalTimeSeconds>30</TotalTimeSeconds></Lap><Notes>x</Notes>
<Creator><Name>Garmin X</Name></Creator></Activity></Activities></TrainingCenterDatabase>)";
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

TEST(TcxHostile, TruncatedAnywhereItKeepsWhatIsSound) {
  const std::string document = read_sample("same_ride_2020-06-01.tcx");
  std::size_t points_before = 0;
  for (std::size_t size = 0; size < document.size(); size += 797) {
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

TEST(TcxHostile, FlippedBytesNeverBreakTheReader) {
  const std::string document = small_document();
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = document;
    for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    }
    (void)decode_anything(damaged);
  }
}

TEST(TcxHostile, RandomBytesAreNoTcx) {
  Random random(11);
  for (int round = 0; round < 500; ++round) {
    std::string document = round % 2 == 0 ? "" : "<TrainingCenterDatabase><Activity><Lap><Track><Trackpoint><Time>";
    for (std::uint64_t size = random.below(300); size > 0; --size) document += static_cast<char>(random.below(256));
    EXPECT_FALSE(decode_anything(document));
  }
}

TEST(TcxHostile, TheSizeOfThePiecesDoesNotMatter) {
  const std::string document = small_document();
  const auto whole = decode_anything(document, document.size());
  ASSERT_TRUE(whole);
  for (const std::size_t piece : {1, 2, 3, 7, 64}) {
    const auto batch = decode_anything(document, piece);
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->records, whole->records);
    EXPECT_EQ(batch->warnings, whole->warnings);
  }
}

TEST(TcxHostile, DeepNestingIsRefused) {
  std::string document = "<TrainingCenterDatabase>";
  for (int i = 0; i < 100'000; ++i) document += "<Activity>";
  EXPECT_FALSE(decode_anything(document));
}

TEST(TcxHostile, StructureInTheWrongPlaceMeansNothing) {
  const std::string point = "<Trackpoint><Time>2026-05-01T10:00:00Z</Time></Trackpoint>";
  for (const std::string& inside :
       {point, "<Activity>" + point + "</Activity>", "<Activity><Track>" + point + "</Track></Activity>",
        "<Activity><Lap>" + point + "</Lap></Activity>", "<Lap><Track>" + point + "</Track></Lap>"}) {
    const auto batch = decode_anything("<TrainingCenterDatabase>" + inside + "</TrainingCenterDatabase>");
    ASSERT_TRUE(batch);
    EXPECT_TRUE(batch->records.empty()) << inside;
  }
}

TEST(TcxHostile, MillionsOfEmptyTracksTakeNoMemory) {
  const auto decoder = make_decoder({});
  track::Batch batch;
  std::string piece;
  for (int i = 0; i < 2000; ++i) piece += "<Track/>";
  ASSERT_TRUE(decoder->feed("<TrainingCenterDatabase><Activity><Lap>", batch));
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(decoder->feed(piece, batch));
  EXPECT_TRUE(decoder->feed("</Lap></Activity></TrainingCenterDatabase>", batch));
  EXPECT_TRUE(decoder->finish(batch, std::nullopt));
  EXPECT_TRUE(batch.records.empty());
}

TEST(TcxHostile, LapsPastTheMaximumAreCounted) {
  std::string document = "<TrainingCenterDatabase><Activity>";
  for (std::size_t i = 0; i < max_laps_per_activity + 1; ++i) {
    document += "<Lap StartTime='2026-05-01T10:00:00Z'><TotalTimeSeconds>1</TotalTimeSeconds></Lap>";
  }
  const auto batch = decode_anything(document + "</Activity></TrainingCenterDatabase>");
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->records.size(), 1U);
  EXPECT_TRUE(batch->partial);
  EXPECT_EQ(std::get<model::Workout>(batch->records[0].payload).laps.size(), max_laps_per_activity);
  EXPECT_THAT(batch->warnings, testing::ElementsAre(testing::HasSubstr("1 laps past the maximum")));
}

TEST(TcxHostile, ActivitiesPastTheMaximumAreCounted) {
  std::string document = "<TrainingCenterDatabase>";
  for (std::size_t i = 0; i < max_activities_per_file + 1; ++i) {
    document +=
        "<Activity><Lap StartTime='2026-05-01T10:00:00Z'><TotalTimeSeconds>1</TotalTimeSeconds></Lap></Activity>";
  }
  const auto batch = decode_anything(document + "</TrainingCenterDatabase>");
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->records.size(), max_activities_per_file);
  EXPECT_TRUE(batch->partial);
}

}  // namespace
}  // namespace syncwell::providers::tcx
