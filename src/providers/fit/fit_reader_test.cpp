// The container: headers, chained parts, checksums, definitions, compressed times, base types. PROV-3, PROV-8.
#include "providers/fit/fit_reader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "providers/fit/fit_files.hpp"
#include "providers/fit/fit_message_writer.hpp"

namespace syncwell::providers::fit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Problem {
  std::uint64_t position;
  std::string reason;
  bool data_lost;
};

class Recorder final : public MessageSink {
 public:
  void part(std::uint64_t) override { ++parts; }
  void message(const Message& message) override {
    globals.push_back(message.global());
    times.push_back(message.timestamp().value_or(0));
    values.push_back(message.value({1}).value_or(-1));
    texts.push_back(message.text(2));
  }
  void problem(std::uint64_t position, std::string reason, bool data_lost) override {
    problems.push_back({position, std::move(reason), data_lost});
  }

  int parts = 0;
  std::vector<std::uint16_t> globals;
  std::vector<std::uint32_t> times;
  std::vector<double> values;
  std::vector<std::string> texts;
  std::vector<Problem> problems;
};

Recorder read(const std::string& file) {
  Recorder recorder;
  EXPECT_TRUE(read_messages(bytes_of(file), recorder).has_value());
  return recorder;
}

// A file of one part around records as they are, with right sizes and checksums.
std::string file_of(const std::string& records, std::size_t header_size = 14) {
  std::string file;
  file += static_cast<char>(header_size);
  file += std::string("\x10\x00\x00", 3);
  for (int i = 0; i < 4; ++i) file += static_cast<char>(records.size() >> (8 * i) & 0xFFU);
  file += ".FIT";
  if (header_size == 14) file += std::string(2, '\0');
  file += records;
  const std::uint16_t crc = crc16(bytes_of(file));
  file += static_cast<char>(crc & 0xFFU);
  file += static_cast<char>(crc >> 8U);
  return file;
}

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

// Local type 0, global 20, one field: number 1, the given size and base type.
std::string definition(int size, int type, int architecture = 0) {
  return architecture == 0 ? bytes({0x40, 0, 0, 20, 0, 1, 1, size, type})
                           : bytes({0x40, 0, 1, 0, 20, 1, 1, size, type});
}

TEST(Crc16, MatchesTheCheckValueOfItsPolynomial) { EXPECT_EQ(crc16(bytes_of("123456789")), 0xBB3D); }

TEST(Container, TakesBothHeaderSizes) {
  for (const std::size_t size : {12, 14}) {
    const Recorder result = read(file_of(definition(1, 2) + bytes({0, 7}), size));
    EXPECT_THAT(result.values, ElementsAre(7));
    EXPECT_THAT(result.problems, IsEmpty());
  }
}

TEST(Container, ReportsAWrongHeaderChecksumAndReadsOn) {
  std::string file = file_of(definition(1, 2) + bytes({0, 7}));
  file[12] = 1;  // zero would mean "not set"
  const std::uint16_t crc = crc16(bytes_of(file.substr(0, file.size() - 2)));
  file[file.size() - 2] = static_cast<char>(crc & 0xFFU);
  file[file.size() - 1] = static_cast<char>(crc >> 8U);
  const Recorder result = read(file);
  EXPECT_THAT(result.values, ElementsAre(7));
  ASSERT_THAT(result.problems, SizeIs(1));
  EXPECT_FALSE(result.problems[0].data_lost);
}

TEST(Container, ReportsAWrongFileChecksum) {
  std::string file = file_of(definition(1, 2) + bytes({0, 7}));
  file.back() = static_cast<char>(file.back() ^ 1);
  const Recorder result = read(file);
  EXPECT_THAT(result.values, ElementsAre(7));
  ASSERT_THAT(result.problems, SizeIs(1));
  EXPECT_TRUE(result.problems[0].data_lost);
  EXPECT_EQ(result.problems[0].position, file.size() - 2);
}

TEST(Container, ReadsChainedPartsWithDefinitionsOfTheirOwn) {
  const std::string part = file_of(definition(1, 2) + bytes({0, 7}));
  const Recorder both = read(part + part);
  EXPECT_EQ(both.parts, 2);
  EXPECT_THAT(both.values, ElementsAre(7, 7));
  EXPECT_THAT(both.problems, IsEmpty());
  // The second part uses a definition of the first: undefined there.
  const Recorder undefined = read(part + file_of(bytes({0, 7})) + part);
  EXPECT_EQ(undefined.parts, 3);
  EXPECT_THAT(undefined.values, ElementsAre(7, 7));
  ASSERT_THAT(undefined.problems, SizeIs(1));
  EXPECT_THAT(undefined.problems[0].reason, HasSubstr("never defined"));
  EXPECT_EQ(undefined.problems[0].position, part.size() + 14);
}

