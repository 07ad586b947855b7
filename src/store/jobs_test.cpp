// Job records, which are also the lock per idempotency key.
#include "store/jobs.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class JobsTest : public TableTest {
 protected:
  Job job(const std::string& id, const std::string& user = "user") {
    Job made;
    made.id = id;
    made.user = user;
    made.created = made.updated = runtime.now();
    return made;
  }
  std::vector<std::string> listed(const std::string& user, std::size_t limit = 100) {
    std::vector<std::string> ids;
    for (const auto& found : runtime.run(jobs.list(user, limit)).value().jobs) ids.push_back(found.id);
    return ids;
  }
  std::optional<Job> get(const std::string& id) { return runtime.run(jobs.get(id)).value(); }

  Jobs jobs{table()};
};

TEST_F(JobsTest, FailuresAreKeptWithinBounds) {  // SUP-2, SUP-5
  auto failing = job("job_f");
  EXPECT_FALSE(first_failure(failing));
  const auto at = runtime.now();
  note_failure(failing, {at, at, JobStatus::delayed, "rate_limited", "strava", 429});
  EXPECT_FALSE(first_failure(failing)) << "a delay is no failure (DEC-1)";
  note_failure(failing, {at + 1s, at + 1s, JobStatus::delayed, "rate_limited", "strava", 429});
  ASSERT_EQ(failing.failures.size(), 1U) << "what ends alike again is counted";
  EXPECT_EQ(failing.failures[0].count, 2);
  EXPECT_EQ(failing.failures[0].last, at + 1s);
  for (int i = 0; i < 20; ++i)
    note_failure(failing, {at + 2s + i * 1s, at + 2s + i * 1s, JobStatus::retrying, "timeout", "strava", 500 + i});
  EXPECT_EQ(failing.failures.size(), max_job_failures);
  EXPECT_EQ(failing.failures.front().error_code, "rate_limited") << "the first stays";
  EXPECT_EQ(failing.failures.back().http_status, 519);
  ASSERT_TRUE(runtime.run(jobs.add(failing)));
  const auto read = get("job_f").value();
  ASSERT_EQ(read.failures.size(), max_job_failures);
  EXPECT_EQ(read.failures[0].count, 2);
  EXPECT_EQ(read.failures[0].provider, "strava");
  EXPECT_EQ(read.failures.back().outcome, JobStatus::retrying);
  EXPECT_EQ(read.failures.back().at, failing.failures.back().at);
}

TEST_F(JobsTest, EveryMemberReadsBack) {  // SUP-2
  Job written{"job_1",
              "user",
              "sync_1",
              "sleep",
              "correlation",
              "digest",
              JobStatus::dead_lettered,
              true,
              true,
              4,
              {1, 2, 3, 4, 5, 6, 7, 8},
              "mapping",
              "what was wrong",
              runtime.now(),
              runtime.now() + 5s};
  ASSERT_TRUE(runtime.run(jobs.add(written)));
  const Job read = get("job_1").value();
  EXPECT_EQ(read.id, written.id);
  EXPECT_EQ(read.user, written.user);
  EXPECT_EQ(read.config_id, written.config_id);
  EXPECT_EQ(read.data_type, written.data_type);
  EXPECT_EQ(read.correlation_id, written.correlation_id);
  EXPECT_EQ(read.request_digest, written.request_digest);
  EXPECT_EQ(read.status, written.status);
  EXPECT_TRUE(read.duplicate);
  EXPECT_TRUE(read.partial);
  EXPECT_EQ(read.attempts, 4);
  const auto& counts = read.counts;
  EXPECT_THAT((std::vector{counts.read, counts.written, counts.deleted, counts.unchanged, counts.skipped,
                           counts.conflicts, counts.failed, counts.warnings}),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(read.error_code, written.error_code);
  EXPECT_EQ(read.error_message, written.error_message);
  EXPECT_EQ(read.created, written.created);
  EXPECT_EQ(read.updated, written.updated);
  EXPECT_EQ(read.version, 1U);
}

TEST_F(JobsTest, EveryStatusHasANameOfItsOwn) {
  for (int i = 0; i <= static_cast<int>(JobStatus::cancelled); ++i) {
    const auto status = static_cast<JobStatus>(i);
    EXPECT_EQ(parse_job_status(name_of(status)), status) << name_of(status);
  }
  EXPECT_EQ(parse_job_status("of a newer version"), JobStatus::accepted);
}

TEST_F(JobsTest, AnIdIsGivenOnce) {  // INT-2
  ASSERT_TRUE(runtime.run(jobs.add(job("job_1"))));
  Job other = job("job_1");
  other.config_id = "other";
  EXPECT_EQ(code_of(runtime.run(jobs.add(other))), ErrorCode::already_exists);
  EXPECT_EQ(get("job_1")->config_id, "");
}

TEST_F(JobsTest, AnUpdateOfWhatSomebodyElseWroteSinceIsRefused) {  // INT-4
  ASSERT_TRUE(runtime.run(jobs.add(job("job_1"))));
  Job mine = get("job_1").value();
  Job theirs = mine;
  theirs.status = JobStatus::succeeded;
  ASSERT_TRUE(runtime.run(jobs.update(theirs)));
  mine.status = JobStatus::dead_lettered;
  EXPECT_EQ(code_of(runtime.run(jobs.update(mine))), ErrorCode::version_conflict);
  EXPECT_EQ(get("job_1")->status, JobStatus::succeeded);
  EXPECT_EQ(get("job_1")->version, 2U);
  EXPECT_EQ(code_of(runtime.run(jobs.update(job("job_that_is_not_there")))), ErrorCode::version_conflict);
}

TEST_F(JobsTest, TheListIsNewestFirstAndOfOneUser) {
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(runtime.run(jobs.add(job(fmt::format("job_{:02}", i)))));
    runtime.run_for(1ms);
  }
  ASSERT_TRUE(runtime.run(jobs.add(job("job_other", "user2"))));
  EXPECT_THAT(listed("user", 3), ElementsAre("job_11", "job_10", "job_09"));
  EXPECT_EQ(listed("user", 10 * max_query_page).size(), 12U) << "a limit past the table's is cut, not refused";
  EXPECT_THAT(listed("user2"), ElementsAre("job_other"));
  EXPECT_TRUE(listed("use").empty());
}

