// Google Health: list, get and reconcile. Source: google_health.md, Reading and Quirks 1, 4 and 6.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "sandbox/google_health.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t max_page_index = 1'000'000'000;

net::Response filter_error(FilterFault fault) { return google_error(400, "Invalid filter", reason_of(fault)); }

net::Response scope_error() {
  return google_error(403, "Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
}

std::string platform_of(const Point& point) {
  const auto* platform = point.data_source.if_contains("platform");
  return platform != nullptr && platform->is_string() ? std::string(platform->get_string()) : std::string();
}

// A watch or tracker of the vendor's own before everything else; then the greater id, so that the choice is stable.
bool preferred(const Point* left, const Point* right) {
  const bool left_first = platform_of(*left) == "FITBIT";
  const bool right_first = platform_of(*right) == "FITBIT";
  if (left_first != right_first) return left_first;
  return std::pair(left->times.start, left->id) > std::pair(right->times.start, right->id);
}

bool same_source(const Point& left, const Point& right) { return left.data_source == right.data_source; }

bool overlap(const PointTimes& left, const PointTimes& right) {
  if (left.start == left.end || right.start == right.end) return left.start == right.start;
  return left.start < right.end && right.start < left.end;
}

bool in_family(const Point& point, std::string_view family) {
  const std::string platform = platform_of(point);
  if (family == "google-wearables") return platform == "FITBIT";
  if (family == "google-sources") return platform == "FITBIT" || platform == "FIT" || platform == "NEST";
  return true;
}

}  // namespace

// A page token is "<digest>.<page index>.<start in ms>.<id>" in hexadecimal: everything a page needs, no state here.
std::expected<GoogleHealth::Page, net::Response> GoogleHealth::read_page(const Call& call,
                                                                         const GoogleHealthType& type) const {
  if (!may(call, type.scope, false, options_.enforce_scopes)) return std::unexpected(scope_error());
  if (!type.listable) {
    return std::unexpected(google_error(
        400, fmt::format("List is not supported for data type {}, but the following actions are supported: rollup, "
                         "dailyRollup",
                         type.id)));
  }
  const bool small_pages = type.kind == PointKind::sleep || type.id == "exercise";
  Page page;
  page.size = small_pages ? max_session_page : default_list_page;
  if (const auto text = call.target.parameter("pageSize"); text && !text->empty()) {
    const auto asked = parse_integer(*text);
    if (!asked || *asked < 0)
      return std::unexpected(google_error(400, "Request contains an invalid argument: pageSize"));
    if (*asked > 0) page.size = std::min(*asked, small_pages ? max_session_page : max_list_page);
  }
  const std::string filter_text = call.target.parameter("filter").value_or("");
  const auto filter = parse_filter(type, filter_text);
  if (!filter) return std::unexpected(filter_error(filter.error()));
  page.filter = *filter;
  page.digest =
      fmt::format("{:016x}", stable_number(fmt::format("{}|{}|{}", call.target.path, filter_text,
                                                       call.target.parameter("dataSourceFamily").value_or(""))));
  const auto token = call.target.parameter("pageToken");
  if (!token || token->empty()) return page;
  const net::Response bad_token = google_error(400, "Request contains an invalid argument: pageToken");
  const auto decoded = from_hex(*token);
  if (!decoded) return std::unexpected(bad_token);
  const auto parts = split(*decoded, '.');
  if (parts.size() != 4 || parts[0] != page.digest) return std::unexpected(bad_token);
  const auto index = parse_integer(parts[1]);
  const auto start = parse_integer(parts[2]);
  if (!index || *index < 0 || *index > max_page_index || !start) return std::unexpected(bad_token);
  page.index = *index;
  page.before = std::pair(Instant{Duration{*start}}, std::string(parts[3]));
  return page;
}

bool GoogleHealth::page_is_empty_on_purpose(const Page& page) const {
  return options_.empty_page_every > 0 && page.index > 0 && (page.index - 1) % options_.empty_page_every == 0;
}

net::Response GoogleHealth::answer_page(const Page& page, json::array points, const Point* last, bool more) const {
  json::object answer;
  if (!points.empty()) answer.emplace("dataPoints", std::move(points));
  if (more) {
    const auto& [start, id] = last == nullptr ? *page.before : std::pair(last->times.start, last->id);
    answer.emplace("nextPageToken", to_hex(fmt::format("{}.{}.{}.{}", page.digest, page.index + 1,
                                                       start.time_since_epoch().count(), id)));
  }
  return json_response(200, answer);
}