TEST(Container, IgnoresTrailingBytesWithAWarning) {
  const std::string file = file_of(definition(1, 2) + bytes({0, 7}));
  const Recorder result = read(file + std::string(40, '\x55'));
  EXPECT_THAT(result.values, ElementsAre(7));
  ASSERT_THAT(result.problems, SizeIs(1));
  EXPECT_FALSE(result.problems[0].data_lost);
  EXPECT_EQ(result.problems[0].position, file.size());
}

TEST(Container, ReadsToTheEndWhereTheHeaderGivesNoSize) {
  std::string file = file_of(definition(1, 2) + bytes({0, 7, 0, 8}));
  file.resize(file.size() - 2);
  file[4] = 0;
  const Recorder result = read(file);
  EXPECT_THAT(result.values, ElementsAre(7, 8));
  ASSERT_THAT(result.problems, SizeIs(1));
  EXPECT_TRUE(result.problems[0].data_lost);
}

TEST(Container, TakesAnEmptyPart) {
  const Recorder result = read(file_of("") + file_of(definition(1, 2) + bytes({0, 7})));
  EXPECT_EQ(result.parts, 2);
  EXPECT_THAT(result.values, ElementsAre(7));
  EXPECT_THAT(result.problems, IsEmpty());
}

TEST(Container, TakesNoMorePartsThanTheMaximum) {
  std::string file;
  for (std::size_t i = 0; i <= max_parts; ++i) file += file_of("");
  const Recorder result = read(file);
  EXPECT_EQ(result.parts, max_parts);
  ASSERT_THAT(result.problems, SizeIs(1));
}

TEST(Container, RefusesOtherFiles) {
  Recorder recorder;
  for (const std::string& text :
       {std::string(), std::string("PK\x03\x04 a zip file with some length"), std::string(11, 'x')}) {
    const auto result = read_messages(bytes_of(text), recorder);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::unreadable_input);
  }
}

TEST(Definition, CanBeReplacedAndIsBigOrLittleEndian) {
  const Recorder result =
      read(file_of(definition(2, 0x84) + bytes({0, 0x34, 0x12}) + definition(2, 0x84, 1) + bytes({0, 0x12, 0x34})));
  EXPECT_THAT(result.values, ElementsAre(0x1234, 0x1234));
  EXPECT_THAT(result.globals, ElementsAre(20, 20));
}

TEST(Definition, WithAnImpossibleArchitectureStopsThePart) {
  const Recorder result = read(file_of(bytes({0x40, 0, 7, 20, 0, 1, 1, 1, 2, 0, 7})));
  EXPECT_THAT(result.values, IsEmpty());
  ASSERT_THAT(result.problems, SizeIs(1));
}

struct Base {
  int type;
  std::vector<int> value;
  double expected;
  std::vector<int> invalid;
};
void PrintTo(const Base& base, std::ostream* out) { *out << fmt::format("base type 0x{:02X}", base.type); }

class BaseTypes : public testing::TestWithParam<Base> {};

