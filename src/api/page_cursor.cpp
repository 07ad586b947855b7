#include "api/page_cursor.hpp"

#include <sodium.h>

#include <charconv>

namespace syncwell::api {
namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

std::string to_cursor(const store::Key& key) {
  const std::string text = key.partition + '\n' + key.sort;
  std::string encoded(sodium_base64_ENCODED_LEN(text.size(), variant), '\0');
  sodium_bin2base64(encoded.data(), encoded.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                    variant);
  encoded.resize(encoded.find('\0'));
  return encoded;
}

Result<PageRequest> page_request(const net::Target& target) {
  PageRequest page;
  if (const auto limit = target.parameter("limit")) {
    const auto [end, error] = std::from_chars(limit->data(), limit->data() + limit->size(), page.limit);
    if (error != std::errc{} || end != limit->data() + limit->size() || page.limit == 0 || page.limit > max_page_items)
      return fail(ErrorCode::invalid_argument, "limit must be a number from 1 to 200");
  }
  const auto after = target.parameter("after");
  if (!after) return page;
  std::string text(after->size(), '\0');
  std::size_t size = 0;
  const bool decoded = after->size() <= max_cursor_bytes &&
                       sodium_base642bin(reinterpret_cast<unsigned char*>(text.data()), text.size(), after->data(),
                                         after->size(), nullptr, &size, nullptr, variant) == 0;
  text.resize(size);
  const auto line = text.find('\n');
  if (!decoded || line == std::string::npos || line == 0)
    return fail(ErrorCode::invalid_argument, "after must be the \"next\" of an earlier page of this list");
  page.after = store::Key{text.substr(0, line), text.substr(line + 1)};
  return page;
}

}  // namespace syncwell::api
