// Durable sends to the queue: many callers at once, each waiting until its message would survive a power cut.
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/sqlite/storage.hpp"
#include "base/cancellation.hpp"
#include "base/io_runtime.hpp"
#include "benchmarks.hpp"
#include "engine/job_message.hpp"
#include "measuring.hpp"
#include "raw_limits.hpp"

namespace syncwell::bench {
namespace {

namespace asio = boost::asio;

constexpr double target_per_s = 20'000;
constexpr std::uint64_t default_seconds = 5;
constexpr int senders = 4096;
constexpr double warm_up_s = 0.5;

struct Load {
  queue::Queue& queue;
  std::string body;
  std::uint64_t sent = 0;
  bool stopping = false;
  std::optional<Error> error{};
};

// `load` outlives the coroutine; everything on one thread.
Async<void> keep_sending(Load& load) {
  while (!load.stopping && !load.error) {
    auto id = co_await load.queue.send(load.body, Duration{0});
    if (id) {
      ++load.sent;
    } else {
      load.error = std::move(id.error());
    }
  }
}

struct Snapshot {
  std::uint64_t sent = 0;
  std::uint64_t commits = 0;
  Stopwatch watch{};
};

Async<void> measure_while_sending(Load& load, sqlite::Storage& storage, Runtime& runtime, double measured_s,
                                  Report& report, RawLimit limit) {
  (void)co_await runtime.sleep_for(Duration{static_cast<std::int64_t>(1000 * warm_up_s)});
  const Snapshot begin{load.sent, storage.statistics().batches};
  (void)co_await runtime.sleep_for(Duration{static_cast<std::int64_t>(1000 * measured_s)});
  const double took_s = begin.watch.seconds();
  const auto sent = static_cast<double>(load.sent - begin.sent);
  const auto commits = static_cast<double>(storage.statistics().batches - begin.commits);
  load.stopping = true;
  if (load.error) co_return;
  report.add({"messages sent", sent / took_s, "/s", Better::higher, target_per_s, {limit}});
  report.add({"commits", commits / took_s, "/s", Better::higher, std::nullopt, {limit}});
  report.add({"messages per commit", sent / commits, "", Better::higher});
}

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

Result<void> measure_enqueue(Report& report) {
  const auto measured_s = static_cast<double>(number_from_environment("SYNCWELL_BENCH_SECONDS", default_seconds));
  const ScratchFolder folder;
  auto limit = append_limit(folder.path());
  if (!limit) return fail(std::move(limit.error()));

  asio::io_context context(1);
  IoRuntime runtime(context);
  const sqlite::SystemClock clock;
  sqlite::StorageOptions options;
  options.folder = folder.path() / "data";
  options.queues = {{"hot", {}}};
  auto storage = sqlite::Storage::open(std::move(options), clock);
  if (!storage) return fail(std::move(storage.error()));

  const engine::JobMessage message{"job_" + runtime.random().uuid4(), std::string(26, 'u'),
                                   "sync_" + runtime.random().uuid4(), runtime.random().uuid4()};
  Load load{(*storage)->queue("hot"), bus::to_json(engine::to_event(message, runtime.random().uuid4(), runtime.now()))};
  report.begin("enqueue",
               fmt::format("durable sends of {} bytes, {} callers, synchronous=FULL", load.body.size(), senders));
  for (int i = 0; i < senders; ++i)
    asio::co_spawn(context, without_cancellation_exceptions(keep_sending(load)), rethrow);
  asio::co_spawn(
      context,
      without_cancellation_exceptions(measure_while_sending(load, **storage, runtime, measured_s, report, *limit)),
      rethrow);
  context.run();
  storage->reset();
  if (load.error) return fail(std::move(*load.error));
  return {};
}

}  // namespace syncwell::bench
