// A fetch of one data type: pages of list (or reconcile) answers until one has no nextPageToken. An empty page with a
// token goes on; the order is newest first, which this does not rely on.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_set>

#include "providers/google_health/type_table.hpp"
#include "providers/google_health/wire_time.hpp"
#include "providers/provider.hpp"
#include "providers/warning_list.hpp"

namespace syncwell::providers::google_health {

// One past it is too_large: a server that pages for ever must not hold a job for ever. At 2000 points a page it is
// more than a year of heart rate every 15 seconds.
inline constexpr std::uint32_t max_pages_per_fetch = 2000;
inline constexpr std::size_t max_page_token_bytes = 8192;

// list: every point of every source, with its origin. reconcile: one stream without overlaps, equal to what the
// vendor's app shows, without origin and mostly without ids.
enum class ReadMethod { list, reconcile };

class PointStream final : public RecordStream {
 public:
  PointStream(CallContext context, std::string api_base, const TypeRow& row, TimeRange range, ReadMethod method);
  [[nodiscard]] Async<Result<Page>> next() override;

 private:
  [[nodiscard]] Async<Result<void>> load_zone();
  [[nodiscard]] Async<Result<void>> load_page();
  [[nodiscard]] Result<void> take_points(const boost::json::object& body);
  [[nodiscard]] Result<void> take_token(const boost::json::object& body);

  CallContext context_;
  std::string api_base_;
  const TypeRow& row_;
  TimeRange range_;
  ReadMethod method_;
  UserZone zone_;
  bool zone_known_ = false;
  std::string page_token_;
  std::uint32_t pages_ = 0;
  bool at_end_ = false;
  std::deque<model::Record> pending_;  // of an answer that held more than a Page may
  std::unordered_set<std::string> seen_;
  WarningList warnings_;
};

}  // namespace syncwell::providers::google_health
