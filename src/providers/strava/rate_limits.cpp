#include "providers/strava/rate_limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view all_short = "application_per_15_minutes";
constexpr std::string_view all_day = "application_per_day";
constexpr std::string_view reads_short = "application_reads_per_15_minutes";
constexpr std::string_view reads_day = "application_reads_per_day";

std::optional<std::uint32_t> number(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(' ') - first + 1);
  std::uint32_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Pair {
  std::optional<std::uint32_t> short_window;
  std::optional<std::uint32_t> day;
};

Pair read_pair(const net::Response& response, std::string_view name) {
  const auto text = response.headers.get(name);
  const auto comma = text ? text->find(',') : std::string_view::npos;
  if (comma == std::string_view::npos) return {};
  return {number(text->substr(0, comma)), number(text->substr(comma + 1))};
}

void add(std::vector<RateFeedback>& feedback, std::string_view rule, const std::optional<std::uint32_t>& used,
         const std::optional<std::uint32_t>& limit) {
  if (used && limit && *limit > 0) feedback.push_back({std::string(rule), *used, *limit});
}

bool is_used_up(const RateFeedback& feedback) { return feedback.used >= feedback.limit; }

}  // namespace

std::vector<RateRule> rate_rules() {
  return {
      {std::string(all_short), RateScope::application, 200, 15min, true, false},
      {std::string(all_day), RateScope::application, 2000, 24h, true, false},
      {std::string(reads_short), RateScope::application, 100, 15min, true, true},
      {std::string(reads_day), RateScope::application, 1000, 24h, true, true},
  };
}

std::vector<RateFeedback> rate_feedback(const net::Response& response) {
  std::vector<RateFeedback> feedback;
  const Pair limit = read_pair(response, "X-RateLimit-Limit");
  const Pair usage = read_pair(response, "X-RateLimit-Usage");
  add(feedback, all_short, usage.short_window, limit.short_window);
  add(feedback, all_day, usage.day, limit.day);
  const Pair read_limit = read_pair(response, "X-ReadRateLimit-Limit");
  const Pair read_usage = read_pair(response, "X-ReadRateLimit-Usage");
  add(feedback, reads_short, read_usage.short_window, read_limit.short_window);
  add(feedback, reads_day, read_usage.day, read_limit.day);
  return feedback;
}

Error error_of(const net::Response& response, Instant now) {
  Error error = classify(response, "strava", now);
  if (error.code != ErrorCode::rate_limited || error.retry_after) return error;
  const auto feedback = rate_feedback(response);
  const bool day_used_up = std::ranges::any_of(feedback, [](const RateFeedback& item) {
    return is_used_up(item) && (item.rule == all_day || item.rule == reads_day);
  });
  const Duration window = day_used_up ? Duration{24h} : Duration{15min};
  const Duration into_window = now.time_since_epoch() % window;
  error.retry_after = window - into_window;
  return error;
}

}  // namespace syncwell::providers::strava
