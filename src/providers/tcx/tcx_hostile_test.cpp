// Damaged and hostile TCX files: whatever comes, the reader ends with records that hold or with one clear line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/tcx/tcx_reader.hpp"
#include "providers/test_files.hpp"
#include "providers/track/hostile_document.hpp"

namespace syncwell::providers::tcx {
namespace {

std::string read_sample(const std::string& name) {
  return read_test_file(SYNCWELL_SOURCE_DIR "/tests/data/tcx/" + name);
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

Result<track::Batch> decode_anything(std::string_view document) {
  return track::decode_anything(make_decoder, document);
}

TEST(TcxHostile, TruncatedAnywhereItKeepsWhatIsSound) {
  EXPECT_GE(track::points_of_cut_documents(make_decoder, read_sample("same_ride_2020-06-01.tcx"), 797), 95U);
}

TEST(TcxHostile, FlippedBytesNeverBreakTheReader) {
  track::expect_flipped_bytes_do_no_harm(make_decoder, small_document());
}

TEST(TcxHostile, RandomBytesAreNoTcx) {
  track::expect_random_bytes_are_refused(make_decoder,
                                         "<TrainingCenterDatabase><Activity><Lap><Track><Trackpoint><Time>");
}

TEST(TcxHostile, TheSizeOfThePiecesDoesNotMatter) {
  track::expect_the_size_of_pieces_does_not_matter(make_decoder, small_document());
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