TEST_F(JobsTest, JobsOfOneMomentAreAllListed) {
  for (const auto* id : {"job_a", "job_b", "job_c"}) ASSERT_TRUE(runtime.run(jobs.add(job(id))));
  EXPECT_EQ(listed("user").size(), 3U);
}

TEST_F(JobsTest, ARecordGoesAMonthAfterItsJobWasMade) {
  Job made = job("job_1");
  ASSERT_TRUE(runtime.run(jobs.add(made)));
  runtime.run_for(job_record_lifetime - 1ms);
  made = get("job_1").value();
  made.updated = runtime.now();
  ASSERT_TRUE(runtime.run(jobs.update(made))) << "a late update does not prolong it";
  ASSERT_TRUE(get("job_1"));
  runtime.run_for(1ms);
  EXPECT_FALSE(get("job_1"));
  EXPECT_TRUE(listed("user").empty());
}

TEST_F(JobsTest, AKeyNamesOneJob) {  // INT-2, INT-3
  const std::string key = storage->vault().digest("job-key", "user\nkey");
  EXPECT_EQ(Jobs::id_of(key), Jobs::id_of(key));
  EXPECT_NE(Jobs::id_of(key), Jobs::id_of(storage->vault().digest("job-key", "user\nkey2")));
  EXPECT_TRUE(Jobs::id_of(key).starts_with("job_"));
}

TEST_F(JobsTest, OneOfTwoThatBeginTheSameJobMayGoOn) {  // INT-3, DEC-2
  ASSERT_TRUE(runtime.run(jobs.add(job("job_1"))));
  Job mine = get("job_1").value();
  mine.status = JobStatus::running;
  EXPECT_TRUE(write({Jobs::begin(mine)}));
  EXPECT_EQ(code_of(write({Jobs::begin(mine)})), ErrorCode::version_conflict);
  Job unknown = job("job_whose_record_expired");
  EXPECT_TRUE(write({Jobs::begin(unknown)}));
  EXPECT_EQ(code_of(write({Jobs::begin(unknown)})), ErrorCode::version_conflict);
}

TEST_F(JobsTest, ItsEndIsWrittenWhateverASecondDeliverySaidMeanwhile) {  // INT-3
  ASSERT_TRUE(runtime.run(jobs.add(job("job_1"))));
  Job mine = get("job_1").value();
  Job second_delivery = mine;
  second_delivery.status = JobStatus::delayed;
  ASSERT_TRUE(runtime.run(jobs.update(second_delivery)));
  mine.status = JobStatus::succeeded;
  EXPECT_TRUE(write({Jobs::end(mine)}));
  EXPECT_EQ(get("job_1")->status, JobStatus::succeeded);
}

TEST_F(JobsTest, ADamagedRecordReadsAsEmpty) {
  put_raw(Jobs::key_of("job_1"), {{"status", 5},
                                  {"attempts", "three"},
                                  {"user", nullptr},
                                  {"read", 1.5},
                                  {"created", "yesterday"},
                                  {"duplicate", "yes"}});
  const Job read = get("job_1").value();
  EXPECT_EQ(read.id, "job_1");
  EXPECT_EQ(read.status, JobStatus::accepted);
  EXPECT_EQ(read.attempts, 0);
  EXPECT_EQ(read.user, "");
  EXPECT_EQ(read.counts.read, 0);
  EXPECT_EQ(read.created, Instant{});
  EXPECT_FALSE(read.duplicate);
}

}  // namespace
}  // namespace syncwell::store
