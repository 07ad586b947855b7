#include "providers/google_health/google_health_provider.hpp"

#include <fmt/format.h>

#include <utility>

#include "providers/google_health/point_push.hpp"
#include "providers/google_health/type_table.hpp"

namespace syncwell::providers::google_health {
namespace {

using namespace std::chrono_literals;

Capabilities make_capabilities() {
  Capabilities capabilities;
  capabilities.key = "google_health";
  capabilities.display_name = "Google Health";
  for (const TypeRow& row : all_rows()) {
    TypeCapability type;
    type.type = row.type;
    type.can_read = true;
    type.can_write = row.writable;
    type.overwrite = row.writable ? Overwrite::own_records : Overwrite::none;
    type.can_delete = row.writable;
    type.absence_means_deleted = true;
    capabilities.types.push_back(type);
  }
  capabilities.max_push_batch = 100;
  // "Quotas and rate limits", developers.google.com/health, 2026. No header tells what is left.
  capabilities.rate_rules = {
      {"user_per_minute", RateScope::user, 300, 1min, false, false},
      {"application_per_minute", RateScope::application, 120'000, 1min, false, false},
      {"application_per_day", RateScope::application, 86'400'000, 24h, false, false},
  };
  return capabilities;
}

bool is_interval_total(const TypeRow& row) { return row.kind == PointKind::interval; }

}  // namespace

CloudSettings public_settings(std::string client_id, std::string client_secret) {
  return {"https://health.googleapis.com", "https://accounts.google.com", "https://oauth2.googleapis.com",
          std::move(client_id), std::move(client_secret)};
}

GoogleHealthProvider::GoogleHealthProvider(CloudSettings settings, ReadMethod totals)
    : settings_(settings),
      totals_(totals),
      capabilities_(make_capabilities()),
      oauth_(make_oauth(settings)),
      webhooks_(make_webhooks(std::move(settings))) {}

Result<std::unique_ptr<RecordStream>> GoogleHealthProvider::fetch(CallContext context, Account, FetchRequest request) {
  const auto* capability = capabilities_.find(request.type);
  if (capability == nullptr || !capability->can_read) {
    return fail(ErrorCode::unsupported, fmt::format("google_health: {} cannot be read", model::name_of(request.type)));
  }
  const TypeRow& row = row_of(request.type);
  const ReadMethod method = is_interval_total(row) ? totals_ : ReadMethod::list;
  return std::make_unique<PointStream>(context, settings_.api_base, row, request.range, method);
}

Async<PushResult> GoogleHealthProvider::push(CallContext context, Account, model::DataType type,
                                             std::span<const WriteOp> ops) {
  std::optional<Error> refused;
  const auto* capability = capabilities_.find(type);
  if (capability == nullptr || !capability->can_write) {
    refused = Error{ErrorCode::unsupported, fmt::format("google_health: {} cannot be written", model::name_of(type))};
  } else if (ops.size() > capabilities_.max_push_batch) {
    refused = Error{ErrorCode::too_large,
                    fmt::format("google_health: more than {} operations in one push", capabilities_.max_push_batch)};
  }
  if (refused) {
    PushResult result;
    for (std::size_t i = 0; i < ops.size(); ++i) result.outcomes.push_back(fail(*refused));
    co_return result;
  }
  co_return co_await push_points(context, settings_.api_base, row_of(type), ops);
}

}  // namespace syncwell::providers::google_health
