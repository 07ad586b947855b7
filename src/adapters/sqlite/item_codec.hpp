// How an item's parts lie in the data file. Attributes are their JSON text. Index entries are one blob: for each entry
// index, partition and sort, each as a 32-bit little-endian length and its bytes.
#pragma once

#include <boost/json/object.hpp>

#include "store/table.hpp"

namespace syncwell::sqlite {

// Checks keys, sizes and nesting of an item that is to be put. too_large, invalid_argument.
[[nodiscard]] Result<void> check_key(const store::Key& key);
[[nodiscard]] Result<void> check_indexes(const std::vector<store::IndexEntry>& indexes);
// invalid_argument for what JSON cannot carry: numbers that are not finite, nesting past max_attribute_depth.
[[nodiscard]] Result<std::string> encode_attributes(const boost::json::object& attributes);
[[nodiscard]] Result<boost::json::object> decode_attributes(std::string_view text);

[[nodiscard]] std::string encode_indexes(const std::vector<store::IndexEntry>& indexes);
[[nodiscard]] Result<std::vector<store::IndexEntry>> decode_indexes(std::string_view bytes);

// The `next` of a page over an index also tells the sort key in the index, because the item may have left the index
// when the next page is read: its partition is "\xff<length>:<index sort key><partition>". The byte 0xff begins no
// UTF-8 text, so that no partition of ours looks like it.
[[nodiscard]] store::Key encode_index_position(std::string_view index_sort, const store::Key& key);
struct IndexPosition {
  std::string index_sort;
  store::Key key;
};
[[nodiscard]] std::optional<IndexPosition> decode_index_position(const store::Key& token);

}  // namespace syncwell::sqlite
