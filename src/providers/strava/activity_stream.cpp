#include "providers/strava/activity_stream.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

#include "providers/json_access.hpp"
#include "providers/outcome.hpp"
#include "providers/strava/activity_reader.hpp"
#include "providers/strava/rate_limits.hpp"

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view key = "strava";
// before and after look at start times: what starts up to this long before the range may still overlap it.
constexpr Duration longest_activity = 24h;
constexpr std::string_view stream_keys = "time,latlng,distance,altitude,heartrate,cadence,watts,temp,velocity_smooth";

net::Request get(std::string url) { return {"GET", std::move(url), {{"Accept", "application/json"}}, {}}; }

// Activities dated before 1970 break paging (tapiriik): nothing earlier is asked for.
std::int64_t unix_seconds(Instant at) {
  return std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count());
}

}  // namespace

ActivityStream::ActivityStream(CallContext context, std::string api_base, FetchRequest request)
    : context_(context), api_base_(std::move(api_base)), request_(request) {
  at_end_ = request_.range.start >= request_.range.end || unix_seconds(request_.range.end) == 0;
}

// One second wider on both ends, whichever way Strava compares; overlaps() decides.
std::string ActivityStream::page_url() const {
  const Instant first = std::max(min_instant + longest_activity, request_.range.start) - longest_activity;
  const std::int64_t after = std::max<std::int64_t>(0, unix_seconds(first) - 1);
  const std::int64_t before = unix_seconds(request_.range.end) + 1;
  return api_base_ + "/api/v3/athlete/activities?" +
         net::encode_form({{"after", std::to_string(after)},
                           {"before", std::to_string(before)},
                           {"page", std::to_string(page_)},
                           {"per_page", std::to_string(request_.summary_only ? summary_page_size : full_page_size)}});
}

Async<Result<net::Response>> ActivityStream::get_just_announced(std::string url) {
  Duration wait = 1s;
  for (int attempt = 0;; ++attempt) {
    auto response = co_await context_.http.send(get(url), context_.deadline);
    if (!response || response->status != 404 || attempt == not_found_retries) co_return response;
    if (context_.deadline.remaining(context_.runtime) <= wait) co_return response;
    if (auto slept = co_await context_.runtime.sleep_for(wait); !slept) co_return fail(std::move(slept.error()));
    wait *= 2;
  }
}

// An activity that is gone between the list and its detail keeps what the list said; activities without a recording
// (entered by hand) have no streams. Both answer 404.
Async<Result<void>> ActivityStream::complete(model::Record& record, bool& partial) {
  const std::string url = api_base_ + "/api/v3/activities/" + record.source_id;
  auto detail = co_await get_just_announced(url);
  if (!detail) co_return fail(std::move(detail.error()));
  if (detail->status == 404) {
    warnings_.add("activity " + record.source_id, "its details are not there; it has the summary only");
    partial = true;
    co_return Result<void>{};
  }
  if (detail->status != 200) co_return fail(error_of(*detail, context_.runtime.now()));
  const auto body = parse_json_answer(*detail, key);
  if (!body) co_return fail(body.error());
  auto detailed = read_activity(*body, "activity " + record.source_id, warnings_);
  if (!detailed) co_return fail(std::move(detailed.error()));
  if (detailed->source_id != record.source_id) {
    co_return fail(ErrorCode::mapping, "strava: asked for one activity, answered with another");
  }
  record = std::move(*detailed);
  if (record.origin.method == model::RecordingMethod::self_reported) co_return Result<void>{};

  auto request =
      get(url + "/streams?" + net::encode_form({{"keys", std::string(stream_keys)}, {"key_by_type", "true"}}));
  auto streams = co_await context_.http.send(std::move(request), context_.deadline);
  if (!streams) co_return fail(std::move(streams.error()));
  if (streams->status == 404) co_return Result<void>{};
  if (streams->status != 200) co_return fail(error_of(*streams, context_.runtime.now()));
  const auto by_type = parse_json_object(*streams, key);
  if (!by_type) co_return fail(by_type.error());
  read_streams(*by_type, record, warnings_);
  co_return Result<void>{};
}

Async<Result<Page>> ActivityStream::next() {
  Page page;
  if (at_end_) {
    page.last = true;
    page.warnings = warnings_.take(true);
    co_return page;
  }
  if (++page_ > max_pages_per_fetch) {
    co_return fail(ErrorCode::too_large,
                   fmt::format("strava: more than {} pages of activities; sync a shorter time", max_pages_per_fetch));
  }
  auto response = co_await context_.http.send(get(page_url()), context_.deadline);
  if (!response) co_return fail(std::move(response.error()));
  if (response->status != 200) co_return fail(error_of(*response, context_.runtime.now()));
  const auto body = parse_json_answer(*response, key);
  if (!body) co_return fail(body.error());
  const auto* activities = body->if_array();
  if (activities == nullptr) co_return fail(ErrorCode::mapping, "strava: the list of activities is not a list");
  if (activities->size() > max_page_records) {
    co_return fail(ErrorCode::too_large, "strava: a page holds more activities than were asked for");
  }
  at_end_ = activities->empty();
  for (std::size_t i = 0; i < activities->size(); ++i) {
    auto record = read_activity((*activities)[i], fmt::format("activity {} of page {}", i + 1, page_), warnings_);
    if (!record) co_return fail(std::move(record.error()));
    if (!overlaps(record->time, request_.range) || !seen_.insert(record->source_id).second) continue;
    if (!request_.summary_only) {
      if (auto completed = co_await complete(*record, page.partial); !completed) {
        co_return fail(std::move(completed.error()));
      }
    }
    page.records.push_back(std::move(*record));
  }
  page.last = at_end_;
  page.warnings = warnings_.take(page.last);
  co_return page;
}

}  // namespace syncwell::providers::strava
