#include "adapters/sqlite/item_codec.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <cmath>

namespace syncwell::sqlite {

namespace json = boost::json;

namespace {

constexpr char position_mark = '\xff';

Result<void> check_part(std::string_view part, std::string_view name, bool may_be_empty) {
  if (part.empty() && !may_be_empty) return fail(ErrorCode::invalid_argument, fmt::format("the {} is empty", name));
  if (part.size() > store::max_key_bytes) {
    return fail(ErrorCode::too_large, fmt::format("the {} is longer than {} bytes", name, store::max_key_bytes));
  }
  return {};
}

Result<void> check_value(const json::value& value, std::size_t depth) {
  if (depth > store::max_attribute_depth) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the attributes are nested deeper than {} levels", store::max_attribute_depth));
  }
  if (value.is_double() && !std::isfinite(value.get_double())) {
    return fail(ErrorCode::invalid_argument, "an attribute is a number that JSON cannot carry (not finite)");
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (auto checked = check_value(member.value(), depth + 1); !checked) return checked;
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) {
      if (auto checked = check_value(element, depth + 1); !checked) return checked;
    }
  }
  return {};
}

void append_part(std::string& bytes, std::string_view part) {
  for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(part.size() >> shift & 0xff);
  bytes += part;
}

bool take_part(std::string_view& bytes, std::string& part) {
  if (bytes.size() < 4) return false;
  std::size_t size = 0;
  for (unsigned i = 0; i < 4; ++i) size |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  bytes.remove_prefix(4);
  if (bytes.size() < size) return false;
  part = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return true;
}

}  // namespace

Result<void> check_key(const store::Key& key) {
  if (auto checked = check_part(key.partition, "partition key", false); !checked) return checked;
  return check_part(key.sort, "sort key", false);
}

Result<void> check_indexes(const std::vector<store::IndexEntry>& indexes) {
  if (indexes.size() > store::max_item_indexes) {
    return fail(ErrorCode::too_large, fmt::format("an item is in at most {} indexes", store::max_item_indexes));
  }
  for (auto entry = indexes.begin(); entry != indexes.end(); ++entry) {
    if (auto checked = check_part(entry->index, "name of an index", false); !checked) return checked;
    if (auto checked = check_part(entry->partition, "partition key in an index", false); !checked) return checked;
    if (auto checked = check_part(entry->sort, "sort key in an index", true); !checked) return checked;
    for (auto earlier = indexes.begin(); earlier != entry; ++earlier) {
      if (earlier->index == entry->index) {
        return fail(ErrorCode::invalid_argument, "an item appears in an index once at most");
      }
    }
  }
  return {};
}

Result<std::string> encode_attributes(const json::object& attributes) {
  for (const auto& member : attributes) {
    if (auto checked = check_value(member.value(), 1); !checked) return fail(std::move(checked.error()));
  }
  return json::serialize(attributes);
}

Result<json::object> decode_attributes(std::string_view text) {
  json::parse_options options;
  options.max_depth = store::max_attribute_depth + 1;
  options.allow_invalid_utf8 = true;  // texts come back as they were put
  json::error_code error;
  json::value value = json::parse(text, error, json::storage_ptr(), options);
  if (error || !value.is_object()) {
    return fail(ErrorCode::storage_failed, "an item in the data file is damaged; restore a backup");
  }
  return std::move(value.get_object());
}

std::string encode_indexes(const std::vector<store::IndexEntry>& indexes) {
  std::string bytes;
  for (const auto& entry : indexes) {
    append_part(bytes, entry.index);
    append_part(bytes, entry.partition);
    append_part(bytes, entry.sort);
  }
  return bytes;
}

Result<std::vector<store::IndexEntry>> decode_indexes(std::string_view bytes) {
  std::vector<store::IndexEntry> indexes;
  while (!bytes.empty()) {
    auto& entry = indexes.emplace_back();
    if (!take_part(bytes, entry.index) || !take_part(bytes, entry.partition) || !take_part(bytes, entry.sort)) {
      return fail(ErrorCode::storage_failed, "an item's index entries in the data file are damaged; restore a backup");
    }
  }
  return indexes;
}

store::Key encode_index_position(std::string_view index_sort, const store::Key& key) {
  return store::Key{fmt::format("{}{}:{}{}", position_mark, index_sort.size(), index_sort, key.partition), key.sort};
}

std::optional<IndexPosition> decode_index_position(const store::Key& token) {
  std::string_view text = token.partition;
  if (text.empty() || text.front() != position_mark) return std::nullopt;
  text.remove_prefix(1);
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end == text.data() + text.size() || *end != ':') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  if (text.size() < size) return std::nullopt;
  return IndexPosition{std::string(text.substr(0, size)), store::Key{std::string(text.substr(size)), token.sort}};
}

}  // namespace syncwell::sqlite
