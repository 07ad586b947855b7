#include "model/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <iterator>

namespace syncwell::model {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view unknown_offset = "-00:00";
constexpr std::string_view replacement_character = "\xef\xbf\xbd";

// Length of the well-formed UTF-8 sequence at the start of `text`, or minus the length of its longest well-formed
// beginning (at least one byte). Table 3-7 of the Unicode Standard.
int sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  int length = 0;
  unsigned char second_low = 0x80;
  unsigned char second_high = 0xbf;
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) second_low = 0xa0;   // overlong
    if (lead == 0xed) second_high = 0x9f;  // surrogates
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) second_low = 0x90;   // overlong
    if (lead == 0xf4) second_high = 0x8f;  // over U+10FFFF
  } else {
    return -1;
  }
  for (int i = 1; i < length; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const unsigned char low = i == 1 ? second_low : 0x80;
    const unsigned char high = i == 1 ? second_high : 0xbf;
    if (index >= text.size() || byte(index) < low || byte(index) > high) return -i;
  }
  return length;
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void append_escaped(std::string& json, char c) {
  switch (c) {
    case '"':
      json += "\\\"";
      return;
    case '\\':
      json += "\\\\";
      return;
    case '\n':
      json += "\\n";
      return;
    case '\r':
      json += "\\r";
      return;
    case '\t':
      json += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(c));
      return;
  }
}

template <class Number>
void append_number(std::string& json, Number value) {
  if (!std::isfinite(value)) {  // no JSON number; a reader names the member
    json += "null";
    return;
  }
  fmt::format_to(std::back_inserter(json), "{}", value == Number{0} ? Number{0} : value);
}

// Two digits.
void append_pair(std::string& json, int value) {
  json += static_cast<char>('0' + value / 10 % 10);
  json += static_cast<char>('0' + value % 10);
}

void append_local(std::string& json, Instant local) {
  const auto days = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{local - days};
  const int year = static_cast<int>(date.year());
  append_pair(json, year / 100);
  append_pair(json, year);
  json += '-';
  append_pair(json, static_cast<int>(static_cast<unsigned>(date.month())));
  json += '-';
  append_pair(json, static_cast<int>(static_cast<unsigned>(date.day())));
  json += 'T';
  append_pair(json, static_cast<int>(clock.hours().count()));
  json += ':';
  append_pair(json, static_cast<int>(clock.minutes().count()));
  json += ':';
  append_pair(json, static_cast<int>(clock.seconds().count()));
  if (const auto milliseconds = static_cast<int>(clock.subseconds().count()); milliseconds != 0) {
    json += '.';
    json += static_cast<char>('0' + milliseconds / 100);
    append_pair(json, milliseconds);
  }
}

}  // namespace

void append_json_string(std::string& json, std::string_view text) {
  json += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    json += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const int length = sequence_length(text);
    if (length == 1) {
      append_escaped(json, text.front());
    } else {
      json += length > 0 ? text.substr(0, static_cast<std::size_t>(length)) : replacement_character;
    }
    text.remove_prefix(static_cast<std::size_t>(std::abs(length)));
  }
  json += '"';
}

void append_json_number(std::string& json, double value) { append_number(json, value); }
void append_json_number(std::string& json, float value) { append_number(json, value); }

void append_json_date_time(std::string& json, Moment moment) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(moment.offset.value_or(UtcOffset{}).east);
  json += '"';
  append_local(json, moment.at + minutes);
  if (!moment.offset) {
    json += unknown_offset;
  } else if (minutes == 0min) {
    json += 'Z';
  } else {
    const auto count = static_cast<int>(std::chrono::abs(minutes).count());
    json += minutes < 0min ? '-' : '+';
    append_pair(json, count / 60);
    json += ':';
    append_pair(json, count % 60);
  }
  json += '"';
}

void append_json_date_time(std::string& json, Instant instant) {
  append_json_date_time(json, Moment{instant, UtcOffset{}});
}

std::optional<Moment> parse_json_date_time(std::string_view text) {
  if (text.ends_with(unknown_offset)) {
    text.remove_suffix(unknown_offset.size());
    const auto moment = parse_rfc3339(text);
    if (!moment || moment->offset) return std::nullopt;  // two offsets
    return moment;
  }
  const auto moment = parse_rfc3339(text);
  if (!moment || !moment->offset) return std::nullopt;
  return moment;
}

}  // namespace syncwell::model
