#include "providers/xml/input_filter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace syncwell::providers::xml {
namespace {

// What expat would see when the document arrives in chunks of `chunk` bytes.
Result<std::string> filtered(std::string_view document, std::size_t chunk) {
  InputFilter filter;
  std::string carried;
  std::string seen;
  while (true) {
    const std::string_view piece = document.substr(0, chunk);
    document.remove_prefix(piece.size());
    const bool final = document.empty();
    carried.append(piece);
    const auto ready = filter.filter(carried.data(), carried.size(), final);
    if (!ready) return fail(ready.error());
    seen.append(carried, ready->drop, ready->end - ready->drop);
    carried.erase(0, ready->end);
    if (final) break;
  }
  EXPECT_TRUE(carried.empty());
  return seen;
}

std::string squeezed(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  return text;
}

constexpr std::size_t whole = 1 << 20;

// Quirk 1 of the Apple sheet, PROV-8: every shape of declaration disappears, at any chunk size.
TEST(InputFilter, RemovesDocumentTypeDeclarationsOfEveryShapeAtEveryChunkSize) {
  const std::vector<std::string> declarations = {
      "<!DOCTYPE a>",
      "<!DOCTYPE a SYSTEM \"http://x/>[\">",
      "<!DOCTYPE a [ ]>",
      "<!DOCTYPE a[<!ELEMENT a EMPTY>]\n >",
      "<!DOCTYPE a [<!-- ]> it's \" --><!ENTITY b \"]><c>\">]>",
      "<!DOCTYPE a [<?pi ]> ' ?><!ENTITY b 'x'>%p;]>",
      "<!DOCTYPE a [<!ATTLIST a b CDATA #IMPLIED\n<!ELEMENT b EMPTY>]>",   // missing ">" (iOS 16)
      "<!DOCTYPE a [<!ENTITY b \"never closed>\n]>\n",                     // missing quote
      "<!DOCTYPE a [<!ELEMENT a EMPTY>\n",                                 // missing "]>"
      "<!DOCTYPE a [ ] <!ELEMENT b ANY> ]>",                               // stray "]"
      "<!DOCTYPE a><!-- <!DOCTYPE --><!DOCTYPE a [<!ENTITY l \"lol\">]>",  // two
  };
  for (const auto& declaration : declarations) {
    for (std::size_t chunk = 1; chunk <= declaration.size() + 40; ++chunk) {
      const auto seen = filtered("<?xml version=\"1.0\"?>" + declaration + "<a>]></a>", chunk);
      ASSERT_TRUE(seen) << declaration << " in chunks of " << chunk << ": " << seen.error().message;
      const std::string expected = declaration.find("--><!DOCTYPE") != std::string::npos
                                       ? "<?xmlversion=\"1.0\"?><!--<!DOCTYPE--><a>]></a>"
                                       : "<?xmlversion=\"1.0\"?><a>]></a>";
      ASSERT_EQ(squeezed(*seen), expected) << declaration << " in chunks of " << chunk;
    }
  }
}

TEST(InputFilter, KeepsPositionsByReplacingByteForByte) {
  const std::string document = "<!DOCTYPE a [\n<!ENTITY b 'c'>\r\n]>\n<a/>";
  const auto seen = filtered(document, whole);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->size(), document.size());
  EXPECT_EQ(seen->find("<a/>"), document.find("<a/>"));
  EXPECT_EQ(std::count(seen->begin(), seen->end(), '\n'), 3);
}

TEST(InputFilter, LeavesDoctypeInsideTheContentToTheParser) {
  const std::string document = "<a><![CDATA[<!DOCTYPE a [>]]></a>";
  EXPECT_EQ(filtered(document, 3).value(), document);
}

TEST(InputFilter, RefusesADoctypePastItsMaximumAndOneWithoutEnd) {
  const std::string head = "<!DOCTYPE a [<!--";
  EXPECT_TRUE(filtered(head + std::string(max_doctype_bytes - 40, 'x') + "-->]><a/>", 4096));
  const auto longer = filtered(head + std::string(max_doctype_bytes + 1, 'x') + "-->]><a/>", 4096);
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::unreadable_input);
  EXPECT_FALSE(filtered("<!DOCTYPE a [", 5));
  EXPECT_FALSE(filtered("<!DOCTYPE a [<!-- ", 5));
}

TEST(InputFilter, DropsByteOrderMarkAndLeadingBlanksAndCountsThem) {
  InputFilter filter;
  std::string document = "\xEF\xBB\xBF \n\n<a/>";
  const auto ready = filter.filter(document.data(), document.size(), true);
  ASSERT_TRUE(ready);
  EXPECT_EQ(document.substr(ready->drop), "<a/>");
  EXPECT_EQ(filter.dropped_bytes(), 6U);
  EXPECT_EQ(filter.dropped_lines(), 2U);
  for (std::size_t chunk = 1; chunk < 12; ++chunk) EXPECT_EQ(filtered("\xEF\xBB\xBF \n <a/>", chunk).value(), "<a/>");
}

TEST(InputFilter, RefusesUtf16InBothOrders) {
  using namespace std::string_literals;
  for (const auto& document : {"\xFF\xFE<\0a\0"s, "\xFE\xFF\0<\0a"s, "<\0?\0x\0"s, "\0<\0?\0x"s}) {
    const auto seen = filtered(document, 1);
    ASSERT_FALSE(seen);
    EXPECT_NE(seen.error().message.find("UTF-16"), std::string::npos);
  }
}

// Quirk 2: control characters in names must not end the import.
TEST(InputFilter, ReplacesControlCharactersAndInvalidUtf8) {
  EXPECT_EQ(filtered("<a>x\x0By\x01\tz\x7F</a>", 2).value(), "<a>x y \tz\x7F</a>");
  EXPECT_EQ(filtered("<a>\xC3\xA9\xFF\xC3|\xED\xA0\x80|\xEF\xBF\xBF|\xC0\xAF|\xF0\x9F\x98\x80</a>", 1).value(),
            "<a>\xC3\xA9??|???|???|??|\xF0\x9F\x98\x80</a>");
  EXPECT_EQ(filtered("<a>\xE2\x80", 1).value(), "<a>??");
  const std::string latin = "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>";
  EXPECT_EQ(filtered(latin, 7).value(), latin);
}

// Whatever the chunks, the parser sees the same bytes, and never a forbidden one.
RC_GTEST_PROP(InputFilter, ResultDoesNotDependOnTheChunks, ()) {
  static const std::vector<std::string> tokens = {
      "<!DOCTYPE a", "[",         "]",           ">",    "]>",
      "'",           "\"",        "<!--",        "-->",  "<?xml version='1.0'?>",
      "?>",          "<a",        "<!ENTITY x ", "\n",   " ",
      "\xEF\xBB",    "a",         "\xBF",        "\x0B", "<a>",
      "</a>",        "<![CDATA[", "<?",          "<!",   "&lol;"};
  const auto picks = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, tokens.size()));
  std::string document;
  for (const auto pick : picks) document += tokens[pick];
  const auto expected = filtered(document, whole);
  for (const std::size_t chunk : {1U, 2U, 3U, 7U}) {
    const auto seen = filtered(document, chunk);
    RC_ASSERT(seen.has_value() == expected.has_value());
    if (!seen) continue;
    RC_ASSERT(*seen == *expected);
    for (const char c : *seen) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t');
  }
}

}  // namespace
}  // namespace syncwell::providers::xml
