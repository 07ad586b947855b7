#include "providers/apple_health/tag_scan.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "providers/xml/xml_reader.hpp"

namespace syncwell::providers::apple_health {
namespace {

struct Seen {
  Shape shape = Shape::incomplete;
  Tag tag;
  std::vector<std::string> pairs;  // empty where the attributes are not regular
  bool regular = false;
};

Seen look(std::string text) {
  Seen seen;
  seen.shape = scan_tag(text, 0, seen.tag);
  if (seen.shape != Shape::complete || seen.tag.closing) return seen;
  const auto from = seen.tag.name_end;
  const auto to = seen.tag.attributes_end();
  seen.regular = regular_attributes(std::string_view(text).substr(from, to - from));
  if (!seen.regular) return seen;
  std::vector<const char*> pairs;
  split_attributes(text.data() + from, text.data() + to, pairs);
  for (const char* item : pairs) {
    if (item != nullptr) seen.pairs.emplace_back(item);
  }
  return seen;
}

using Pairs = std::vector<std::string>;

TEST(TagScan, SplitsAttributesAndDecodesTheirValues) {
  const auto seen =
      look("<Record a=\"x &lt;&amp;&gt; &quot;&apos; &#8217;&#x1F600;\"\n b = \"1\tz\r\ny\" c=\"\"/>rest");
  ASSERT_EQ(seen.shape, Shape::complete);
  EXPECT_TRUE(seen.tag.empty);
  EXPECT_EQ(seen.pairs, (Pairs{"a", "x <&> \"' \u2019\U0001F600", "b", "1 z y", "c", ""}));
}

TEST(TagScan, FindsTheEndBehindAngleBracketsAndApostrophesInValues) {
  EXPECT_EQ(look("<a b=\"x>y\">").pairs, (Pairs{"b", "x>y"}));
  EXPECT_EQ(look("<a b=\"Test's > Watch\" c=\"d\"/>").pairs, (Pairs{"b", "Test's > Watch", "c", "d"}));
  EXPECT_TRUE(look("</a >").tag.closing);
  EXPECT_EQ(look("<a>").tag.end, 3U);
  EXPECT_TRUE(look("<a/>").tag.empty);
}

TEST(TagScan, CallsEverythingElseIrregular) {
  for (const char* text : {"<!-- x -->", "<![CDATA[x]]>", "<?pi?>", "<a b='x>y'>", "<a b='1'/>", "<n:a b=\"1\"/>",
                           "<a b=\"<\"/>", "<a <b>", "<1a>", "< a>", "</a b=\"1\">", "<a/ >", "<\xC3\xA9>"}) {
    EXPECT_EQ(look(text).shape, Shape::irregular) << text;
  }
  for (const char* text :
       {"<a b=\"&x;\"/>", "<a b=\"& \"/>", "<a b=\"1\" b=\"2\"/>", "<a b=\"1\"c=\"2\"/>", "<a b/>", "<a =\"1\"/>",
        "<a b=1/>", "<a b=\"&#99999999;\"/>", "<a b=\"&#x;\"/>", "<a b=\"&#-5;\"/>"}) {
    EXPECT_FALSE(look(text).regular) << text;
  }
}

TEST(TagScan, WaitsForMoreOnlyWhereMoreCanHelp) {
  for (const char* text : {"<", "<a", "<a b=\"1", "<a b=\"1\"", "<a b=\"x>y", "</a", "<a b=\"1\"/"}) {
    EXPECT_EQ(look(text).shape, Shape::incomplete) << text;
  }
  EXPECT_EQ(look("<a b=\"1 c=\"2\"/>\n<d").shape, Shape::irregular);
}

// Quirk 2 and 3 of the sheet: a reference to a control character, attribute names with blanks.
TEST(TagScan, ReadsWhatOldAndForeignExportsPrint) {
  EXPECT_EQ(look("<a b=\"x&#11;y&#x0;\"/>").pairs, (Pairs{"b", "x y "}));
  EXPECT_EQ(look("<Record start Date=\"1\" end Date =\"2\"/>").pairs, (Pairs{"startDate", "1", "endDate", "2"}));
}

class Keeper final : public xml::Listener {
 public:
  void start_element(std::string_view, const xml::Attributes& attributes) override {
    for (const char* name : {"a", "b", "c"}) {
      if (const auto value = attributes.get(name)) values[name] = *value;
    }
  }
  void end_element(std::string_view, std::string_view) override {}
  std::map<std::string, std::string> values;
};

// What the fast way calls regular, expat reads, and reads alike.
RC_GTEST_PROP(TagScan, AgreesWithExpatOnEveryRegularTag, ()) {
  static const std::vector<std::string> tokens = {" a=\"",  " b=\"", "\"",    "\" c=\"", "&lt;", "&amp;", "&#10;",
                                                  "&#x41;", "x",     " ",     "\n",      "'",    ">",     "&",
                                                  "\r\n",   "\t",    "&bad;", "=",       "/"};
  const auto picks = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, tokens.size()));
  std::string text = "<e";
  for (const auto pick : picks) text += tokens[pick];
  text += "/>";
  const auto seen = look(text);
  if (!seen.regular || seen.tag.end != text.size()) return;
  Keeper keeper;
  xml::Reader reader(keeper);
  RC_ASSERT(reader.feed(text).has_value());
  RC_ASSERT(reader.finish().has_value());
  RC_ASSERT(keeper.values.size() * 2 == seen.pairs.size());
  for (std::size_t i = 0; i < seen.pairs.size(); i += 2) RC_ASSERT(keeper.values[seen.pairs[i]] == seen.pairs[i + 1]);
}

}  // namespace
}  // namespace syncwell::providers::apple_health
