#include "providers/google_health/point_stream.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

#include "providers/google_health/point_reader.hpp"
#include "providers/json_access.hpp"
#include "providers/outcome.hpp"

namespace syncwell::providers::google_health {
namespace {

constexpr std::string_view key = "google_health";

net::Request get(std::string url) { return {"GET", std::move(url), {{"Accept", "application/json"}}, {}}; }

}  // namespace

PointStream::PointStream(CallContext context, std::string api_base, const TypeRow& row, TimeRange range,
                         ReadMethod method)
    : context_(context), api_base_(std::move(api_base)), row_(row), range_(range), method_(method) {}

// A daily value names a local date only; the day's interval needs the person's zone. Without consent to the settings
// the zone stays unknown; a transient failure must fail the fetch, or the same day would get another interval later.
Async<Result<void>> PointStream::load_zone() {
  zone_known_ = true;
  auto response = co_await context_.http.send(get(api_base_ + "/v4/users/me/settings"), context_.deadline);
  if (!response) co_return fail(std::move(response.error()));
  if (response->status == 403 || response->status == 404) co_return Result<void>{};
  if (response->status < 200 || response->status >= 300) {
    co_return fail(classify(*response, key, context_.runtime.now()));
  }
  const auto settings = parse_json_object(*response, key);
  if (!settings) co_return fail(settings.error());
  zone_.iana_name = text_field(*settings, "timeZone").value;
  const auto offset = duration_field(*settings, "utcOffset");
  if (offset.present() && std::chrono::abs(offset.value) <= Duration{max_utc_offset}) {
    zone_.fixed_offset = UtcOffset{std::chrono::round<std::chrono::seconds>(offset.value)};
  }
  co_return Result<void>{};
}

Async<Result<void>> PointStream::load_page() {
  if (++pages_ > max_pages_per_fetch) {
    co_return fail(ErrorCode::too_large, fmt::format("google_health: {} has more than {} pages; sync a shorter time",
                                                     row_.collection, max_pages_per_fetch));
  }
  net::Parameters query{{"pageSize", std::to_string(row_.page_size)}, {"filter", filter_for(row_, range_)}};
  if (!page_token_.empty()) query.emplace_back("pageToken", page_token_);
  auto request = get(fmt::format("{}/v4/users/me/dataTypes/{}/dataPoints{}?{}", api_base_, row_.collection,
                                 method_ == ReadMethod::reconcile ? ":reconcile" : "", net::encode_form(query)));
  auto response = co_await context_.http.send(std::move(request), context_.deadline);
  if (!response) co_return fail(std::move(response.error()));
  if (response->status < 200 || response->status >= 300) {
    co_return fail(classify(*response, key, context_.runtime.now()));
  }
  const auto body = parse_json_object(*response, key);
  if (!body) co_return fail(body.error());
  if (auto taken = take_points(*body); !taken) co_return fail(std::move(taken.error()));
  co_return take_token(*body);
}

Result<void> PointStream::take_points(const boost::json::object& body) {
  const auto points = array_field(body, "dataPoints");
  if (points.unreadable()) return fail(ErrorCode::mapping, "google_health: dataPoints is not a list");
  if (!points.present() && !body.empty() && !body.contains("nextPageToken"))
    return fail(ErrorCode::mapping, "google_health: an answer that should be a page of points has other members");
  if (!points.present()) return {};
  for (std::size_t i = 0; i < points.value->size(); ++i) {
    const std::string position = fmt::format("{}: point {} of page {}", row_.collection, i + 1, pages_);
    auto record = read_point(row_, (*points.value)[i], zone_, position, warnings_);
    if (!record) return fail(std::move(record.error()));
    if (!*record || !overlaps((*record)->time, range_)) continue;
    // Points that arrive while we page shift the later pages: the same point may come twice.
    if (!seen_.insert((*record)->source_id).second) continue;
    pending_.push_back(std::move(**record));
  }
  return {};
}

Result<void> PointStream::take_token(const boost::json::object& body) {
  auto token = text_field(body, "nextPageToken");
  if (token.unreadable() || token.value.size() > max_page_token_bytes) {
    return fail(ErrorCode::mapping, "google_health: nextPageToken is unreadable");
  }
  if (!token.value.empty() && token.value == page_token_) {
    return fail(ErrorCode::provider_failed, "google_health: the same page was announced as the next one");
  }
  page_token_ = std::move(token.value);
  at_end_ = page_token_.empty();
  return {};
}

Async<Result<Page>> PointStream::next() {
  if (range_.start >= range_.end) at_end_ = true;
  if (row_.kind == PointKind::daily && !zone_known_ && !at_end_) {
    if (auto loaded = co_await load_zone(); !loaded) co_return fail(std::move(loaded.error()));
  }
  if (pending_.empty() && !at_end_) {
    if (auto loaded = co_await load_page(); !loaded) co_return fail(std::move(loaded.error()));
  }
  Page page;
  const auto count = static_cast<std::ptrdiff_t>(std::min(pending_.size(), max_page_records));
  page.records.assign(std::move_iterator(pending_.begin()), std::move_iterator(pending_.begin() + count));
  pending_.erase(pending_.begin(), pending_.begin() + count);
  page.last = at_end_ && pending_.empty();
  page.warnings = warnings_.take(page.last);
  co_return page;
}

}  // namespace syncwell::providers::google_health
