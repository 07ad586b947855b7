#include "providers/strava/upload.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "providers/json_access.hpp"
#include "providers/strava/rate_limits.hpp"
#include "providers/strava/sport_type.hpp"

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view key = "strava";
constexpr int not_found_tolerance = 3;  // an upload that was just accepted may not be found at once

// Strava's own words hold the title and file name: only the kind of the refusal is passed on.
std::string_view reason_of(std::string_view error_text) {
  struct Row {
    std::string_view contains;
    std::string_view reason;
  };
  static constexpr std::array rows = {
      Row{"empty", "the file is empty"},
      Row{"ime information", "a point has no time"},
      Row{"mproperly formatted", "the file is improperly formatted"},
      Row{"alformed", "the file is malformed"},
      Row{"nrecognized", "the file type is not recognised"},
      Row{"too small", "the activity is too short"},
      Row{"deleted", "the activity was deleted"},
  };
  const auto found = std::ranges::find_if(
      rows, [&](const Row& row) { return error_text.find(row.contains) != std::string_view::npos; });
  return found == rows.end() ? "it gave no reason that is known here" : found->reason;
}

std::unexpected<Error> rejected(std::string_view error_text, int status) {
  Error error{ErrorCode::provider_rejected, fmt::format("strava: the upload was refused: {}", reason_of(error_text))};
  error.http_status = status;
  return fail(std::move(error));
}

// What an upload's state says: done, refused, or (empty) still being processed.
std::optional<Result<WriteDone>> outcome_of(const boost::json::object& upload, int status) {
  if (const auto activity = integer_field(upload, "activity_id"); activity.present() && activity.value > 0) {
    return WriteDone{std::to_string(activity.value), false};
  }
  const auto error = text_field(upload, "error");
  if (error.present() && !error.value.empty()) {
    if (auto duplicate = duplicate_of(error.value)) return WriteDone{std::move(*duplicate), true};
    return rejected(error.value, status);
  }
  const auto state = text_field(upload, "status").value;
  if (state.find("has been deleted") != std::string::npos || state.find("error processing") != std::string::npos) {
    return rejected(state, status);
  }
  return std::nullopt;
}

std::string id_of(const boost::json::object& upload) {
  const auto text = text_field(upload, "id_str");
  if (text.present() && !text.value.empty() &&
      std::ranges::all_of(text.value, [](char c) { return c >= '0' && c <= '9'; })) {
    return text.value;
  }
  const auto number = integer_field(upload, "id");  // answers before 2020 have no id_str
  return number.present() && number.value > 0 ? std::to_string(number.value) : std::string{};
}

net::Request upload_request(const std::string& api_base, const WriteOp& op, std::string file, Random& random) {
  const auto& workout = std::get<model::Workout>(op.record->payload);
  const StravaSport sport = strava_sport_of(workout.sport);
  std::vector<net::FormPart> parts{{"data_type", "fit"},
                                   {"external_id", op.external_id},
                                   {"sport_type", std::string(sport.sport_type)},
                                   {"trainer", sport.trainer ? "1" : "0"},
                                   {"commute", "0"}};
  if (!workout.title.empty()) parts.push_back({"name", workout.title});
  parts.push_back({"file", std::move(file), op.external_id + ".fit", "application/octet-stream"});
  auto multipart = net::encode_multipart(parts, random.uuid4());
  net::Request request{
      "POST", api_base + "/api/v3/uploads", {{"Accept", "application/json"}}, std::move(multipart.body)};
  request.headers.set("Content-Type", multipart.content_type);
  return request;
}

// A refusal with a status: some are duplicates, too.
std::unexpected<Error> refused(const net::Response& response, Instant now) { return fail(error_of(response, now)); }

}  // namespace

Async<Result<WriteDone>> finish_upload(CallContext context, Upload upload) {
  if (upload.done) co_return *upload.done;
  Steady look = upload.accepted + first_poll_wait;
  Duration wait = first_poll_wait;
  int not_found = 0;
  while (true) {
    if (context.deadline.at <= look) {
      co_return fail(ErrorCode::timeout, "strava: the upload is still being processed; it is tried again later");
    }
    if (auto slept = co_await context.runtime.sleep_until(look); !slept) co_return fail(std::move(slept.error()));
    wait = std::min(wait * 2, longest_poll_wait);
    look = context.runtime.steady_now() + wait;
    auto response =
        co_await context.http.send({"GET", upload.url, {{"Accept", "application/json"}}, {}}, context.deadline);
    if (!response) co_return fail(std::move(response.error()));
    if (response->status == 404 && ++not_found <= not_found_tolerance) continue;
    if (response->status != 200) co_return refused(*response, context.runtime.now());
    const auto body = parse_json_object(*response, key);
    if (!body) co_return fail(body.error());
    if (auto outcome = outcome_of(*body, response->status)) co_return std::move(*outcome);
  }
}

std::optional<std::string> duplicate_of(std::string_view error_text) {
  const auto phrase = error_text.find("duplicate of");
  if (phrase == std::string_view::npos) return std::nullopt;
  std::string_view rest = error_text.substr(phrase);
  for (const std::string_view before : {std::string_view{"/activities/"}, std::string_view{"activity "}}) {
    const auto found = rest.find(before);
    if (found == std::string_view::npos) continue;
    const std::string_view digits = rest.substr(found + before.size());
    const auto end = std::min(digits.find_first_not_of("0123456789"), digits.size());
    constexpr std::size_t max_id_digits = 19;
    if (end > 0 && end <= max_id_digits) return std::string(digits.substr(0, end));
  }
  return std::nullopt;
}

Async<Result<Upload>> start_upload(CallContext context, std::string api_base, const WorkoutEncoder& encode,
                                   const WriteOp& op) {
  std::string file = encode(*op.record);
  if (file.empty()) {
    co_return fail(ErrorCode::unsupported,
                   "strava: the workout cannot be written as a FIT file (its times are out of range)");
  }
  if (file.size() > max_upload_bytes) {
    co_return fail(ErrorCode::too_large, "strava: the workout makes a file of more than 25 MB, which Strava refuses");
  }
  auto response = co_await context.http.send(upload_request(api_base, op, std::move(file), context.runtime.random()),
                                             context.deadline);
  if (!response) co_return fail(std::move(response.error()));
  const bool accepted = response->status >= 200 && response->status < 300;
  const auto body = parse_json_object(*response, key);
  if (!accepted) {
    // Some duplicates are refused at once.
    const auto text = body ? text_field(*body, "error").value : std::string{};
    if (auto duplicate = duplicate_of(text)) co_return Upload{WriteDone{std::move(*duplicate), true}};
    co_return refused(*response, context.runtime.now());
  }
  if (!body) co_return fail(body.error());
  if (auto outcome = outcome_of(*body, response->status)) {
    if (!*outcome) co_return fail(std::move(outcome->error()));
    co_return Upload{std::move(**outcome)};
  }
  const std::string id = id_of(*body);
  if (id.empty()) co_return fail(ErrorCode::mapping, "strava: the answer to the upload has no readable id");
  co_return Upload{std::nullopt, api_base + "/api/v3/uploads/" + id, context.runtime.steady_now()};
}

}  // namespace syncwell::providers::strava
