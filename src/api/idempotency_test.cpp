// INT-2 and INT-5: what a repeated call gets, whatever became of the first.
#include "api/idempotency.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/task_group.hpp"
#include "store/test_table.hpp"

namespace syncwell::api {
namespace {

using namespace std::chrono_literals;

net::Request request_with(const std::string& key) { return {"POST", "/v1/things", {{"Idempotency-Key", key}}, "{}"}; }

TEST(IdempotencyKey, IsAStructuredFieldStringOrBare) {  // INT-2
  EXPECT_EQ(idempotency_key(request_with("\"a key\"")), "a key");
  EXPECT_EQ(idempotency_key(request_with("a-key")), "a-key");
  EXPECT_EQ(idempotency_key(request_with(std::string(max_idempotency_key_bytes, 'k'))).value().size(), 255U);
}

TEST(IdempotencyKey, MissingEmptyOrTooLongIsRefused) {  // INT-2
  EXPECT_FALSE(idempotency_key({"POST", "/v1/things"}));
  for (const auto& key : {std::string(), std::string("\"\""), std::string(max_idempotency_key_bytes + 1, 'k')}) {
    const auto read = idempotency_key(request_with(key));
    ASSERT_FALSE(read) << key;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
  }
}

// A table whose disk can be full: what is read works, what is written does not.
class FillableTable final : public store::Table {
 public:
  explicit FillableTable(store::Table& table) : table_(table) {}

  Async<Result<std::optional<store::Item>>> get(store::Key key) override { return table_.get(std::move(key)); }
  Async<Result<std::vector<store::Item>>> get_many(std::vector<store::Key> keys) override {
    return table_.get_many(std::move(keys));
  }
  Async<Result<std::vector<std::uint64_t>>> transact(std::vector<store::Write> writes) override {
    if (full) co_return fail(ErrorCode::storage_full, "the disk is full");
    co_return co_await table_.transact(std::move(writes));
  }
  Async<Result<store::QueryPage>> query(std::string partition, std::string prefix, std::size_t limit,
                                        std::optional<store::Key> after) override {
    return table_.query(std::move(partition), std::move(prefix), limit, std::move(after));
  }
  Async<Result<store::QueryPage>> query_index(std::string index, std::string partition, std::string prefix,
                                              std::size_t limit, std::optional<store::Key> after) override {
    return table_.query_index(std::move(index), std::move(partition), std::move(prefix), limit, std::move(after));
  }
  Async<Result<std::size_t>> count_index(std::string index, std::string partition, std::size_t limit) override {
    return table_.count_index(std::move(index), std::move(partition), limit);
  }

  bool full = false;

 private:
  store::Table& table_;
};

class IdempotentCallsTest : public store::TableTest {
 protected:
  net::Response call(std::string key = "key", std::string body = "{}", std::string user = "user",
                     std::string url = "/v1/things", std::string method = "POST") {
    return runtime.run(run(std::move(user), {std::move(method), std::move(url), {{"Idempotency-Key", key}}, body}));
  }
  Async<net::Response> run(std::string user, net::Request request) {
    return current->run(std::move(user), std::move(request),
                        [this](std::string id) { return carry_out(std::move(id)); });
  }
  Async<net::Response> carry_out(std::string id) {
    ids.push_back(id);
    const net::Response given = answer;
    const std::string number = std::to_string(ids.size());
    if (latency > 0ms) (void)co_await runtime.sleep_for(std::exchange(latency, 0ms));
    disk.full = disk.full || fills_disk;
    co_return net::Response{given.status, {{"Content-Type", "text/plain"}}, "answer " + number};
  }

