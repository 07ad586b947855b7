// Hostile and damaged input: never a crash, never a record that is not sound, never more warnings than the maximum.
// Runs under the address and undefined-behaviour sanitizers.
#include <gtest/gtest.h>

#include <ostream>
#include <random>

#include "providers/fit/fit_files.hpp"

namespace syncwell::providers::fit {
namespace {

constexpr int random_rounds = 4000;

void expect_sound(Bytes bytes) {
  const auto result = decode(bytes, "x.fit");
  if (!result) {
    EXPECT_TRUE(result.error().code == ErrorCode::unreadable_input) << result.error().message;
    return;
  }
  EXPECT_LE(result->warnings.size(), max_file_warnings);
  for (const model::Record& record : result->records) EXPECT_EQ(model::why_invalid(record), std::nullopt);
}

// Every byte of two small files; the larger ones are sampled so that the test stays short under the sanitizers.
struct Damage {
  const char* file;
  std::size_t cut_step;
  int flip_rounds;
};
void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.file; }

class SmallFile : public testing::TestWithParam<Damage> {};

TEST_P(SmallFile, CutAnywhereLosesOnlyWhatIsCut) {  // PROV-3
  const auto whole = recorded_file(GetParam().file);
  std::size_t records_before = 0;
  for (std::size_t size = 0; size < whole.size(); size += GetParam().cut_step) {
    const auto result = decode(Bytes(whole).first(size), "x.fit");
    if (size < short_header_bytes) {
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().code, ErrorCode::unreadable_input);
      continue;
    }
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(result->partial);
    EXPECT_FALSE(result->warnings.empty());
    EXPECT_LE(result->warnings.size(), max_file_warnings);
    for (const model::Record& record : result->records) ASSERT_EQ(model::why_invalid(record), std::nullopt);
    EXPECT_GE(result->summary.record_messages, records_before);
    records_before = result->summary.record_messages;
  }
}

TEST_P(SmallFile, FlippedBytesDoNoHarm) {
  const auto whole = recorded_file(GetParam().file);
  std::mt19937_64 random(20261101);
  for (int round = 0; round < GetParam().flip_rounds; ++round) {
    auto damaged = whole;
    const int flips = 1 + static_cast<int>(random() % 8);
    for (int i = 0; i < flips; ++i) damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
    expect_sound(damaged);
  }
}

INSTANTIATE_TEST_SUITE_P(Fit, SmallFile,
                         testing::Values(Damage{"authored_weight_scale.fit", 1, 4000},
                                         Damage{"garmin-fenix-5-bike.fit", 1, 3000},
                                         Damage{"authored_monitoring_day.fit", 101, 150},
                                         Damage{"garmin_fr_compressed_speed_distance.fit", 13, 500}),
                         [](const auto& info) { return std::to_string(info.index); });

TEST(RandomBytes, AfterAHeaderDoNoHarm) {
  std::mt19937_64 random(7);
  for (int round = 0; round < random_rounds; ++round) {
    std::vector<std::uint8_t> bytes(14 + random() % 600);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const std::string header("\x0e\x10\x00\x00\xff\xff\xff\x00.FIT\x00\x00", 14);
    std::copy(header.begin(), header.end(), bytes.begin());
    // A definition more often than chance would have it.
    if (bytes.size() > 16) bytes[14] = static_cast<std::uint8_t>(0x40U | (random() & 0x2FU));
    if (bytes.size() > 18) bytes[16] &= 1U;
    expect_sound(bytes);
  }
}

TEST(RandomBytes, WithoutAHeaderAreNoFitFile) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::uint8_t> bytes(random() % 200);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const auto result = decode(bytes, "x.fit");
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::unreadable_input);
  }
}

// 255 fields of 255 bytes each, and as many developer fields: the largest definition there can be.
TEST(HostileDefinition, OfTheLargestSizeIsBounded) {
  std::string file("\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00", 14);
  file += std::string("\x60\x00\x00\x14\x00\xff", 6);
  for (int i = 0; i < 255; ++i) file += std::string({static_cast<char>(i), '\xff', '\x02'});
  file += '\xff';
  for (int i = 0; i < 255; ++i) file += std::string({static_cast<char>(i), '\xff', '\x00'});
  for (int i = 0; i < 3; ++i) file += '\0' + std::string(2 * 255 * 255, '\x01');
  const Decoded result = decoded(bytes_of(file));
  EXPECT_TRUE(result.partial);
  EXPECT_EQ(result.summary.record_messages, 3);
}

// A message without content costs one byte of the file: millions of them must stay cheap and keep nothing.
TEST(HostileDefinition, OfNoFieldsKeepsNothing) {
  std::string file("\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00", 14);
  file += std::string("\x40\x00\x00\x14\x00\x00", 6) + std::string(1'000'000, '\0');
  const Decoded result = decoded(bytes_of(file));
  EXPECT_EQ(result.summary.record_messages, 1'000'000);
  EXPECT_TRUE(result.records.empty());
}

TEST(TooLargeFile, IsRefused) {
  const std::vector<std::uint8_t> bytes(max_file_bytes + 1);
  const auto result = decode(bytes, "x.fit");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace syncwell::providers::fit
