#include "providers/apple_health/element_scanner.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace syncwell::providers::apple_health {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TextSource final : public ByteSource {
 public:
  TextSource(std::string text, std::size_t chunk) : text_(std::move(text)), chunk_(chunk) {}
  Result<std::size_t> read(std::span<char> into) override {
    if (at_ == text_.size() && fails) return fail(ErrorCode::unreadable_input, "cut off");
    const std::size_t count = std::min({into.size(), chunk_, text_.size() - at_});
    std::memcpy(into.data(), text_.data() + at_, count);
    at_ += count;
    return count;
  }
  bool fails = false;

 private:
  std::string text_;
  std::size_t chunk_;
  std::size_t at_ = 0;
};

// One line per top-level element: "Record(1)[Meta(2)]"; what was abandoned leaves none.
class Lines final : public TopLevelListener {
 public:
  void begin_top_level(std::uint64_t byte) override {
    line_.clear();
    begins.push_back(byte);
    depth_ = 0;
  }
  void start_element(std::string_view name, const xml::Attributes& attributes) override {
    if (depth_++ > 0) line_ += '[';
    line_ += fmt::format("{}({})", name, attributes.get("v").value_or("-"));
  }
  void end_element(std::string_view, std::string_view) override {
    if (--depth_ > 0) {
      line_ += ']';
    } else {
      heard.push_back(line_);
    }
  }
  void abandon() override { line_.clear(); }
  bool full() const override { return heard.size() % page == 0; }

  std::vector<std::string> heard;
  std::vector<std::uint64_t> begins;
  std::size_t page = 1'000'000;

 private:
  std::string line_;
  int depth_ = 0;
};

struct Scanned {
  std::vector<std::string> heard;
  std::vector<std::uint64_t> begins;
  std::vector<Damage> damages;
  std::optional<Error> error;
};

Scanned scan(const std::string& text, std::size_t chunk = 1 << 20, std::size_t page = 1'000'000, bool fails = false) {
  TextSource source(text, chunk);
  source.fails = fails;
  Lines lines;
  lines.page = page;
  ElementScanner scanner(source, lines, {.record_types = {"W"}, .workouts = true});
  Scanned scanned;
  while (true) {
    const auto stop = scanner.advance(4096);
    for (auto& damage : scanner.take_damages()) scanned.damages.push_back(damage);
    if (!stop) scanned.error = stop.error();
    if (!stop || *stop == ElementScanner::Stop::ended) break;
  }
  scanned.heard = lines.heard;
  scanned.begins = lines.begins;
  return scanned;
}

const std::string head =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE HealthData [\n<!ATTLIST x y CDATA\n]>\n<HealthData locale=\"x\">\n";
const std::string tail = "</HealthData>\n";

std::string record(int v) { return fmt::format(" <Record type=\"W\" v=\"{}\"/>\n", v); }

TEST(ElementScanner, ReportsWantedElementsAndStepsOverOthers) {
  const std::string body = " <ExportDate v=\"e\"/>\n" + record(1) +
                           " <Record type=\"X\" v=\"2\">\n  <Meta v=\"W\"/>\n </Record>\n"
                           " <Correlation type=\"W\">\n  <Record type=\"W\" v=\"3\"/>\n </Correlation>\n"
                           " <Record type=\"W\" v=\"4\">\n  <Meta v=\"m\"><Deep/></Meta>\n </Record>\n"
                           " <Workout v=\"5\"/>\n <Record v=\"6\" type=\"W\"/>\n <Record type=\"WW\" v=\"7\"/>\n";
  for (const std::size_t chunk : {1U, 2U, 7U, 64U, 100000U}) {
    const auto scanned = scan(head + body + tail, chunk);
    EXPECT_FALSE(scanned.error);
    EXPECT_TRUE(scanned.damages.empty());
    EXPECT_THAT(scanned.heard, ElementsAre("Record(1)", "Record(4)[Meta(m)[Deep(-)]]", "Workout(5)", "Record(6)"));
    EXPECT_EQ(scanned.begins[0], (head + body).find("<Record"));
  }
}

