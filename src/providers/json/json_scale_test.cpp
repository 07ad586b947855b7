// Many lines, many calls, many threads. What is slow is found by counting the bytes read, not by a stop-watch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <set>
#include <thread>

#include "base/io_runtime.hpp"
#include "providers/json/json_fixture.hpp"

namespace syncwell::providers::json {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using model::Record;
using testing::SizeIs;

constexpr int many_lines = 100'000;

// Bytes that this process has read through system calls so far.
std::uint64_t bytes_read() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  io >> name >> value;
  EXPECT_EQ(name, "rchar:");
  return value;
}

TEST_F(JsonProviderTest, SmallRangesOfALargeFileCostLittle) {
  std::string content;
  content += model::to_json([] {
               Record century = steps_at(-1, 1, 0);  // one record over all of it must not make each fetch a scan
               century.time.start.at = min_instant;
               century.time.end.at = max_instant;
               return century;
             }()) +
             "\n";
  for (int i = 0; i < many_lines; ++i) content += model::to_json(steps_at(i)) + "\n";
  write_file(content);
  const std::uint64_t before_index = bytes_read();
  EXPECT_EQ(fetch({day_start, day_start + 1min}).records.size(), 2U);
  const std::uint64_t index_bytes = bytes_read() - before_index;
  EXPECT_LT(index_bytes, content.size() + 1'000'000) << "the index takes one reading";

  // A sequence of appends and fetches of what surrounds them: not quadratic.
  const std::uint64_t before_loop = bytes_read();
  constexpr int rounds = 200;
  for (int i = 0; i < rounds; ++i) {
    const Record record = steps_at(many_lines + i);
    push_well({create("new" + std::to_string(i), record)});
    const auto at = record.time.start.at;
    EXPECT_THAT(fetch({at, at + 1min}).records, SizeIs(2));
    const auto middle = day_start + std::chrono::minutes{i * 400};
    EXPECT_THAT(fetch({middle, middle + 3min}).records, SizeIs(4));
  }
  EXPECT_LT((bytes_read() - before_loop) / rounds, 8U * 65'536U);

  // Neither are updates: a rewrite copies the file once, and the index is carried over.
  const std::uint64_t before_update = bytes_read();
  const Record changed = steps_at(7, 4321);
  push_well({update("source-7", changed), erase("source-9")});
  EXPECT_THAT(fetch({day_start + 7min, day_start + 10min}).records, SizeIs(3));
  EXPECT_LT(bytes_read() - before_update, content.size() * 5 / 4);
  restart();
  EXPECT_THAT(fetch().records, SizeIs(many_lines + rounds));
}

// Two threads, each with its own provider and event loop, as two workers or two processes have.
TEST_F(JsonProviderTest, WritersAndReadersInSeveralThreadsDoNotDisturbOneAnother) {
  constexpr int writers = 3;
  constexpr int pushes = 15;
  std::vector<std::thread> threads;
  std::vector<std::string> failures(writers + 1);
  const auto run = [&](int number, auto work) {
    threads.emplace_back([this, number, work, &failures] {
      boost::asio::io_context io;
      IoRuntime runtime(io);
      JsonProvider provider;
      NoNetwork network;
      const CallContext call{network, runtime, Deadline::after(runtime, 2min)};
      boost::asio::co_spawn(io, without_cancellation_exceptions(work(provider, call, account(), number)),
                            [&, number](std::exception_ptr error, std::string failure) {
                              failures[static_cast<std::size_t>(number)] = error ? "an exception" : failure;
                            });
      io.run();
    });
  };
  const auto write = [](JsonProvider& provider, CallContext call, Account account, int number) -> Async<std::string> {
    for (int i = 0; i < pushes; ++i) {
      const Record record = steps_at(number * 1000 + i);
      const std::string id = std::to_string(number) + "-" + std::to_string(i);
      std::vector<WriteOp> ops = {create(id, record), create(id + "-doomed", record)};
      if (i > 0) ops.push_back(erase(std::to_string(number) + "-" + std::to_string(i - 1) + "-doomed"));
      const auto result = co_await provider.push(call, account, DataType::steps, ops);
      for (const auto& outcome : result.outcomes) {
        if (!outcome) co_return outcome.error().message;
      }
    }
    co_return "";
  };
  const auto read = [](JsonProvider& provider, CallContext call, Account account, int) -> Async<std::string> {
    for (int i = 0; i < 40; ++i) {
      auto stream = provider.fetch(call, account, {DataType::steps, all_time, true});
      std::set<std::string> ids;
      for (bool last = false; !last;) {
        const auto page = co_await (*stream)->next();
        if (!page) co_return page.error().message;
        last = page->last;
        if (!page->warnings.empty()) co_return page->warnings[0].what;
        for (const Record& record : page->records) {
          if (!ids.insert(record.source_id).second) co_return "a record came twice";
        }
      }
      (void)co_await call.runtime.sleep_for(1ms);
    }
    co_return "";
  };
  for (int number = 0; number < writers; ++number) run(number, write);
  run(writers, read);
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(failures, testing::Each(""));
  const Fetched fetched = fetch();
  EXPECT_THAT(fetched.records, SizeIs(writers * pushes + writers)) << "all that was created, and the last doomed ones";
  EXPECT_FALSE(fetched.partial);
}

TEST_F(JsonProviderTest, TheNumberOfKnownFilesIsBounded) {
  const std::string base = folder();
  for (std::size_t i = 0; i < max_known_files + 10; ++i) {
    const Account other{"connection", base + "/" + std::to_string(i), ""};
    const Record record = steps_at(static_cast<int>(i));
    const std::vector ops = {create("a", record)};
    EXPECT_TRUE(runtime_.run(provider_->push(context(), other, DataType::steps, ops)).complete());
  }
  const Account first{"connection", base + "/0", ""};
  auto stream = provider_->fetch(context(), first, {DataType::steps, all_time});
  EXPECT_THAT(runtime_.run((*stream)->next())->records, SizeIs(1)) << "what was forgotten is read again";
}

}  // namespace
}  // namespace syncwell::providers::json
