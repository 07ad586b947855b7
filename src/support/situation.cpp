#include "support/situation.hpp"

#include "store/cases.hpp"
#include "store/incidents.hpp"
#include "store/notices.hpp"

namespace syncwell::support {

Async<Result<Situation>> situation(store::Table& table) {
  Situation found;
  auto incidents = co_await store::Incidents(table).list(true, store::max_open_incidents);
  if (!incidents) co_return std::unexpected(std::move(incidents.error()));
  found.open_incidents = incidents->incidents.size();
  for (const auto& incident : incidents->incidents) {
    found.open_cases += incident.count(store::CaseState::open);
    found.redriven_cases += incident.count(store::CaseState::redriven);
  }
  store::Cases cases(table);
  for (const char* stage : {"running", "half", "late", "overdue"}) {
    auto count = co_await cases.count_with_contact(stage, max_counted);
    if (!count) co_return std::unexpected(std::move(count.error()));
    found.contacts_due[stage] = *count;
  }
  auto undelivered = co_await store::Notices(table).count(store::NoticeState::undelivered, max_counted);
  if (!undelivered) co_return std::unexpected(std::move(undelivered.error()));
  found.undelivered_notices = *undelivered;
  co_return found;
}

}  // namespace syncwell::support
