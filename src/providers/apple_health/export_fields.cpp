#include "providers/apple_health/export_fields.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace syncwell::providers::apple_health {
namespace {

// Value of exactly `count` digits; -1 for anything else.
int digits(std::string_view text, std::size_t from, std::size_t count) {
  int value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct DateParts {
  int year, month, day, hour, minute, second;
  char sign;
  int offset_hours, offset_minutes;
};

std::optional<Instant> instant_of(const DateParts& parts) {
  using std::chrono::day;
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::month;
  using std::chrono::seconds;
  using std::chrono::sys_days;
  using std::chrono::year;
  using std::chrono::year_month_day;
  if (parts.year < 0 || parts.month < 0 || parts.day < 0 || parts.hour < 0 || parts.minute < 0 || parts.second < 0 ||
      parts.offset_hours < 0 || parts.offset_minutes < 0) {
    return std::nullopt;
  }
  const year_month_day date{year{parts.year}, month{static_cast<unsigned>(parts.month)},
                            day{static_cast<unsigned>(parts.day)}};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60 || parts.offset_minutes > 59) {
    return std::nullopt;
  }
  if (parts.sign != '+' && parts.sign != '-') return std::nullopt;
  const seconds east = hours{parts.offset_hours} + minutes{parts.offset_minutes};
  if (east > max_utc_offset) return std::nullopt;
  const Instant local = sys_days{date} + hours{parts.hour} + minutes{parts.minute} + seconds{parts.second};
  return parts.sign == '+' ? local - east : local + east;
}

constexpr std::array<std::string_view, 10> device_keys = {
    "name",    "manufacturer", "model", "hardware", "firmware", "software", "localIdentifier", "UDIDeviceIdentifier",
    "FDA UDI", "creation date"};

// The key that begins at `at`, after ", " or at the front; nullopt where text of a value goes on.
std::optional<std::string_view> key_at(std::string_view text, std::size_t at) {
  for (const std::string_view key : device_keys) {
    if (text.substr(at).starts_with(key) && text.size() > at + key.size() && text[at + key.size()] == ':') return key;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Instant> parse_export_date(std::string_view text) {
  if (text.size() == 25 && text[4] == '-' && text[7] == '-' && (text[10] == ' ' || text[10] == 'T') &&
      text[13] == ':' && text[16] == ':' && text[19] == ' ') {
    return instant_of({digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2), digits(text, 11, 2),
                       digits(text, 14, 2), digits(text, 17, 2), text[20], digits(text, 21, 2), digits(text, 23, 2)});
  }
  if (text.size() == 19 && text[4] != '-') {
    return instant_of({digits(text, 0, 4), digits(text, 4, 2), digits(text, 6, 2), digits(text, 8, 2),
                       digits(text, 10, 2), digits(text, 12, 2), text[14], digits(text, 15, 2), digits(text, 17, 2)});
  }
  const auto moment = parse_rfc3339(text);
  if (!moment || !moment->offset) return std::nullopt;
  return moment->at;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

void append_normalised(std::string& to, std::string_view value) {
  const auto number = parse_number(value);
  if (!number) {
    to.append(value);
    return;
  }
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), *number);
  to.append(text.data(), end);
}

Device parse_device(std::string_view text) {
  std::array<std::string_view, device_keys.size()> values{};
  if (text.ends_with('>')) text.remove_suffix(1);
  constexpr std::string_view separator = ", ";
  std::size_t at = 0;
  while (at < text.size()) {
    const auto key = key_at(text, at);
    std::size_t next = text.find(separator, at);
    // A separator counts only where a known key follows: "hardware:Watch6,12", "manufacturer:Acme, Inc.".
    while (next != std::string_view::npos && !key_at(text, next + separator.size())) {
      next = text.find(separator, next + separator.size());
    }
    const std::size_t end = std::min(next, text.size());
    if (key) {
      const auto index = static_cast<std::size_t>(std::ranges::find(device_keys, *key) - device_keys.begin());
      const std::size_t begin = at + key->size() + 1;
      values[index] = text.substr(begin, end - begin);
    }
    if (next == std::string_view::npos) break;
    at = next + separator.size();
  }
  Device device;
  device.manufacturer = values[1];
  device.model = values[2].empty() ? values[0] : values[2];
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].empty()) device.normalised.append(device_keys[i]).append(":").append(values[i]).append("\n");
  }
  return device;
}

void Identity::add(std::string_view field) {
  for (int shift = 0; shift < 32; shift += 8) fields_ += static_cast<char>((field.size() >> shift) & 0xFF);
  fields_.append(field);
}

void Identity::add(Instant instant) {
  auto count = static_cast<std::uint64_t>(instant.time_since_epoch().count());
  for (int i = 0; i < 8; ++i, count >>= 8) fields_ += static_cast<char>(count & 0xFF);
}

Identity::Bytes Identity::bytes() const {
  static const bool ready = sodium_init() >= 0;
  Bytes hash{};
  if (!ready || crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(fields_.data()),
                                   fields_.size(), nullptr, 0) != 0) {
    throw std::logic_error("libsodium cannot hash");
  }
  return hash;
}

std::string to_hex(const Identity::Bytes& bytes) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += alphabet[byte >> 4];
    text += alphabet[byte & 15];
  }
  return text;
}

}  // namespace syncwell::providers::apple_health
