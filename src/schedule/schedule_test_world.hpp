// For the tests of this folder: real storage in simulated time, a person with connections and syncs, and what lies on
// the queues.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <set>

#include "adapters/sqlite/test_storage.hpp"
#include "base/cancellation.hpp"
#include "providers/registry.hpp"
#include "schedule/config_schedule.hpp"
#include "schedule/failing_test_ports.hpp"
#include "schedule/trigger_jobs.hpp"
#include "store/connections.hpp"

namespace syncwell::schedule {

// A provider that is never called; with OAuth it counts as accounts, without as files.
class StillProvider final : public providers::DataProvider, private providers::OAuth {
 public:
  StillProvider(std::string key, bool has_accounts) : has_accounts_(has_accounts) {
    capabilities_.key = capabilities_.display_name = std::move(key);
  }
  [[nodiscard]] const providers::Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<providers::RecordStream>> fetch(providers::CallContext, providers::Account,
                                                                       providers::FetchRequest) override {
    return fail(ErrorCode::unsupported, "never called");
  }
  [[nodiscard]] Async<providers::PushResult> push(providers::CallContext, providers::Account, model::DataType,
                                                  std::span<const providers::WriteOp>) override {
    co_return providers::PushResult{};
  }
  [[nodiscard]] providers::OAuth* oauth() override { return has_accounts_ ? this : nullptr; }

 private:
  [[nodiscard]] std::string authorization_url(const std::string&, const std::string&,
                                              const std::string&) const override {
    return {};
  }
  [[nodiscard]] Async<Result<providers::Tokens>> exchange(providers::CallContext, std::string, std::string,
                                                          std::string) override {
    co_return fail(ErrorCode::unsupported, "never called");
  }
  [[nodiscard]] Async<Result<providers::Tokens>> refresh(providers::CallContext, providers::Tokens) override {
    co_return fail(ErrorCode::unsupported, "never called");
  }
  [[nodiscard]] Async<Result<void>> revoke(providers::CallContext, providers::Tokens) override {
    co_return fail(ErrorCode::unsupported, "never called");
  }
  providers::Capabilities capabilities_;
  bool has_accounts_;
};

class ScheduleTest : public testing::Test {
 protected:
  ScheduleTest() {
    auto options = sqlite::test_options(folder_.path());
    options.queues = {{"hot", {}}, {"triggers", {std::chrono::seconds{60}, 3}}};
    options.rules = {{std::string(bus::source_data_changed), "triggers"},
                     {std::string(bus::sync_succeeded), "triggers"}};
    auto opened = sqlite::Storage::open(std::move(options), clock_, runtime.executor());
    if (!opened) throw std::runtime_error(opened.error().message);
    storage = std::move(*opened);
    providers.add(std::make_unique<StillProvider>("cloud", true));
    providers.add(std::make_unique<StillProvider>("files", false));
    connect("conn_a");
    connect("conn_b");
  }

  // Runs until this coroutine has ended, whatever else goes on.
  template <class T>
  T complete(Async<T> task) {
    std::optional<T> value;
    boost::asio::co_spawn(runtime.executor(), without_cancellation_exceptions(std::move(task)),
                          [&](std::exception_ptr error, T result) {
                            if (error) std::rethrow_exception(error);
                            value.emplace(std::move(result));
                          });
    while (!value) runtime.run_for(Duration{1});
    return std::move(*value);
  }

  [[nodiscard]] store::Table& table() { return storage->table(); }
  [[nodiscard]] queue::Queue& hot() { return storage->queue("hot"); }

  void connect(const std::string& id, const std::string& provider = "cloud", const std::string& user = "user") {
    ASSERT_TRUE(complete(store::Connections(table()).add(
        {id, user, provider, store::ConnectionStatus::active, "pointer", runtime.now()})));
  }
  // One that is no news any more.
  static constexpr Duration long_ago = std::chrono::hours{24 * 30};
  store::SyncConfig config(const std::string& id, model::DataType type = model::DataType::steps) {
    return {id, "user", "conn_a", "conn_b", type, "source_wins", {}, {}, false, runtime.now() - long_ago};
  }
  void add(store::SyncConfig config) { ASSERT_TRUE(complete(ConfigSchedule(table(), runtime).add(std::move(config)))); }
  [[nodiscard]] store::SyncConfig stored(const std::string& id) {
    return complete(store::SyncConfigs(table()).get("user", id)).value().value();
  }
  void set_user(store::Tier tier, bool paused = false, store::UserStatus status = store::UserStatus::active) {
    auto user = complete(store::Users(table()).get("user")).value();
    user.tier = tier;
    user.paused = paused;
    user.status = status;
    ASSERT_TRUE(complete(store::Users(table()).put(user)));
  }
  [[nodiscard]] std::optional<store::ScheduleEntry> entry(const std::string& id) {
    return complete(store::Schedules(table()).get(id)).value();
  }
  void make_due(const std::string& id, std::optional<Instant> last_poll = {}) {
    auto one = entry(id).value();
    one.next_at = runtime.now();
    one.last_poll = last_poll;
    ASSERT_TRUE(complete(store::Schedules(table()).put(one)));
  }
  void set_progress(const std::string& id, Instant last_sync, std::int64_t new_items = 0) {
    auto progress = complete(store::SyncConfigs(table()).progress(id)).value();
    progress.last_sync_time = last_sync;
    progress.velocity.add(runtime.now(), new_items);
    std::vector<store::Write> writes{store::SyncConfigs::advance(id, progress)};
    ASSERT_TRUE(complete(table().transact(std::move(writes))));
  }
  [[nodiscard]] store::SyncProgress progress(const std::string& id) {
    return complete(store::SyncConfigs(table()).progress(id)).value();
  }

  [[nodiscard]] std::vector<store::Job> jobs(const std::string& user = "user") {
    return complete(store::Jobs(table()).list(user, 1000)).value().jobs;
  }
  void set_job(const std::string& id, store::JobStatus status) {
    auto job = complete(store::Jobs(table()).get(id)).value().value();
    job.status = status;
    job.updated = runtime.now();
    ASSERT_TRUE(complete(store::Jobs(table()).update(job)));
  }
  // What is visible on the hot queue, and is off it then.
  std::vector<engine::JobMessage> take_messages() {
    std::vector<engine::JobMessage> taken;
    while (true) {
      auto messages = complete(hot().receive(queue::max_receive_batch, Duration{0})).value();
      if (messages.empty()) return taken;
      for (const auto& message : messages) {
        taken.push_back(engine::job_message_from_body(message.body).value());
        EXPECT_TRUE(complete(hot().remove(message.receipt)));
      }
    }
  }
  static std::set<std::string> job_ids(const std::vector<engine::JobMessage>& messages) {
    std::set<std::string> ids;
    for (const auto& message : messages) ids.insert(message.job_id);
    return ids;
  }

 private:
  sqlite::TemporaryFolder folder_;

 protected:
  VirtualRuntime runtime;

 private:
  sqlite::RuntimeClock clock_{runtime};

 protected:
  std::unique_ptr<sqlite::Storage> storage;
  providers::Registry providers;
  Counters counters;
};

}  // namespace syncwell::schedule