  net::Response answer{201};
  Duration latency{0};           // of the next call
  std::vector<std::string> ids;  // what was carried out
  bool fills_disk = false;       // a call does while it is carried out
  FillableTable disk{table()};
  // Without an exclusive store: nothing but this process's own knowledge says that a call is over.
  store::Leases leases{table(), runtime, "this process", false};
  IdempotentCalls calls{disk, storage->vault(), leases, runtime};
  IdempotentCalls* current = &calls;
};

Async<void> call_into(Async<net::Response> call, std::vector<net::Response>& answers) {
  answers.push_back(co_await std::move(call));
}

TEST_F(IdempotentCallsTest, ARepeatedCallGetsTheSameAnswerAndNothingIsDoneAgain) {  // INT-2
  const auto first = call();
  const auto again = call();
  EXPECT_EQ(first.body, "answer 1");
  EXPECT_EQ(again.body, "answer 1");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.headers.get("Content-Type"), "text/plain");
  EXPECT_EQ(ids.size(), 1U);
}

TEST_F(IdempotentCallsTest, AnotherBodyUnderTheSameKeyIsRefused) {  // INT-2
  (void)call();
  EXPECT_EQ(call("key", "{ }").status, 422);
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(call().body, "answer 1") << "the first answer is not lost by that";
}

TEST_F(IdempotentCallsTest, AKeyIsScopedByUserRouteAndMethod) {  // INT-2
  (void)call();
  EXPECT_EQ(call("key", "{}", "user2").body, "answer 2");
  EXPECT_EQ(call("key", "{}", "user", "/v1/others").body, "answer 3");
  EXPECT_EQ(call("key", "{}", "user", "/v1/things", "PUT").body, "answer 4");
  EXPECT_EQ(call("key2").body, "answer 5");
  EXPECT_THAT(std::set<std::string>(ids.begin(), ids.end()), testing::SizeIs(5)) << "each names its own resource";
}

TEST_F(IdempotentCallsTest, WithoutAKeyNothingIsDone) {  // INT-2
  EXPECT_EQ(runtime.run(run("user", {"POST", "/v1/things"})).status, 400);
  EXPECT_TRUE(ids.empty());
}

TEST_F(IdempotentCallsTest, ACallThatIsRunningIsNotRunASecondTime) {  // INT-2
  latency = 10s;
  std::vector<net::Response> answers;
  TaskGroup group(runtime.executor());
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(1s);
  for (int i = 0; i < 5; ++i) group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(1s);
  ASSERT_EQ(answers.size(), 5U);
  for (const auto& refused : answers) {
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.headers.get("Retry-After"), "1");
  }
  runtime.run();
  EXPECT_EQ(answers.back().body, "answer 1");
  EXPECT_EQ(call().body, "answer 1");
  EXPECT_EQ(ids.size(), 1U);
}

TEST_F(IdempotentCallsTest, OfCallsThatBeginTogetherOneIsCarriedOut) {  // INT-2: the conditional write decides
  std::vector<net::Response> answers;
  TaskGroup group(runtime.executor());
  for (int i = 0; i < 20; ++i) group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run();
  ASSERT_EQ(answers.size(), 20U);
  EXPECT_EQ(ids.size(), 1U);
  for (const auto& given : answers) EXPECT_TRUE(given.status == 409 || given.body == "answer 1") << given.status;
}

TEST_F(IdempotentCallsTest, ACallThatDiedIsCarriedOutAgainUnderTheSameId) {  // INT-1, INT-2
  latency = idempotency_running_time + 10s;
  std::vector<net::Response> answers;
  TaskGroup group(runtime.executor());
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(idempotency_running_time - 1ms);
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(0ms);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status, 409) << "until then it may be alive";
  runtime.run_for(1ms);
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(1s);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].body, "answer 2");
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids[0], ids[1]) << "so that what it makes exists once";
  runtime.run();
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[2].status, 409) << "the one that was taken for dead does not overwrite the kept answer";
  EXPECT_EQ(call().body, "answer 2");
}

TEST_F(IdempotentCallsTest, ACallOfAProcessThatIsKnownToBeDeadIsCarriedOutAtOnce) {  // INT-1
  latency = 1h;
  std::vector<net::Response> answers;
  TaskGroup group(runtime.executor());
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(1s);
  const store::Leases leases_after_restart(table(), runtime, "the process after a crash", true);
  IdempotentCalls calls_after_restart(table(), storage->vault(), leases_after_restart, runtime);
  latency = 0ms;
  current = &calls_after_restart;
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(1s);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].body, "answer 2");
  EXPECT_EQ(ids[0], ids[1]);
  runtime.run();
}

TEST_F(IdempotentCallsTest, OfThoseWhoTakeOverADeadCallOneCarriesItOut) {  // INT-2
  latency = 1h;
  std::vector<net::Response> answers;
  TaskGroup group(runtime.executor());
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(idempotency_running_time);
  for (int i = 0; i < 20; ++i) group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run();
  EXPECT_EQ(answers.size(), 21U);
  EXPECT_EQ(ids.size(), 2U) << "the dead one and one that took it over";
}

