// Google Health API v4 as source and destination (PROV-8). Stateless; one object per thread.
// Everything it knows about the API stands in the tables and headers of this folder; see README.md.
#pragma once

#include <memory>

#include "providers/google_health/google_oauth.hpp"
#include "providers/google_health/google_webhooks.hpp"
#include "providers/google_health/point_stream.hpp"
#include "providers/provider.hpp"

namespace syncwell::providers::google_health {

// The public addresses, with our client's credentials.
[[nodiscard]] CloudSettings public_settings(std::string client_id, std::string client_secret);

class GoogleHealthProvider final : public DataProvider {
 public:
  // `totals` is how steps, distance, floors and active energy are read: they overlap between sources (watch and phone
  // count the same steps), and are written by nobody here. All other types are always listed, with their origin.
  explicit GoogleHealthProvider(CloudSettings settings, ReadMethod totals = ReadMethod::list);

  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<RecordStream>> fetch(CallContext context, Account account,
                                                            FetchRequest request) override;
  [[nodiscard]] Async<PushResult> push(CallContext context, Account account, model::DataType type,
                                       std::span<const WriteOp> ops) override;
  [[nodiscard]] OAuth* oauth() override { return oauth_.get(); }
  [[nodiscard]] Webhooks* webhooks() override { return webhooks_.get(); }

 private:
  CloudSettings settings_;
  ReadMethod totals_;
  Capabilities capabilities_;
  std::unique_ptr<OAuth> oauth_;
  std::unique_ptr<Webhooks> webhooks_;
};

}  // namespace syncwell::providers::google_health