// Whatever is not of the regular shape goes through expat and gives the same.
TEST(ElementScanner, LetsExpatReadWhatIsNotRegular) {
  for (const std::string odd :
       {" <!-- <Record type=\"W\" v=\"9\"/> -->\n", " <![CDATA[<Record type=\"W\" v=\"9\"/>]]>\n",
        " <?pi <Record type=\"W\" v=\"9\"/> ?>\n", " text\n", " <Record type='X' v='>9'/>\n",
        " <n:Other xmlns:n=\"u\"/>\n", " <Record type=\"X\">&#65;&amp;</Record>\n"}) {
    for (const std::size_t chunk : {1U, 5U, 100000U}) {
      const auto scanned = scan(head + record(1) + odd + record(2) + tail, chunk, 1);
      EXPECT_FALSE(scanned.error) << odd;
      EXPECT_TRUE(scanned.damages.empty()) << odd << scanned.damages.front().reason;
      ASSERT_GE(scanned.heard.size(), 2U) << odd;
      EXPECT_EQ(scanned.heard.front(), "Record(1)") << odd;
      EXPECT_EQ(scanned.heard.back(), "Record(2)") << odd;
      EXPECT_EQ(std::ranges::count(scanned.heard, "Record(9)"), 0) << odd;
      EXPECT_EQ(scanned.begins.back(), (head + record(1) + odd).size() + 1);
    }
  }
  EXPECT_THAT(scan("<HealthData><Record type=\"W\" v='q'/></HealthData>").heard, ElementsAre("Record(q)"));
  EXPECT_THAT(scan("<HealthData a='1'><Record type=\"W\" v=\"q\"/></HealthData>").heard, ElementsAre("Record(q)"));
}

TEST(ElementScanner, ReadsOtherEncodingsThroughExpat) {
  const auto scanned = scan(
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><HealthData>\n <Record type=\"W\" v=\"\xE9\"/>\n</HealthData>");
  EXPECT_THAT(scanned.heard, ElementsAre("Record(\u00E9)"));
}

// One bad element costs itself, not the rest of the export.
TEST(ElementScanner, GoesOnBehindDamageAndSaysWhere) {
  for (const std::string bad :
       {" <Record type=\"W\" v=\"&nope;\"/>\n", " <Record type=\"W\" v=\"9\" v=\"9\"/>\n",
        " <Record type=\"W\" v=\"9/>\n", " <Record type=\"W\" <v=\"9\"/>\n", " <Record type=\"W\" v=\"9\"></Rec>\n",
        " <>\n", " &lol;\n", " <Record type=\"W\" v=\"9\">\n", " <Record type=\"X\" v=\"9\">\n",
        " <Record type=\"W\" v=\"9\"><![CDATA[x]]>\n", " </Record>\n"}) {
    for (const std::size_t chunk : {3U, 100000U}) {
      const auto scanned = scan(head + record(1) + bad + record(2) + record(3) + tail, chunk);
      EXPECT_FALSE(scanned.error) << bad;
      ASSERT_GE(scanned.damages.size(), 1U) << bad;
      const auto from = (head + record(1)).size();
      EXPECT_GE(scanned.damages[0].byte, from) << bad;
      EXPECT_LE(scanned.damages[0].byte, from + bad.size() + record(2).size()) << bad;
      EXPECT_EQ(scanned.heard.front(), "Record(1)") << bad;
      EXPECT_EQ(scanned.heard.back(), "Record(3)") << bad;
    }
  }
}

TEST(ElementScanner, TellsATruncatedFileAtEveryPlace) {
  const std::string text = head + record(1) + " <Record type=\"W\" v=\"2\">\n  <Meta v=\"m\"/>\n </Record>\n" + tail;
  const auto root = text.find("<HealthData");
  const auto root_end = text.find('>', root);
  for (std::size_t end = 0; end + 1 < text.size(); ++end) {
    const auto scanned = scan(text.substr(0, end), 11);
    EXPECT_EQ(scanned.error.has_value(), end <= root_end) << end;
    if (!scanned.error) {
      EXPECT_EQ(scanned.damages.size(), 1U) << end;
    }
    EXPECT_LE(scanned.heard.size(), 2U);
  }
}

TEST(ElementScanner, PassesOnWhyTheSourceEnded) {
  for (const std::string odd : {"", " <!-- c -->\n"}) {
    const auto scanned = scan(head + odd + record(1), 10, 1000, true);
    EXPECT_THAT(scanned.heard, ElementsAre("Record(1)"));
    ASSERT_EQ(scanned.damages.size(), 1U);
    EXPECT_EQ(scanned.damages[0].reason, "cut off");
  }
}

