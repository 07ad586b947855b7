// Real processes that are killed, and real threads: the production executors.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>
#include <set>
#include <thread>

#include "adapters/sqlite/test_storage.hpp"
#include "base/cancellation.hpp"

namespace syncwell::sqlite {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

// Runs a coroutine on an io_context of its own.
template <class T>
T run(Async<T> task) {
  asio::io_context context;
  std::optional<T> value;
  asio::co_spawn(context, without_cancellation_exceptions(std::move(task)), [&](std::exception_ptr error, T result) {
    if (error) std::rethrow_exception(error);
    value = std::move(result);
  });
  context.run();
  return std::move(*value);
}

std::unique_ptr<Storage> open(const std::filesystem::path& folder, const Clock& clock, Duration visibility = 60s) {
  auto options = test_options(folder);
  options.queues = {{"hot", {visibility, 3}}};
  auto opened = Storage::open(std::move(options), clock);
  EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
  return opened ? std::move(*opened) : nullptr;
}

Async<void> send_and_report(queue::Queue& queue, int pipe) {
  for (;;) {
    auto id = co_await queue.send("job", Duration{0});
    if (!id || ::write(pipe, id->data(), id->size()) < 0) ::_exit(1);
  }
}

TEST(Crash, AKilledProcessLosesNothingThatItAcknowledged) {  // INT-1
  TemporaryFolder folder;
  const SystemClock clock;
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto storage = open(folder.path(), clock);
    asio::io_context context;
    for (int i = 0; i < 8; ++i) {
      asio::co_spawn(context, send_and_report(storage->queue("hot"), pipe[1]), [](std::exception_ptr) {});
    }
    context.run();
    ::_exit(0);
  }
  ::close(pipe[1]);
  std::set<std::string> acknowledged;
  std::string id(16, ' ');
  while (acknowledged.size() < 500 && ::read(pipe[0], id.data(), id.size()) == 16) acknowledged.insert(id);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(pipe[0], id.data(), id.size()) == 16) acknowledged.insert(id);
  ::close(pipe[0]);
  ASSERT_GE(acknowledged.size(), 500U);

  auto storage = open(folder.path(), clock);
  ASSERT_TRUE(storage);
  for (;;) {
    const auto messages = run(storage->queue("hot").receive(10, 0s));
    ASSERT_TRUE(messages);
    if (messages->empty()) break;
    for (const auto& message : *messages) acknowledged.erase(message.id);
  }
  EXPECT_TRUE(acknowledged.empty());
}

TEST(Crash, AMessageThatKillsItsWorkersEndsAsADeadLetter) {  // LIFE
  TemporaryFolder folder;
  const SystemClock clock;
  {
    auto storage = open(folder.path(), clock);
    ASSERT_TRUE(run(storage->queue("hot").send("poison", 0s)));
  }
  for (int crash = 0; crash < 3; ++crash) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto storage = open(folder.path(), clock, 1ms);
      const auto messages = run(storage->queue("hot").receive(1, 5s));
      ::_exit(messages && messages->size() == 1 ? 42 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 42);
  }
  auto storage = open(folder.path(), clock);
  ASSERT_TRUE(run(storage->queue("hot").receive(1, 1s))->empty());
  const auto dead = run(storage->queue("hot").dead_letters(10, ""));
  ASSERT_EQ(dead->size(), 1U);
  EXPECT_EQ(dead->front().reason, "max_receives");
}

struct Tally {
  std::atomic<int> sent{0};
  std::atomic<int> finished{0};
  std::atomic<int> conflicts{0};
  std::atomic<int> errors{0};
};

Async<void> produce(Storage& storage, int count, Tally& tally) {
  const auto thread = std::this_thread::get_id();
  for (int i = 0; i < count; ++i) {
    const auto sent = co_await storage.queue("hot").send("job", Duration{0});
    if (sent && std::this_thread::get_id() == thread) {  // it resumes where it ran
      ++tally.sent;
    } else {
      ++tally.errors;
    }
  }
}

Async<void> consume(Storage& storage, int expected, Tally& tally) {
  while (tally.finished < expected) {
    auto messages = co_await storage.queue("hot").receive(3, 200ms);
    if (!messages) {
      ++tally.errors;
      continue;
    }
    for (const auto& message : *messages) {
      // A conditional counter that all consumers share.
      for (bool done = false; !done;) {
        auto counter = co_await storage.table().get({"p", "counter"});
        if (!counter) {
          ++tally.errors;
          break;
        }
        store::Item next{store::Key{"p", "counter"}};
        const auto condition =
            *counter ? store::Condition::version_is((*counter)->version) : store::Condition::absent();
        done = (co_await storage.table().put(std::move(next), condition)).has_value();
        if (!done) ++tally.conflicts;
      }
      if (co_await storage.queue("hot").remove(message.receipt)) {
        ++tally.finished;
      } else {
        ++tally.errors;
      }
    }
  }
}

TEST(Threads, ManyCallersOnSeveralThreadsShareOneStorage) {  // NFR, INT-1, INT-4
  constexpr int threads = 3;
  constexpr int coroutines = 8;
  constexpr int sends = 6;
  constexpr int expected = threads * coroutines * sends;
  TemporaryFolder folder;
  const SystemClock clock;
  Tally tally;
  std::vector<asio::io_context> contexts(threads);
  auto storage = open(folder.path(), clock);
  ASSERT_TRUE(storage);
  const auto ended = [&tally](std::exception_ptr error) { tally.errors += error ? 1 : 0; };
  for (auto& context : contexts) {
    for (int i = 0; i < coroutines; ++i) {
      asio::co_spawn(context, produce(*storage, sends, tally), ended);
      asio::co_spawn(context, without_cancellation_exceptions(consume(*storage, expected, tally)), ended);
    }
  }
  {
    std::vector<std::jthread> workers;
    for (auto& context : contexts) workers.emplace_back([&context] { context.run(); });
  }
  EXPECT_EQ(tally.errors, 0);
  EXPECT_EQ(tally.sent, expected);
  EXPECT_EQ(tally.finished, expected);
  EXPECT_EQ(run(storage->table().get({"p", "counter"}))->value().version, static_cast<std::uint64_t>(expected));
  const auto depth = run(storage->queue("hot").depth());
  EXPECT_EQ(depth->visible + depth->in_flight + depth->dead, 0U);
  const auto statistics = storage->statistics();
  EXPECT_LT(statistics.batches, statistics.operations);
}

TEST(Threads, ClosingFinishesWhatWasHandedOver) {
  TemporaryFolder folder;
  const SystemClock clock;
  asio::io_context context;
  Tally tally;
  auto storage = open(folder.path(), clock);
  for (int i = 0; i < 50; ++i) asio::co_spawn(context, produce(*storage, 1, tally), [](std::exception_ptr) {});
  context.poll();   // hands the sends over
  storage.reset();  // and closes
  context.run();
  EXPECT_EQ(tally.sent, 50);
  storage = open(folder.path(), clock);
  EXPECT_EQ(run(storage->queue("hot").depth())->visible, 50U);
}

}  // namespace
}  // namespace syncwell::sqlite
