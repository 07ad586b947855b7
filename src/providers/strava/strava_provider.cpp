#include "providers/strava/strava_provider.hpp"

#include <fmt/format.h>

#include <utility>

#include "providers/outcome.hpp"
#include "providers/strava/activity_stream.hpp"
#include "providers/strava/rate_limits.hpp"

namespace syncwell::providers::strava {
namespace {

Capabilities make_capabilities() {
  Capabilities capabilities;
  capabilities.key = "strava";
  capabilities.display_name = "Strava";
  TypeCapability workout;
  workout.type = model::DataType::workout;
  workout.can_read = true;
  workout.can_write = true;
  // PUT changes names and kinds only, and deletion by apps ended in 2017: what is there stays as it is (DEC-9).
  workout.overwrite = Overwrite::none;
  workout.can_delete = false;
  workout.absence_means_deleted = true;
  capabilities.types = {workout};
  capabilities.reading_is_opt_in = true;
  capabilities.terms =
      "Strava's API policy (2026-06-01) forbids combining its data with other data, AI use and keeping it longer than "
      "7 "
      "days, so copying activities out of Strava is only done when you opt in.";
  capabilities.max_push_batch = 10;  // each upload takes Strava 2 to 8 seconds, and a job ends within 5 minutes
  capabilities.rate_rules = rate_rules();
  return capabilities;
}

}  // namespace

CloudSettings public_settings(std::string client_id, std::string client_secret) {
  constexpr const char* origin = "https://www.strava.com";
  return {origin, origin, origin, std::move(client_id), std::move(client_secret)};
}

StravaProvider::StravaProvider(CloudSettings settings, WorkoutEncoder encode)
    : settings_(settings),
      encode_(std::move(encode)),
      capabilities_(make_capabilities()),
      oauth_(make_oauth(settings)),
      webhooks_(make_webhooks(std::move(settings))) {}

Result<std::unique_ptr<RecordStream>> StravaProvider::fetch(CallContext context, Account, FetchRequest request) {
  if (request.type != model::DataType::workout) {
    return fail(ErrorCode::unsupported, fmt::format("strava: {} cannot be read", model::name_of(request.type)));
  }
  return std::make_unique<ActivityStream>(context, settings_.api_base, request);
}

Async<Result<Upload>> StravaProvider::start_one(CallContext context, model::DataType type, const WriteOp& op) {
  if (type != model::DataType::workout || op.kind != WriteOp::Kind::create) {
    co_return fail(ErrorCode::unsupported,
                   "strava: only new workouts can be written; nothing can be changed or deleted");
  }
  if (op.record == nullptr || !std::holds_alternative<model::Workout>(op.record->payload) || op.external_id.empty()) {
    co_return fail(ErrorCode::invalid_argument, "strava: the operation has no workout or no external id");
  }
  co_return co_await start_upload(context, settings_.api_base, encode_, op);
}

Async<PushResult> StravaProvider::push(CallContext context, Account, model::DataType type,
                                       std::span<const WriteOp> ops) {
  PushResult result;
  std::optional<Error> stopped;
  if (ops.size() > capabilities_.max_push_batch) {
    stopped = Error{ErrorCode::too_large,
                    fmt::format("strava: more than {} operations in one push", capabilities_.max_push_batch)};
  }
  // All files first, then all outcomes: Strava takes seconds over each, and works on them side by side.
  std::vector<Result<Upload>> uploads;
  for (const WriteOp& op : ops) {
    uploads.push_back(stopped ? Result<Upload>(fail(*stopped)) : co_await start_one(context, type, op));
    if (!uploads.back() && concerns_the_whole_call(uploads.back().error())) stopped = uploads.back().error();
  }
  for (auto& upload : uploads) {
    if (!upload) {
      result.outcomes.push_back(fail(std::move(upload.error())));
    } else {
      result.outcomes.push_back(co_await finish_upload(context, std::move(*upload)));
    }
  }
  co_return result;
}

std::vector<RateFeedback> StravaProvider::rate_feedback(const net::Response& response) const {
  return strava::rate_feedback(response);
}

}  // namespace syncwell::providers::strava
