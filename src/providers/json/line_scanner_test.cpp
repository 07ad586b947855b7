#include "providers/json/line_scanner.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "providers/json/file_access.hpp"
#include "providers/json/json_fixture.hpp"

namespace syncwell::providers::json {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Scanned {
  std::uint64_t number;
  std::uint64_t offset;
  std::string text;
  int end_bytes;
  bool operator==(const Scanned&) const = default;
};
void PrintTo(const Scanned& line, std::ostream* out) {
  *out << line.number << '@' << line.offset << ":" << line.text.substr(0, 40) << "/" << line.end_bytes;
}

std::vector<Scanned> scan(const std::string& content, std::size_t max_line_bytes = 1000) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "lines").string();
  std::ofstream(path, std::ios::binary) << content;
  const auto file = open_file(path, O_RDONLY, Access::read);
  LineScanner scanner(file->get(), content.size(), max_line_bytes, path);
  std::vector<Scanned> lines;
  for (;;) {
    const auto line = scanner.next();
    if (!line.has_value() || !line->has_value()) {
      EXPECT_TRUE(line.has_value());
      return lines;
    }
    EXPECT_EQ((*line)->text.size(), (*line)->too_long ? 0 : (*line)->length);
    lines.push_back({(*line)->number, (*line)->offset, (*line)->too_long ? "(too long)" : std::string((*line)->text),
                     (*line)->end_bytes});
  }
}

TEST(LineScanner, KnowsLineEndsOfEveryKind) {
  EXPECT_THAT(scan("a\nbb\r\nc"), ElementsAre(Scanned{1, 0, "a", 1}, Scanned{2, 2, "bb", 2}, Scanned{3, 6, "c", 0}));
  EXPECT_THAT(scan("a\rb\n"), ElementsAre(Scanned{1, 0, "a\rb", 1}));
}

TEST(LineScanner, PassesOverBlankLinesButCountsThem) {
  EXPECT_THAT(scan("\n \t\r\n\na\n\n\r\n  "), ElementsAre(Scanned{4, 6, "a", 1}));
  EXPECT_THAT(scan(""), IsEmpty());
  EXPECT_THAT(scan("\n\n"), IsEmpty());
}

TEST(LineScanner, PassesOverAByteOrderMarkAtTheStartOnly) {
  EXPECT_THAT(scan("\xef\xbb\xbf"
                   "a\n\xef\xbb\xbf"
                   "b\n"),
              ElementsAre(Scanned{1, 3, "a", 1}, Scanned{2, 5,
                                                         "\xef\xbb\xbf"
                                                         "b",
                                                         1}));
  EXPECT_THAT(scan("\xef\xbb\xbf"), IsEmpty());
}

TEST(LineScanner, ALineOverTheMaximumIsReportedAndTheNextOneRead) {
  const std::string exact(1000, 'x');
  EXPECT_THAT(scan(exact + "\n" + exact + "y\nz\n"),
              ElementsAre(Scanned{1, 0, exact, 1}, Scanned{2, 1001, "(too long)", 1}, Scanned{3, 2003, "z", 1}));
  const std::string huge(3'000'000, 'x');  // many blocks
  EXPECT_THAT(scan("a\n" + huge + "\r\nb\n" + huge),
              ElementsAre(Scanned{1, 0, "a", 1}, Scanned{2, 2, "(too long)", 2}, Scanned{3, 3'000'004, "b", 1},
                          Scanned{4, 3'000'006, "(too long)", 0}));
}

TEST(LineScanner, AFileThatShrinksMeanwhileJustEnds) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "lines").string();
  std::ofstream(path, std::ios::binary) << "a\nb";
  const auto file = open_file(path, O_RDONLY, Access::read);
  LineScanner scanner(file->get(), 1'000'000, 1000, path);
  EXPECT_EQ(scanner.next()->value().text, "a");
  EXPECT_EQ(scanner.next()->value().text, "b");
  EXPECT_FALSE(scanner.next()->has_value());
}

RC_GTEST_PROP(LineScanner, FindsWhatANaiveSplitFinds, ()) {
  const auto lengths = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::element<std::size_t>(0, 1, 7, 999, 1000, 1001, 70'000, 262'143, 262'144));
  std::string content;
  std::vector<Scanned> expected;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const bool too_long = lengths[i] > 1000;
    const std::string text(lengths[i], 'x');
    if (lengths[i] > 0) expected.push_back({i + 1, content.size(), too_long ? "(too long)" : text, 1});
    content += text + "\n";
  }
  RC_ASSERT(scan(content) == expected);
}

}  // namespace
}  // namespace syncwell::providers::json