TEST(ElementScanner, RefusesOtherDocuments) {
  EXPECT_THAT(scan("<gpx><trk/></gpx>").error->message, HasSubstr("<gpx>"));
  EXPECT_THAT(scan("<gpx a='1'><trk/></gpx>").error->message, HasSubstr("<gpx>"));
  EXPECT_THAT(scan("<ClinicalDocument xmlns='x'/>").error->message, HasSubstr("<ClinicalDocument>"));
  EXPECT_TRUE(scan("").error);
  EXPECT_TRUE(scan("hello").error);
  EXPECT_TRUE(scan(std::string("\xFF\xFE<\0", 4)).error);
  EXPECT_TRUE(scan("<!DOCTYPE HealthData [").error);
}

TEST(ElementScanner, PausesWhereTheListenerIsFullOnBothWays) {
  for (const std::string odd : {"", " <!-- c -->\n"}) {
    std::string body = odd;
    for (int i = 0; i < 50; ++i) body += record(i);
    TextSource source(head + body + tail, 100);
    Lines lines;
    lines.page = 7;
    ElementScanner scanner(source, lines, {.record_types = {"W"}});
    std::size_t before = 0;
    while (true) {
      const auto stop = scanner.advance(1 << 20);
      ASSERT_TRUE(stop);
      EXPECT_LE(lines.heard.size() - before, 7U);
      before = lines.heard.size();
      if (*stop == ElementScanner::Stop::ended) break;
    }
    EXPECT_EQ(lines.heard.size(), 50U);
  }
}

TEST(ElementScanner, GivesUpAfterTheMaximumOfDamages) {
  std::string body;
  for (std::size_t i = 0; i < max_damages + 10; ++i) body += " <Record type=\"W\" v=\"&no;\"/>\n" + record(1);
  const auto scanned = scan(head + body + tail);
  EXPECT_EQ(scanned.damages.size(), max_damages);
  EXPECT_THAT(scanned.damages.back().reason, HasSubstr("rest of the file"));
  EXPECT_LE(scanned.heard.size(), max_damages + 1);
}

// A top-level element longer than the buffer goes through expat piece by piece.
TEST(ElementScanner, ReadsAnElementLongerThanItsBuffer) {
  std::string long_element = " <Workout v=\"w\">\n";
  while (long_element.size() < max_buffer_bytes + 1000)
    long_element += std::string(100'000, ' ') + "<Location v=\"p\"/>\n";
  long_element += " </Workout>\n";
  const auto scanned = scan(head + record(1) + long_element + record(2) + tail);
  EXPECT_TRUE(scanned.damages.empty());
  ASSERT_EQ(scanned.heard.size(), 3U);
  EXPECT_EQ(std::ranges::count(scanned.heard[1], 'p'), static_cast<std::ptrdiff_t>(long_element.size() / 100'018));
  EXPECT_EQ(scanned.heard[2], "Record(2)");
}

TEST(ElementScanner, TellsWhatFollowsTheRoot) {
  EXPECT_TRUE(scan(head + tail + " <!-- done -->\n").damages.empty());
  EXPECT_TRUE(scan(head + tail + std::string(10, '\0')).damages.empty());
  EXPECT_EQ(scan(head + tail + "junk").damages.size(), 1U);
}

// No byte changed anywhere leads astray: every run ends, and what is heard outside the place is heard as before.
TEST(ElementScanner, SurvivesAnyChangedByte) {
  const std::string text = head + record(1) + " <Record type=\"X\" v=\"2\">\n  <Meta v=\"it's\"/>\n </Record>\n" +
                           record(3) + record(4) + record(5) + tail;
  const std::string last = "Record(5)";
  for (std::size_t at = head.size(); at < text.find(record(4)); ++at) {
    for (const char byte : {'<', '>', '"', '\'', '&', '/', '\0', '\xFF', '=', '!', ' '}) {
      std::string changed = text;
      changed[at] = byte;
      for (const std::size_t chunk : {5U, 100000U}) {
        const auto scanned = scan(changed, chunk);
        EXPECT_FALSE(scanned.error) << at << byte;
        ASSERT_FALSE(scanned.heard.empty()) << at << " " << int{byte} << " " << chunk;
        EXPECT_EQ(scanned.heard.back(), last) << at << " " << int{byte} << " " << chunk;
      }
    }
  }
}

}  // namespace
}  // namespace syncwell::providers::apple_health