net::Response GoogleHealth::list(Call& call, const GoogleHealthType& type) const {
  const auto page = read_page(call, type);
  if (!page) return page.error();
  if (page->before && page_is_empty_on_purpose(*page)) return answer_page(*page, {}, nullptr, true);
  const auto collection = call.account.collections.find(type.id);
  if (collection == call.account.collections.end()) return answer_page(*page, {}, nullptr, false);
  const auto& order = collection->second.by_start;
  const TimeRange bounds = page->filter.start_bounds();
  auto end = order.upper_bound({bounds.end, std::string(1, '\x7f')});
  if (page->before) {
    const auto cursor = order.lower_bound(*page->before);
    if (cursor != order.end() && (end == order.end() || *cursor < *end)) end = cursor;
  }
  json::array points;
  const Point* last = nullptr;
  const std::string user = health_user_id(call.bearer.account);
  for (auto at = std::make_reverse_iterator(end); at != order.rend() && at->first >= bounds.start; ++at) {
    const Point& point = collection->second.by_id.find(at->second)->second;
    if (!page->filter.accepts(point.times)) continue;
    if (points.size() == static_cast<std::size_t>(page->size)) return answer_page(*page, std::move(points), last, true);
    points.push_back(render(point, user));
    last = &point;
  }
  return answer_page(*page, std::move(points), last, false);
}

net::Response GoogleHealth::get(Call& call, const GoogleHealthType& type, std::string_view id) const {
  if (!may(call, type.scope, false, options_.enforce_scopes)) return scope_error();
  if (!type.identifiable) return google_error(400, "Data points of this data type are not identifiable.");
  const Point* point = find(call.account, type.id, id);
  if (point == nullptr) return google_error(404, "Data point not found.");
  return json_response(200, render(*point, health_user_id(call.bearer.account)));
}

// One stream out of many sources: where points of different sources overlap, one source's points stay.
std::vector<const Point*> GoogleHealth::merged_points(const Account& account, const GoogleHealthType& type,
                                                      std::string_view family) {
  std::vector<const Point*> candidates;
  const auto collection = account.collections.find(type.id);
  if (collection == account.collections.end()) return candidates;
  Duration longest{0};
  for (const auto& [id, point] : collection->second.by_id) {
    if (!in_family(point, family)) continue;
    candidates.push_back(&point);
    longest = std::max(longest, Duration{point.times.end - point.times.start});
  }
  std::ranges::sort(candidates, preferred);
  std::map<std::pair<Instant, std::string>, const Point*> kept;
  for (const Point* point : candidates) {
    // Only points that start within the longest duration before this one, or inside it, can overlap it.
    auto near = kept.lower_bound({point->times.start - longest, {}});
    bool clash = false;
    for (; !clash && near != kept.end() && near->first.first <= point->times.end; ++near) {
      clash = overlap(near->second->times, point->times) && !same_source(*near->second, *point);
    }
    if (!clash) kept.emplace(std::pair(point->times.start, point->id), point);
  }
  std::vector<const Point*> merged;
  for (const auto& entry : std::views::reverse(kept)) merged.push_back(entry.second);
  return merged;
}

net::Response GoogleHealth::reconcile(Call& call, const GoogleHealthType& type) const {
  const auto page = read_page(call, type);
  if (!page) return page.error();
  constexpr std::string_view prefix = "dataSourceFamilies/";
  std::string family = call.target.parameter("dataSourceFamily").value_or("");
  if (family.empty()) family = "users/me/dataSourceFamilies/all-sources";
  const auto position = family.find(prefix);
  const std::string name = position == std::string::npos ? "" : family.substr(position + prefix.size());
  if (!family.starts_with("users/") ||
      (name != "all-sources" && name != "google-wearables" && name != "google-sources")) {
    return google_error(400, "Request contains an invalid argument: dataSourceFamily");
  }
  if (page->before && page_is_empty_on_purpose(*page)) return answer_page(*page, {}, nullptr, true);
  json::array points;
  const Point* last = nullptr;
  for (const Point* point : merged_points(call.account, type, name)) {
    if (page->before && std::pair(point->times.start, point->id) >= *page->before) continue;
    if (!page->filter.accepts(point->times)) continue;
    if (points.size() == static_cast<std::size_t>(page->size)) return answer_page(*page, std::move(points), last, true);
    json::object object{{"dataPointName", type.identifiable
                                              ? fmt::format("users/{}/dataTypes/{}/dataPoints/{}",
                                                            health_user_id(call.bearer.account), type.id, point->id)
                                              : std::string()}};
    object.emplace(type.camel_case(), rendered_payload(*point));
    points.push_back(std::move(object));
    last = point;
  }
  return answer_page(*page, std::move(points), last, false);
}

}  // namespace syncwell::sandbox
