// A fetch of activities: pages of GET /athlete/activities until an empty one. With `after`, Strava answers oldest
// first, so that activities which arrive while we page come at the end and shift nothing. A full read also asks for the
// detail (laps, calories, device) and the streams (samples, route) of each activity: two more calls each.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "providers/provider.hpp"
#include "providers/warning_list.hpp"

namespace syncwell::providers::strava {

inline constexpr std::uint32_t max_pages_per_fetch = 500;  // one past it is too_large
inline constexpr std::uint32_t summary_page_size = 200;    // the API's maximum
inline constexpr std::uint32_t full_page_size = 30;        // keeps a page of samples and routes in bounds
inline constexpr int not_found_retries = 3;                // an activity that was just announced may answer 404

class ActivityStream final : public RecordStream {
 public:
  ActivityStream(CallContext context, std::string api_base, FetchRequest request);
  [[nodiscard]] Async<Result<Page>> next() override;

 private:
  [[nodiscard]] Async<Result<void>> complete(model::Record& record, bool& partial);
  [[nodiscard]] Async<Result<net::Response>> get_just_announced(std::string url);
  [[nodiscard]] std::string page_url() const;

  CallContext context_;
  std::string api_base_;
  FetchRequest request_;
  std::uint32_t page_ = 0;
  bool at_end_ = false;
  std::unordered_set<std::string> seen_;
  WarningList warnings_;
};

}  // namespace syncwell::providers::strava
