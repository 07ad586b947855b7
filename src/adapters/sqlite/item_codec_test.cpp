#include "adapters/sqlite/item_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/sqlite/queue_statements.hpp"

namespace syncwell::sqlite {
namespace {

using store::IndexEntry;

RC_GTEST_PROP(ItemCodec, IndexEntriesComeBack, (const std::vector<std::array<std::string, 3>>& texts)) {
  std::vector<IndexEntry> entries;
  for (const auto& [index, partition, sort] : texts) entries.push_back({index, partition, sort});
  const auto back = decode_indexes(encode_indexes(entries));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == entries);
}

RC_GTEST_PROP(ItemCodec, DamagedIndexEntriesAreReported, (const std::string& bytes)) {
  const auto entries = decode_indexes(bytes);
  if (entries) {
    RC_ASSERT(encode_indexes(*entries) == bytes);
  } else {
    RC_ASSERT(entries.error().code == ErrorCode::storage_failed);
  }
}

RC_GTEST_PROP(ItemCodec, IndexPositionsComeBack,
              (const std::string& index_sort, const std::string& partition, const std::string& sort)) {
  const auto position = decode_index_position(encode_index_position(index_sort, {partition, sort}));
  RC_ASSERT(position.has_value());
  RC_ASSERT(position->index_sort == index_sort);
  RC_ASSERT(position->key == (store::Key{partition, sort}));
}

TEST(ItemCodec, AKeyIsNoIndexPosition) {
  for (const char* partition : {"", "user#1", "\xff",
                                "\xff"
                                "5",
                                "\xff"
                                "9:short",
                                "\xff:", "\xff-1:x"}) {
    EXPECT_FALSE(decode_index_position({partition, "s"})) << partition;
  }
}

TEST(ItemCodec, TextsThatAreNoUtf8ComeBack) {
  boost::json::object attributes;
  attributes["text"] = "\xff\xc3";
  const auto text = encode_attributes(attributes);
  ASSERT_TRUE(text);
  EXPECT_EQ(decode_attributes(*text).value(), attributes);
}

TEST(ItemCodec, DamagedAttributesAreReported) {
  for (const char* text : {"", "[]", "{", "null", "{\"a\":}"}) {
    const auto attributes = decode_attributes(text);
    ASSERT_FALSE(attributes) << text;
    EXPECT_EQ(attributes.error().code, ErrorCode::storage_failed);
  }
}

RC_GTEST_PROP(Receipt, ComesBackFromItsText, (std::int64_t id, const Token& token)) {
  id &= INT64_MAX;
  const auto back = parse_receipt(receipt_text({id, token}));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->id == id);
  RC_ASSERT(back->token == token);
}

RC_GTEST_PROP(Receipt, OtherTextsAreNone, (const std::string& text)) {
  const auto receipt = parse_receipt(text);
  if (receipt) RC_ASSERT(receipt_text(*receipt) == text);
}

}  // namespace
}  // namespace syncwell::sqlite
