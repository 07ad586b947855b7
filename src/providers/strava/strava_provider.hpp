// Strava API v3: destination for workouts, and source where the operator opted in (PROV-8, PROV-9). Stateless; one
// object per thread. See README.md for what the API does differently from what it says.
#pragma once

#include <memory>
#include <string>

#include "providers/provider.hpp"
#include "providers/strava/strava_oauth.hpp"
#include "providers/strava/strava_webhooks.hpp"
#include "providers/strava/upload.hpp"

namespace syncwell::providers::strava {

// The public addresses, with our client's credentials.
[[nodiscard]] CloudSettings public_settings(std::string client_id, std::string client_secret);

class StravaProvider final : public DataProvider {
 public:
  // `encode` makes the FIT file of a workout; it is given in, so that this folder does not depend on the format's.
  StravaProvider(CloudSettings settings, WorkoutEncoder encode);

  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<RecordStream>> fetch(CallContext context, Account account,
                                                            FetchRequest request) override;
  [[nodiscard]] Async<PushResult> push(CallContext context, Account account, model::DataType type,
                                       std::span<const WriteOp> ops) override;
  [[nodiscard]] OAuth* oauth() override { return oauth_.get(); }
  [[nodiscard]] Webhooks* webhooks() override { return webhooks_.get(); }
  [[nodiscard]] std::vector<RateFeedback> rate_feedback(const net::Response& response) const override;

 private:
  [[nodiscard]] Async<Result<Upload>> start_one(CallContext context, model::DataType type, const WriteOp& op);

  CloudSettings settings_;
  WorkoutEncoder encode_;
  Capabilities capabilities_;
  std::unique_ptr<OAuth> oauth_;
  std::unique_ptr<Webhooks> webhooks_;
};

}  // namespace syncwell::providers::strava
