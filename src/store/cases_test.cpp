#include "store/cases.hpp"

#include <gmock/gmock.h>

#include "store/incidents.hpp"
#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class CasesTest : public TableTest {
 protected:
  Case entry(const std::string& id, const std::string& provider = "strava") {
    Case made;
    made.id = id;
    made.provider = provider;
    made.code = "provider_failed";
    made.category = "outage";
    made.user = "user";
    made.incident_id = "inc_" + provider;
    made.died = runtime.now();
    return made;
  }
  void put(const Case& made) { ASSERT_TRUE(write({Cases::put(made, runtime.now())})); }
  std::vector<std::string> listed(Cases::Filter filter, std::size_t limit = 100) {
    std::vector<std::string> ids;
    for (const auto& found : runtime.run(cases.list(std::move(filter), limit)).value().cases) ids.push_back(found.id);
    return ids;
  }

  Cases cases{table()};
};

TEST_F(CasesTest, EveryMemberReadsBack) {  // SUP-2
  auto written = entry("job_1");
  written.state = CaseState::redriven;
  written.dead_letter_id = "7";
  written.rule = "provider outage";
  written.http_status = 503;
  written.message = "it answered 503";
  written.data_type = "workout";
  written.attempts = 5;
  written.redrives = 2;
  written.drains = true;
  written.first_failed = runtime.now() - 1h;
  written.redriven = runtime.now();
  written.contact_due = runtime.now() + 24h;
  written.contact_look = runtime.now() + 12h;
  written.contact = "contacted";
  note(written, {runtime.now(), "annotated", "ada", "the status page says so"});
  put(written);
  const auto read = runtime.run(cases.get("job_1")).value().value();
  EXPECT_EQ(read.state, CaseState::redriven);
  EXPECT_EQ(read.dead_letter_id, "7");
  EXPECT_EQ(read.http_status, 503);
  EXPECT_EQ(read.message, written.message);
  EXPECT_EQ(read.redrives, 2);
  EXPECT_TRUE(read.drains);
  EXPECT_EQ(read.first_failed, written.first_failed);
  EXPECT_EQ(read.redriven, written.redriven);
  EXPECT_EQ(read.contact_due, written.contact_due);
  EXPECT_EQ(read.contact_look, written.contact_look);
  EXPECT_EQ(read.contact, "contacted");
  ASSERT_EQ(read.notes.size(), 1U);
  EXPECT_EQ(read.notes[0].text, "the status page says so");
  EXPECT_EQ(read.version, 1U);
}

TEST_F(CasesTest, AListIsFilteredAndNewestFirst) {  // SUP-2, SUP-5
  put(entry("a"));
  runtime.run_for(1s);
  put(entry("b", "google_health"));
  runtime.run_for(1s);
  auto closed = entry("c");
  closed.state = CaseState::archived;
  put(closed);
  EXPECT_THAT(listed({}), ElementsAre("c", "b", "a"));
  EXPECT_THAT(listed({.state = CaseState::open}), ElementsAre("b", "a"));
  EXPECT_THAT(listed({.provider = "strava"}), ElementsAre("c", "a"));
  EXPECT_THAT(listed({.state = CaseState::open, .provider = "strava"}), ElementsAre("a"));
  EXPECT_THAT(listed({.incident = "inc_google_health"}), ElementsAre("b"));
  EXPECT_THAT(listed({.user = "user", .code = "provider_failed", .category = "outage"}), ElementsAre("c", "b", "a"));
  EXPECT_TRUE(listed({.user = "somebody else"}).empty());
}

TEST_F(CasesTest, TheDeskFindsWhatItHasToDoWithoutLookingAtTheRest) {  // SUP-3, SUP-4
  auto drains = entry("drains");
  drains.drains = true;
  put(drains);
  put(entry("waits for a person"));
  auto away = entry("away");
  away.state = CaseState::redriven;
  away.redriven = runtime.now();
  put(away);
  auto due = entry("due");
  due.contact_look = runtime.now() + 1min;
  put(due);
  EXPECT_EQ(runtime.run(cases.to_drain("inc_strava", 10)).value().size(), 1U);
  EXPECT_EQ(runtime.run(cases.on_their_way(10, {})).value().cases.size(), 1U);
  EXPECT_TRUE(runtime.run(cases.to_contact(runtime.now(), 10)).value().empty());
  EXPECT_EQ(runtime.run(cases.to_contact(runtime.now() + 1min, 10)).value().size(), 1U);
}

TEST_F(CasesTest, OnlyClosedOnesExpire) {
  put(entry("open"));
  auto closed = entry("closed");
  closed.state = CaseState::resolved;
  put(closed);
  runtime.run_for(closed_case_lifetime + 1s);
  EXPECT_THAT(listed({}), ElementsAre("open"));
}

TEST_F(CasesTest, TheOldestNotesGo) {  // STYLE 8
  auto noted = entry("a");
  for (std::size_t i = 0; i <= max_case_notes; ++i) note(noted, {runtime.now(), "annotated", "ada", std::to_string(i)});
  EXPECT_EQ(noted.notes.size(), max_case_notes);
  EXPECT_EQ(noted.notes.front().text, "1");
}

TEST_F(CasesTest, OneIncidentOfAKindIsOpen) {  // SUP-3
  Incidents incidents(table());
  Incident first{"inc_1", "kind"};
  first.opened = runtime.now();
  ASSERT_TRUE(write({Incidents::put(first), Incidents::open(first)}));
  Incident second{"inc_2", "kind"};
  EXPECT_EQ(code_of(write({Incidents::put(second), Incidents::open(second)})), ErrorCode::version_conflict);
  auto open = runtime.run(incidents.open_of("kind")).value().value();
  EXPECT_EQ(open.id, "inc_1");
  open.is_open = false;
  open.resolved = runtime.now();
  open.count(CaseState::resolved) = 3;
  ASSERT_TRUE(write({Incidents::put(open), Incidents::close(open)}));
  EXPECT_FALSE(runtime.run(incidents.open_of("kind")).value());
  ASSERT_TRUE(write({Incidents::put(second), Incidents::open(second)}));
  EXPECT_EQ(runtime.run(incidents.list(true, 10)).value().incidents[0].id, "inc_2");
  const auto resolved = runtime.run(incidents.list(false, 10)).value().incidents;
  ASSERT_EQ(resolved.size(), 1U);
  EXPECT_EQ(resolved[0].entries(), 3);
  EXPECT_FALSE(resolved[0].is_open);
}

}  // namespace
}  // namespace syncwell::store
