// A job while it runs, as its person sees it: the stream of its events, and how far it has got.
#include "api/job_events.hpp"

#include <gmock/gmock.h>

#include "api_world.hpp"

namespace syncwell::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

class JobEventsTest : public ApiWorld {
 protected:
  JobEventsTest() {
    platform("a").latency = std::chrono::seconds{2};
    platform("a").page_records = 2;
    for (const auto* id : {"r1", "r2", "r3", "r4", "r5"}) platform("a").put(weight(id));
  }

  FakePlatform& platform(const std::string& key) { return dynamic_cast<FakePlatform&>(*world.providers.find(key)); }
  model::Record weight(const std::string& id) {
    model::Record record;
    record.type = model::DataType::weight;
    record.source_id = id;
    record.time.start = record.time.end = Moment{world.runtime.now() - std::chrono::hours{1}, std::nullopt};
    record.payload = model::Quantity{70};
    return record;
  }
  std::string new_job() {
    const auto made = call("POST", "/v1/sync-jobs", json::serialize(json::object{{"syncConfigId", new_config()}}),
                           world.runtime.random().uuid4());
    return std::string(body_of(made).at("id").as_string());
  }
  net::Response watch(const std::string& job) { return call("GET", "/v1/sync-jobs/" + job + "/events"); }
  std::string next(const net::Response& stream) { return world.complete(stream.stream->next()).value(); }
  static json::object job_in(std::string_view event) {
    EXPECT_TRUE(event.starts_with("event: job\ndata: ") && event.ends_with("\n\n")) << event;
    return json::parse(event.substr(event.find('{'))).as_object();
  }
  // The jobs of a stream up to its end.
  std::vector<json::object> rest(const net::Response& stream) {
    std::vector<json::object> jobs;
    for (std::string event = next(stream); !event.empty(); event = next(stream)) {
      if (!event.starts_with(':')) jobs.push_back(job_in(event));
    }
    return jobs;
  }
};

TEST_F(JobEventsTest, TellsTheJobAtOnceWheneverItChangesAndWhenItIsOver) {  // SUP-6
  const auto id = new_job();
  const auto stream = watch(id);
  ASSERT_EQ(stream.status, 200);
  EXPECT_EQ(stream.headers.get("Content-Type"), "text/event-stream");
  EXPECT_EQ(stream.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(job_in(next(stream)), body_of(call("GET", "/v1/sync-jobs/" + id)));
  world.work_for(Duration{1});
  const auto jobs = rest(stream);
  std::vector<std::string> statuses;
  std::vector<std::int64_t> read;
  for (const auto& job : jobs) {
    statuses.emplace_back(job.at("status").as_string());
    read.push_back(job.at("counts").at("read").as_int64());
  }
  EXPECT_THAT(statuses, ElementsAre("running", "running", "running", "succeeded"));
  EXPECT_THAT(read, ElementsAre(0, 2, 4, 5)) << "after every page, long before the job's record says so";
  EXPECT_EQ(jobs.back(), body_of(call("GET", "/v1/sync-jobs/" + id)));
  EXPECT_FALSE(world.progress.find(id).has_value()) << "nobody runs it any more";
  // Who comes when it is over hears that at once, and no more.
  const auto late = watch(id);
  EXPECT_EQ(job_in(next(late)).at("status").as_string(), "succeeded");
  EXPECT_EQ(next(late), "");
}

TEST_F(JobEventsTest, TheJobItselfAlsoSaysHowFarItHasGot) {  // SUP-6
  const auto id = new_job();
  world.work_for(std::chrono::seconds{3});
  const auto running = body_of(call("GET", "/v1/sync-jobs/" + id));
  EXPECT_EQ(running.at("status").as_string(), "running");
  EXPECT_EQ(running.at("counts").at("read").as_int64(), 2);
  EXPECT_EQ(world.job(id).counts.read, 0) << "the record is written when the job ends";
}

TEST_F(JobEventsTest, IsQuietWhileNothingChangesAndEndsByItself) {  // SUP-6
  const Steady began = world.runtime.steady_now();
  const auto stream = watch(new_job());
  (void)next(stream);
  std::size_t comments = 0;
  for (std::string event = next(stream); !event.empty(); event = next(stream)) {
    EXPECT_EQ(event, ": keep-alive\n\n");
    EXPECT_GE(world.runtime.steady_now() - began, (comments + 1) * api::job_keep_alive_interval);
    ++comments;
  }
  EXPECT_GE(comments, api::job_events_lifetime / (api::job_keep_alive_interval + api::job_look_interval));
  EXPECT_LE(comments, api::job_events_lifetime / api::job_keep_alive_interval);
  EXPECT_GE(world.runtime.steady_now() - began, api::job_events_lifetime);
}

TEST_F(JobEventsTest, OneStreamTooManyOfAPersonIsRefusedUntilAnotherEnds) {  // API: named maxima
  const auto id = new_job();
  std::vector<net::Response> streams;
  for (std::size_t i = 0; i < api::max_event_streams_per_person; ++i) streams.push_back(watch(id));
  EXPECT_EQ(streams.back().status, 200);
  EXPECT_EQ(watch(id).status, 429);
  EXPECT_EQ(watch(id).status, 429) << "a refusal takes no place";
  streams.pop_back();
  EXPECT_EQ(watch(id).status, 200);
  api.reset();  // the streams go later than the API
}

TEST_F(JobEventsTest, AnotherPersonsJobDoesNotExist) {  // API: a user sees only what is theirs
  const auto id = new_job();
  EXPECT_EQ(call("GET", "/v1/sync-jobs/" + id + "/events", "", "", "other-token").status, 404);
  EXPECT_EQ(call("GET", "/v1/sync-jobs/job_x/events").status, 404);
  EXPECT_EQ(call("GET", "/v1/sync-jobs/" + id + "/events", "", "", "").status, 401);
}

Async<void> next_into(std::shared_ptr<net::BodySource> stream, std::optional<Result<std::string>>& piece) {
  piece.emplace(co_await stream->next());
}

TEST_F(JobEventsTest, EndsSoundlyWhenItIsCancelled) {
  const auto stream = watch(new_job());
  (void)next(stream);
  std::optional<Result<std::string>> piece;
  TaskGroup group(world.runtime.executor());
  group.spawn(next_into(stream.stream, piece));
  world.runtime.run_for(std::chrono::seconds{3});
  ASSERT_FALSE(piece.has_value());
  group.cancel_all();
  world.runtime.run_for(Duration{1});
  ASSERT_TRUE(piece.has_value());
  EXPECT_EQ(piece->value(), "");
}

TEST_F(JobEventsTest, EndsWhenTheJobIsGone) {  // API: an erased person's streams end
  const auto id = new_job();
  const auto stream = watch(id);
  (void)next(stream);
  (void)world.complete(world.storage->table().erase(store::Jobs::key_of(id))).value();
  EXPECT_EQ(next(stream), "");
}

}  // namespace
}  // namespace syncwell::tests
