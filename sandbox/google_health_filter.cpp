#include "sandbox/google_health_filter.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace syncwell::sandbox {
namespace {

using namespace std::chrono_literals;

struct Member {
  std::string_view suffix;  // after "{type}."
  FilterField field;
  enum class Literal { timestamp, civil, date } literal;
  bool at_least_only = false;
};

constexpr Member start_time{"interval.start_time", FilterField::start_time, Member::Literal::timestamp};
constexpr Member civil_start{"interval.civil_start_time", FilterField::civil_start_time, Member::Literal::civil};

std::vector<Member> members_of(PointKind kind) {
  switch (kind) {
    case PointKind::interval:
      return {start_time, civil_start};
    case PointKind::sample:
      return {{"sample_time.physical_time", FilterField::start_time, Member::Literal::timestamp},
              {"sample_time.civil_time", FilterField::civil_start_time, Member::Literal::civil}};
    case PointKind::daily:
      return {{"date", FilterField::civil_start_time, Member::Literal::date}};
    case PointKind::session:
      return {civil_start};
    case PointKind::sleep:
      return {{"interval.end_time", FilterField::end_time, Member::Literal::timestamp},
              {"interval.civil_end_time", FilterField::civil_end_time, Member::Literal::civil}};
    case PointKind::electrocardiogram:
      return {{"interval.start_time", FilterField::start_time, Member::Literal::timestamp, true}};
  }
  return {};
}

// Cuts the grammar's tokens off the front of a text.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) { skip_blanks(); }

  [[nodiscard]] bool done() const { return rest_.empty(); }

  std::optional<std::string_view> take_name() {
    std::size_t length = 0;
    while (length < rest_.size() && is_name_character(rest_[length])) ++length;
    return length == 0 ? std::nullopt : std::optional(cut(length));
  }

  std::optional<std::string_view> take_operator() {
    for (const std::string_view candidate : {">=", "<=", "!=", "<", ">", "=", ":"}) {
      if (rest_.starts_with(candidate)) return cut(candidate.size());
    }
    return std::nullopt;
  }

  std::optional<std::string_view> take_quoted() {
    if (!rest_.starts_with('"')) return std::nullopt;
    const auto end = rest_.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    return cut(end + 1).substr(1, end - 1);
  }

 private:
  static bool is_name_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  }
  std::string_view cut(std::size_t length) {
    const std::string_view token = rest_.substr(0, length);
    rest_.remove_prefix(length);
    skip_blanks();
    return token;
  }
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

bool is_date(std::string_view text) { return text.size() == 10; }

std::expected<Instant, FilterFault> parse_literal(Member::Literal kind, std::string_view text) {
  if (kind == Member::Literal::timestamp) {
    const auto moment = parse_rfc3339(text);
    if (!moment || !moment->offset) return std::unexpected(FilterFault::timestamp_format);
    return moment->at;
  }
  if (kind == Member::Literal::date && !is_date(text)) return std::unexpected(FilterFault::civil_format);
  const auto moment = parse_rfc3339(is_date(text) ? std::string(text) + "T00:00:00" : std::string(text));
  if (!moment || moment->offset) return std::unexpected(FilterFault::civil_format);
  return moment->at;
}

std::expected<FilterComparison, FilterFault> parse_comparison(const GoogleHealthType& type, Tokens& tokens) {
  const auto name = tokens.take_name();
  const auto operation = tokens.take_operator();
  const auto literal = tokens.take_quoted();
  if (!name || !operation || !literal) return std::unexpected(FilterFault::syntax);
  const std::string prefix = type.snake_case() + ".";
  if (!name->starts_with(prefix)) return std::unexpected(FilterFault::member);
  const auto members = members_of(type.kind);
  const auto member = std::ranges::find(members, name->substr(prefix.size()), &Member::suffix);
  if (member == members.end()) return std::unexpected(FilterFault::member);
  const bool at_least = *operation == ">=";
  if (!at_least && (*operation != "<" || member->at_least_only)) return std::unexpected(FilterFault::member);
  const auto value = parse_literal(member->literal, *literal);
  if (!value) return std::unexpected(value.error());
  return FilterComparison{member->field, at_least, *value};
}

Instant field_of(FilterField field, const PointTimes& times) {
  switch (field) {
    case FilterField::start_time:
      return times.start;
    case FilterField::end_time:
      return times.end;
    case FilterField::civil_start_time:
      return times.civil_start;
    case FilterField::civil_end_time:
      return times.civil_end;
  }
  return {};
}

}  // namespace

bool PointFilter::accepts(const PointTimes& times) const {
  return std::ranges::all_of(comparisons, [&](const FilterComparison& comparison) {
    const Instant value = field_of(comparison.field, times);
    return comparison.at_least ? value >= comparison.value : value < comparison.value;
  });
}

TimeRange PointFilter::start_bounds() const {
  TimeRange bounds{min_instant, max_instant};
  for (const FilterComparison& comparison : comparisons) {
    const bool is_end = comparison.field == FilterField::end_time || comparison.field == FilterField::civil_end_time;
    const bool is_civil =
        comparison.field == FilterField::civil_start_time || comparison.field == FilterField::civil_end_time;
    const std::chrono::seconds slack = is_civil ? max_utc_offset : 0s;
    if (comparison.at_least) {
      // An end bound says nothing about how long ago a point may have started.
      if (!is_end) bounds.start = std::max(bounds.start, Instant{comparison.value - slack});
    } else {
      bounds.end = std::min(bounds.end, Instant{comparison.value + slack});
    }
  }
  return bounds;
}

std::string_view reason_of(FilterFault fault) {
  switch (fault) {
    case FilterFault::syntax:
      return "INVALID_DATA_POINT_FILTER";
    case FilterFault::member:
      return "INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER";
    case FilterFault::timestamp_format:
      return "INVALID_DATA_POINT_FILTER_TIMESTAMP_FORMAT";
    case FilterFault::civil_format:
      return "INVALID_DATA_POINT_FILTER_CIVIL_DATE_TIME_FORMAT";
  }
  return "INVALID_DATA_POINT_FILTER";
}

std::expected<PointFilter, FilterFault> parse_filter(const GoogleHealthType& type, std::string_view text) {
  PointFilter filter;
  if (text.size() > max_filter_bytes) return std::unexpected(FilterFault::syntax);
  Tokens tokens(text);
  if (tokens.done()) return filter;
  for (;;) {
    if (filter.comparisons.size() == max_filter_comparisons) return std::unexpected(FilterFault::syntax);
    const auto comparison = parse_comparison(type, tokens);
    if (!comparison) return std::unexpected(comparison.error());
    filter.comparisons.push_back(*comparison);
    if (tokens.done()) return filter;
    if (tokens.take_name() != "AND") return std::unexpected(FilterFault::syntax);
  }
}

}  // namespace syncwell::sandbox
