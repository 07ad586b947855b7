#include "app/metrics.hpp"

#include <gmock/gmock.h>

#include "app/platform.hpp"
#include "store/cases.hpp"
#include "store/incidents.hpp"
#include "store/notices.hpp"
#include "store/test_table.hpp"

namespace syncwell::app {
namespace {

using testing::HasSubstr;

class MetricsTest : public store::TableTest {
 protected:
  void write(store::Write what) {
    std::vector<store::Write> writes;
    writes.push_back(std::move(what));
    ASSERT_TRUE(runtime.run(table().transact(std::move(writes))));
  }

  Observation observation{false};
  const Configuration configuration = Configuration::load({}, {}).value();
  providers::Registry providers = make_registry(configuration);
  engine::Breakers breakers{engine::BreakerSettings{}};
  engine::InProcessRateLimiter limiter{[this] { return runtime.now(); }, [this] { return runtime.steady_now(); }};
  api::WebhookCounters webhooks;
  schedule::Counters schedule;
  notify::DeliveryCounters deliveries;
  support::NoticeCounters notices;
  Metrics metrics{{storage->queue("hot"), breakers, limiter, providers, observation, webhooks, schedule, deliveries,
                   notices, table(), [] { return std::vector<const engine::Worker*>(); }}};
};

TEST_F(MetricsTest, SayWhatTheDeskHasToDo) {  // OBS, ARCH-12, SUP-4
  store::Incident incident;
  incident.id = "inc_1";
  incident.count(store::CaseState::open) = 3;
  write(store::Incidents::put(incident));
  store::Case entry;
  entry.id = "case_1";
  entry.contact = "overdue";
  write(store::Cases::put(entry, runtime.now()));
  store::Notice notice{.id = "mail|1", .channel = "mail", .thing = "1"};
  notice.state = store::NoticeState::undelivered;
  notice.updated = runtime.now();
  write(store::Notices::put(notice));
  notices.sent = 5;
  notices.failed = 2;

  const auto text = runtime.run(metrics.text());
  EXPECT_THAT(text, HasSubstr("syncwell_incidents_open 1\n"));
  EXPECT_THAT(text, HasSubstr("syncwell_contacts_due{stage=\"overdue\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("syncwell_contacts_due{stage=\"running\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("syncwell_notices_undelivered 1\n"));
  EXPECT_THAT(text, HasSubstr("syncwell_notices_total{outcome=\"sent\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("syncwell_notices_total{outcome=\"failed\"} 2\n"));
}

TEST_F(MetricsTest, ABreakerIsOpenProbingOrClosed) {  // OBS
  breakers.set_mode("strava", engine::CircuitBreaker::Mode::normal);
  EXPECT_THAT(runtime.run(metrics.text()), HasSubstr("syncwell_breaker_open{provider=\"strava\"} 0\n"));
}

}  // namespace
}  // namespace syncwell::app