TEST_F(IdempotentCallsTest, AServerErrorIsNotKeptAndARefusalIs) {  // INT-2
  answer.status = 503;
  EXPECT_EQ(call().status, 503);
  answer.status = 404;
  EXPECT_EQ(call().status, 404);
  answer.status = 201;
  EXPECT_EQ(call().body, "answer 2");
  EXPECT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids[0], ids[1]);
}

TEST_F(IdempotentCallsTest, ACallThatEndedOnAFullDiskIsCarriedOutAgainAtOnce) {  // INT-2
  fills_disk = true;
  answer.status = 503;
  const auto refused = call();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body, "answer 1") << "what the call said, and not what became of its claim";
  EXPECT_EQ(call().status, 503) << "not 409: nothing is running";
  EXPECT_EQ(ids.size(), 1U) << "without a claim nothing is carried out";
  fills_disk = disk.full = false;
  answer.status = 201;
  EXPECT_EQ(call().body, "answer 2");
  EXPECT_EQ(call().body, "answer 2");
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids[0], ids[1]);
}

TEST_F(IdempotentCallsTest, ACallWhoseAnswerFoundNoRoomIsCarriedOutAgainUnderTheSameId) {  // INT-2
  fills_disk = true;
  EXPECT_EQ(call().status, 503);
  EXPECT_EQ(call().status, 503) << "not 409: nothing is running";
  fills_disk = disk.full = false;
  EXPECT_EQ(call("key", "{ }").status, 422) << "the claim still says which body it was";
  EXPECT_EQ(call().status, 201);
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids[0], ids[1]) << "so that what it makes exists once";
}

TEST_F(IdempotentCallsTest, ACallThatIsCancelledIsCarriedOutAgainAtOnce) {  // INT-2: a client that has gone
  latency = 10s;
  std::vector<net::Response> answers;
  TaskGroup group(runtime.executor());
  auto& first = group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(1s);
  TaskGroup::cancel(first);
  runtime.run_for(1s);
  ASSERT_EQ(group.size(), 0U);
  EXPECT_NE(call().status, 409) << "nothing is running";
  EXPECT_EQ(call().status, 201);
  EXPECT_THAT(std::set<std::string>(ids.begin(), ids.end()), testing::SizeIs(1));
}

TEST_F(IdempotentCallsTest, OfThoseWhoRepeatACallThatEndedOneCarriesItOut) {  // INT-2
  fills_disk = true;
  EXPECT_EQ(call().status, 503);
  fills_disk = disk.full = false;
  std::vector<net::Response> answers;
  TaskGroup group(runtime.executor());
  for (int i = 0; i < 20; ++i) group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run();
  ASSERT_EQ(answers.size(), 20U);
  EXPECT_EQ(ids.size(), 2U) << "the one that ended and one of its repetitions";
  for (const auto& given : answers) EXPECT_TRUE(given.status == 409 || given.body == "answer 2") << given.status;
}

TEST_F(IdempotentCallsTest, ACallThatARunningProcessLeftIsWaitedFor) {  // INT-2: only one's own calls are known
  latency = 10s;
  std::vector<net::Response> answers;
  TaskGroup group(runtime.executor());
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(1s);
  const store::Leases leases_elsewhere(table(), runtime, "another process", false);
  IdempotentCalls calls_elsewhere(disk, storage->vault(), leases_elsewhere, runtime);
  current = &calls_elsewhere;
  group.spawn(call_into(run("user", request_with("key")), answers));
  runtime.run_for(1s);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status, 409);
  runtime.run();
  EXPECT_EQ(ids.size(), 1U);
}

TEST_F(IdempotentCallsTest, AnAnswerIsKeptForADay) {  // INT-2, INT-3
  (void)call();
  runtime.run_for(idempotency_lifetime - 1ms);
  EXPECT_EQ(call().body, "answer 1");
  runtime.run_for(1ms);
  EXPECT_EQ(call().body, "answer 2");
}

TEST_F(IdempotentCallsTest, AStoreThatFailsMeansThatNothingIsDone) {  // INT-1
  storage->stop();
  EXPECT_EQ(call().status, 503);
  EXPECT_TRUE(ids.empty());
}

}  // namespace
}  // namespace syncwell::api