TEST_P(BaseTypes, GiveTheirValueAndNothingForInvalid) {
  const Base& base = GetParam();
  std::string value;
  for (const int byte : base.value) value += static_cast<char>(byte);
  std::string invalid;
  for (const int byte : base.invalid) invalid += static_cast<char>(byte);
  const Bytes value_bytes = bytes_of(value);
  EXPECT_EQ(number_in(value_bytes, base_type_of(static_cast<std::uint8_t>(base.type)), false), base.expected);
  EXPECT_EQ(number_in(bytes_of(invalid), base_type_of(static_cast<std::uint8_t>(base.type)), false), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(All, BaseTypes,
                         testing::Values(Base{0x00, {5}, 5, {0xFF}}, Base{0x01, {0xFE}, -2, {0x7F}},
                                         Base{0x02, {200}, 200, {0xFF}}, Base{0x83, {0xFE, 0xFF}, -2, {0xFF, 0x7F}},
                                         Base{0x84, {0, 1}, 256, {0xFF, 0xFF}},
                                         Base{0x85, {0xFE, 0xFF, 0xFF, 0xFF}, -2, {0xFF, 0xFF, 0xFF, 0x7F}},
                                         Base{0x86, {0, 0, 0, 1}, 16777216, {0xFF, 0xFF, 0xFF, 0xFF}},
                                         Base{0x88, {0, 0, 0xC0, 0x3F}, 1.5, {0xFF, 0xFF, 0xFF, 0xFF}},
                                         Base{0x89, {0, 0, 0, 0, 0, 0, 0xF8, 0x3F}, 1.5, std::vector<int>(8, 0xFF)},
                                         Base{0x0A, {3}, 3, {0}}, Base{0x8B, {3, 0}, 3, {0, 0}},
                                         Base{0x8C, {3, 0, 0, 0}, 3, {0, 0, 0, 0}}, Base{0x0D, {9}, 9, {0xFF}},
                                         Base{0x8E,
                                              {0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
                                              -2,
                                              {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}},
                                         Base{0x8F, {1, 0, 0, 0, 0, 0, 0, 0}, 1, std::vector<int>(8, 0xFF)},
                                         Base{0x90, {1, 0, 0, 0, 0, 0, 0, 0}, 1, std::vector<int>(8, 0)}),
                         [](const auto& info) { return fmt::format("Type0x{:02X}", info.param.type); });

TEST(Field, OfMoreThanOneValueGivesTheFirst) {
  const Recorder result = read(file_of(definition(4, 0x84) + bytes({0, 1, 0, 2, 0})));
  EXPECT_THAT(result.values, ElementsAre(1));
}

TEST(Field, WhoseSizeIsNoMultipleOfItsTypeIsNoValueAndLosesNothingElse) {
  const std::string two_fields = bytes({0x40, 0, 0, 20, 0, 2, 9, 3, 0x86, 1, 1, 2});
  const Recorder result = read(file_of(two_fields + bytes({0, 1, 2, 3, 7})));
  EXPECT_THAT(result.values, ElementsAre(7));
  EXPECT_THAT(result.problems, IsEmpty());
}

TEST(Text, MayBeUnterminatedOrCutInACharacter) {
  const auto text = [](const std::string& value) { return text_in(bytes_of(value)); };
  EXPECT_EQ(text("abc"), "abc");
  EXPECT_EQ(text(std::string("ab\0cd", 5)), "ab");
  EXPECT_EQ(text("L\xc3\xb6"), "L\xc3\xb6");
  EXPECT_EQ(text("ab\xc3"), "ab");
  EXPECT_EQ(text("ab\xf0\x9f\x8f"), "ab");
  EXPECT_EQ(text("\xff\xfe garbage"), "");
}

TEST(CompressedTime, CountsOnFromTheLastFullTimeAndRollsOver) {
  // Local 0: field 253 (uint32). Local 1: no time of its own.
  const std::string definitions = bytes({0x40, 0, 0, 20, 0, 1, 253, 4, 0x86, 0x41, 0, 0, 20, 0, 1, 1, 1, 2});
  const auto compressed = [](int offset) { return bytes({0x80 | (1 << 5) | offset, 1}); };
  const Recorder result = read(file_of(definitions + compressed(3) + bytes({0, 0x3E, 0, 0, 0x30}) + compressed(31) +
                                       compressed(2) + compressed(1)));
  // 0x3000003E has the low bits 30.
  EXPECT_THAT(result.times, ElementsAre(0, 0x3000003E, 0x3000003F, 0x30000042, 0x30000061));
}

TEST(Message, CutOffAtTheEndIsLeftOut) {
  const Recorder result = read(file_of(definition(2, 0x84) + bytes({0, 1, 0, 0, 1})));
  EXPECT_THAT(result.values, ElementsAre(1));
  ASSERT_THAT(result.problems, SizeIs(1));
  EXPECT_TRUE(result.problems[0].data_lost);
}

TEST(MessageWriter, WritesWhatTheReaderReads) {
  MessageWriter writer;
  for (const int value : {1, 2}) {
    writer.begin(3, 20);
    writer.put_u32(253, 1'000'000'000U);
    writer.put({1, 100, 5}, BaseType::sint16, value);
    writer.put_text(2, "gr\xc3\xbc\x01n");
    writer.end();
  }
  writer.begin(3, 21);
  writer.put({1}, BaseType::uint8, std::nullopt);
  writer.end();
  writer.begin(4, 22);
  writer.put({1}, BaseType::uint8, 255.0);  // one past what fits
  writer.end();
  const Recorder result = read(writer.finish());
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_THAT(result.globals, ElementsAre(20, 20, 21, 22));
  EXPECT_THAT(result.values, ElementsAre(600, 700, -1, -1));
  EXPECT_EQ(result.texts[0], "gr\xc3\xbc n");
}

TEST(MessageWriter, CutsTextAtACharacter) {
  MessageWriter writer;
  writer.begin(0, 20);
  writer.put_text(2, std::string(MessageWriter::max_text_field_bytes - 1, 'a') + "\xc3\xbc");
  writer.end();
  EXPECT_EQ(read(writer.finish()).texts[0], std::string(MessageWriter::max_text_field_bytes - 1, 'a'));
}

}  // namespace
}  // namespace syncwell::providers::fit
