#include "providers/xml/xml_reader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace syncwell::providers::xml {
namespace {

// Writes down what it hears: "+name(a=…)" and "-name:text".
class Recorder : public Listener {
 public:
  void start_element(std::string_view name, const Attributes& attributes) override {
    std::string line = "+" + std::string(name);
    for (const char* key : {"a", "xsi:type"}) {
      if (const auto value = attributes.get(key)) line += fmt::format("({}={})", key, *value);
    }
    heard.push_back(line);
    if (reader != nullptr && name == suspend_at) reader->suspend();
    if (name == throw_at) throw std::runtime_error("listener");
  }
  void end_element(std::string_view name, std::string_view text) override {
    heard.push_back(text.empty() ? "-" + std::string(name) : fmt::format("-{}:{}", name, text));
  }
  bool wants_text() override { return texts; }

  std::vector<std::string> heard;
  Reader* reader = nullptr;
  std::string suspend_at = "none";
  std::string throw_at = "none";
  bool texts = true;
};

struct Outcome {
  std::vector<std::string> heard;
  Result<void> result;
};

Outcome read(std::string_view document, std::size_t chunk = 1 << 20) {
  Recorder recorder;
  Reader reader(recorder);
  Result<void> result;
  while (result && !document.empty()) {
    result = reader.feed(document.substr(0, chunk));
    document.remove_prefix(std::min(chunk, document.size()));
  }
  if (result) result = reader.finish();
  return {recorder.heard, result};
}

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(XmlReader, ReportsElementsAttributesAndTrimmedTextWithoutPrefixes) {
  const auto outcome = read(
      "<?xml version='1.0' encoding='UTF-8'?><n:gpx xmlns:n='u' a='1 &amp; &#50;'> out <x:b xsi:type='T'>\n in\t</x:b> "
      "er </n:gpx>");
  ASSERT_TRUE(outcome.result) << outcome.result.error().message;
  EXPECT_THAT(outcome.heard, ElementsAre("+gpx(a=1 & 2)", "+b(xsi:type=T)", "-b:in", "-gpx:out  er"));
}

TEST(XmlReader, GivesTheSameEventsForEveryChunkSize) {
  const std::string document =
      "\xEF\xBB\xBF <?xml version='1.0'?>\n<!DOCTYPE r [<!ENTITY e 'x'>\n<!ATTLIST r a CDATA\n]>\n<r "
      "a='\xE2\x80\x99'>t\x0Bt<s/><![CDATA[<&]]></r>\n";
  const auto expected = read(document);
  ASSERT_TRUE(expected.result) << expected.result.error().message;
  EXPECT_THAT(expected.heard, ElementsAre("+r(a=\xE2\x80\x99)", "+s", "-s", "-r:t t<&"));
  for (std::size_t chunk = 1; chunk < document.size(); ++chunk) {
    const auto outcome = read(document, chunk);
    ASSERT_TRUE(outcome.result) << chunk;
    EXPECT_EQ(outcome.heard, expected.heard) << chunk;
  }
}

TEST(XmlReader, DoesNotCollectTextThatNobodyWants) {
  Recorder recorder;
  recorder.texts = false;
  Reader reader(recorder);
  ASSERT_TRUE(reader.feed("<a>" + std::string(max_text_bytes + 1, 'x') + "</a>"));
  ASSERT_TRUE(reader.finish());
  EXPECT_THAT(recorder.heard, ElementsAre("+a", "-a"));
}

// Quirk 1: entity bombs are not expanded and external entities not fetched, they are unknown names.
TEST(XmlReader, RefusesEntitiesAtTheirPosition) {
  const auto bomb = read("<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>\n<r>\n<ok/> &b;</r>");
  ASSERT_FALSE(bomb.result);
  EXPECT_EQ(bomb.result.error().code, ErrorCode::unreadable_input);
  EXPECT_THAT(bomb.result.error().message, HasSubstr("line 3, column 7"));
  EXPECT_THAT(bomb.result.error().message, HasSubstr("undefined entity"));
  EXPECT_THAT(bomb.heard, ElementsAre("+r", "+ok", "-ok"));
  const auto external =
      read("<!DOCTYPE r SYSTEM 'file:///etc/passwd' [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r a='&x;'/>");
  ASSERT_FALSE(external.result);
  EXPECT_THAT(external.heard, IsEmpty());
}

TEST(XmlReader, NamesThePositionInTheFileWhenSomethingWasDroppedInFront) {
  const auto outcome = read("\xEF\xBB\xBF\n\n<?xml version='1.0'?>\n<a><b></a>");
  ASSERT_FALSE(outcome.result);
  EXPECT_THAT(outcome.result.error().message, HasSubstr("line 4, column 9: mismatched tag"));
}

TEST(XmlReader, SaysHowATruncatedDocumentEnds) {
  EXPECT_THAT(read("<a><b/>").result.error().message, HasSubstr("ends before its root element"));
  EXPECT_THAT(read("<a><b c='").result.error().message, HasSubstr("in the middle of a tag"));
  EXPECT_THAT(read("").result.error().message, HasSubstr("no XML element"));
  EXPECT_THAT(read(" \n").result.error().message, HasSubstr("no XML element"));
  EXPECT_THAT(read("<!DOCTYPE a [").result.error().message, HasSubstr("document type declaration"));
}

TEST(XmlReader, RefusesOtherFiles) {
  EXPECT_FALSE(read(std::string("\xFF\xD8\xFF\xE0\0\x10JFIF", 10)).result);
  EXPECT_FALSE(read("plain text").result);
  EXPECT_THAT(read(std::string("\xFF\xFE<\0a\0/\0>\0", 10)).result.error().message, HasSubstr("UTF-16"));
  EXPECT_FALSE(read("<a/><b/>").result);
  EXPECT_FALSE(read("<?xml version='1.0' encoding='EBCDIC-XX'?><a/>").result);
}

TEST(XmlReader, ReadsLatin1AndWindows1252) {
  EXPECT_THAT(read("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>").heard, ElementsAre("+a", "-a:\xC3\xA9"));
  EXPECT_THAT(read("<?xml version='1.0' encoding='windows-1252'?><a>\x92</a>").heard,
              ElementsAre("+a", "-a:\xE2\x80\x99"));
}

TEST(XmlReader, HoldsItsMaximumsOnePastEach) {
  std::string deep;
  for (std::size_t i = 0; i < max_depth; ++i) deep += "<a>";
  std::string close;
  for (std::size_t i = 0; i < max_depth; ++i) close += "</a>";
  EXPECT_TRUE(read(deep + close).result);
  EXPECT_THAT(read(deep + "<a>" + close).result.error().message, HasSubstr("nested deeper"));

  EXPECT_TRUE(read("<e a='" + std::string(max_attribute_bytes - 2, 'x') + "'/>").result);
  EXPECT_THAT(read("<e a='" + std::string(max_attribute_bytes - 1, 'x') + "'/>").result.error().message,
              HasSubstr("bytes of attributes"));

  EXPECT_TRUE(read("<a>" + std::string(max_text_bytes, 'x') + "</a>").result);
  EXPECT_THAT(read("<a>" + std::string(max_text_bytes + 1, 'x') + "</a>").result.error().message,
              HasSubstr("bytes of text"));
}

// A tag without an end must not be collected for ever.
TEST(XmlReader, RefusesAnEndlessTagOrComment) {
  for (const std::string head : {"<a b='", "<a><!--", "<a><?p "}) {
    const auto outcome = read(head + std::string(4 * 1024 * 1024, 'x'), 4096);
    ASSERT_FALSE(outcome.result);
    EXPECT_THAT(outcome.result.error().message, HasSubstr("longer than"));
  }
}

TEST(XmlReader, SuspendsAfterAnEventAndGoesOnWhereItStopped) {
  std::string document = "<r>";
  for (int i = 0; i < 40000; ++i) document += "<p/><q/>";
  document += "</r>";
  const auto expected = read(document);
  Recorder recorder;
  Reader reader(recorder);
  recorder.reader = &reader;
  recorder.suspend_at = "q";
  ASSERT_TRUE(reader.feed(document));
  int pauses = 0;
  while (reader.suspended()) {
    ++pauses;
    ASSERT_LE(recorder.heard.size(), static_cast<std::size_t>(pauses) * 4 + 1);
    EXPECT_FALSE(reader.feed("x"));
    EXPECT_FALSE(reader.finish());
    ASSERT_TRUE(reader.resume());
  }
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(pauses, 40000);
  EXPECT_EQ(recorder.heard, expected.heard);
}

TEST(XmlReader, FindsAnErrorAfterASuspension) {
  Recorder recorder;
  Reader reader(recorder);
  recorder.reader = &reader;
  recorder.suspend_at = "q";
  ASSERT_TRUE(reader.feed("<r><q/></wrong>"));
  ASSERT_TRUE(reader.suspended());
  EXPECT_THAT(reader.resume().error().message, HasSubstr("mismatched tag"));
  EXPECT_FALSE(reader.resume());
  EXPECT_FALSE(reader.feed("x"));
}

TEST(XmlReader, TakesNoMoreAfterAnErrorAndRepeatsIt) {
  Recorder recorder;
  Reader reader(recorder);
  const auto first = reader.feed("<a></b>");
  ASSERT_FALSE(first);
  EXPECT_EQ(reader.feed("<c/>").error().message, first.error().message);
  EXPECT_EQ(reader.finish().error().message, first.error().message);
  EXPECT_THAT(recorder.heard, ElementsAre("+a"));
}

TEST(XmlReader, CarriesAnExceptionOfTheListenerAroundTheParser) {
  Recorder recorder;
  recorder.throw_at = "b";
  Reader reader(recorder);
  EXPECT_THROW((void)reader.feed("<a><b/><c/></a>"), std::runtime_error);
  EXPECT_FALSE(reader.feed("<d/>"));
  EXPECT_THAT(recorder.heard, ElementsAre("+a", "+b"));
}

TEST(XmlReader, KnowsHowFarItGot) {
  Recorder recorder;
  Reader reader(recorder);
  const std::string document = "\n<a><b/></a>";
  ASSERT_TRUE(reader.feed(document));
  EXPECT_LE(reader.position(), document.size());
  EXPECT_GE(reader.position(), document.size() - 4);
}

// Every prefix of a document, and every document with one byte changed, ends in an answer.
TEST(XmlReader, SurvivesTruncationAndChangedBytesAnywhere) {
  const std::string document =
      "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY e \"x\"><!-- c -->]><r a='1&lt;'><s "
      "b='\xC3\xA9'>t</s><![CDATA[u]]><!-- v --></r>";
  for (std::size_t end = 0; end < document.size(); ++end) {
    EXPECT_FALSE(read(document.substr(0, end), 5).result) << end;
  }
  for (std::size_t at = 0; at < document.size(); ++at) {
    for (const char byte : {'<', '>', '&', '"', '\0', '\xFF', ']', 'x'}) {
      std::string changed = document;
      changed[at] = byte;
      const auto once = read(changed);
      const auto chunked = read(changed, 3);
      EXPECT_EQ(once.result.has_value(), chunked.result.has_value()) << at << byte;
      EXPECT_EQ(once.heard, chunked.heard) << at << byte;
    }
  }
}

}  // namespace
}  // namespace syncwell::providers::xml
