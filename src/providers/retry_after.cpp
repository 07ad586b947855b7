#include "providers/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace syncwell::providers {
namespace {

constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "Sun, 06 Nov 1994 08:49:37 GMT" and "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994" hold the same
// five numbers and a month's name, in different order.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto first = text.find_first_not_of(" ,-:");
    if (first == std::string_view::npos) break;
    text.remove_prefix(first);
    const auto last = std::min(text.find_first_of(" ,-:"), text.size());
    words.push_back(text.substr(0, last));
    text.remove_prefix(last);
  }
  return words;
}

std::optional<int> number(std::string_view text, std::size_t max_digits) {
  if (text.empty() || text.size() > max_digits || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<Instant> parse_http_date(std::string_view text, Instant now) {
  const auto words = words_of(text);
  const bool asctime = words.size() == 7 && !is_digit(words[1].front());
  if (!asctime && (words.size() != 8 || words[7] != "GMT")) return std::nullopt;
  const auto day = number(words[asctime ? 2 : 1], 2);
  const auto month = std::ranges::find(months, words[asctime ? 1 : 2]);
  const std::string_view year_text = words[asctime ? 6 : 3];
  auto year = number(year_text, 4);
  const std::size_t clock = asctime ? 3 : 4;
  const auto hour = number(words[clock], 2);
  const auto minute = number(words[clock + 1], 2);
  const auto second = number(words[clock + 2], 2);
  if (!day || month == months.end() || !year || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  if (year_text.size() == 2) {
    // RFC 9110, section 5.6.7: a two-digit year that looks more than 50 years ahead is in the past.
    const int this_year =
        static_cast<int>(std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(now)}.year());
    *year += this_year - this_year % 100;
    if (*year > this_year + 50) *year -= 100;
  }
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(month - months.begin()) + 1},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second};
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view text, Instant now) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  if (std::ranges::all_of(text, is_digit)) {
    constexpr std::size_t digits_that_fit = 9;  // more seconds than the maximum anyway
    const auto seconds = number(text, digits_that_fit);
    return seconds ? std::min(Duration{std::chrono::seconds{*seconds}}, max_retry_after) : max_retry_after;
  }
  const auto date = parse_http_date(text, now);
  if (!date) return std::nullopt;
  return std::clamp(Duration{*date - now}, Duration{0}, max_retry_after);
}

}  // namespace syncwell::providers
