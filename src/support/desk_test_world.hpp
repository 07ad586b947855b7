// For tests: a desk on a store in simulated time, jobs that die and come through as a test wishes, and fakes of the
// world outside.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "adapters/sqlite/test_storage.hpp"
#include "base/cancellation.hpp"
#include "support/support_desk.hpp"

namespace syncwell::support {

class DeskWorld : public testing::Test {
 protected:
  DeskWorld() {
    settings.alarm_channels = {"pagerduty"};
    settings.has_tickets = true;
    for_people.channel = "mail";
    for_people.console_url = "https://sync.example/console/";
    start();
  }

  // As after a start of the process: whatever was only in memory is gone.
  void start() {
    desk.reset();
    storage.reset();
    auto options = sqlite::test_options(folder_.path());
    options.queues.push_back({"notices", {std::chrono::minutes{1}, 100}});
    options.queues.push_back({"events", {}});
    options.rules = {{std::string(bus::reauthentication_needed), "events"}};
    auto opened = sqlite::Storage::open(std::move(options), clock_, runtime.executor());
    if (!opened) throw std::runtime_error(opened.error().message);
    storage = std::move(*opened);
    DeskProbes probes;
    probes.open_breakers = [this] { return open_breakers; };
    desk = std::make_unique<SupportDesk>(
        SupportDeskServices{table(), hot(), notices(), storage->bus(), storage->vault(), runtime}, settings, for_people,
        std::move(probes));
  }

  [[nodiscard]] store::Table& table() { return storage->table(); }
  [[nodiscard]] queue::Queue& hot() { return storage->queue("hot"); }
  [[nodiscard]] queue::Queue& notices() { return storage->queue("notices"); }

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

  // The desk looks again and again for so long.
  void work(Duration duration) {
    const Duration pause = duration > std::chrono::minutes{5} ? std::chrono::seconds{10} : std::chrono::seconds{1};
    for (Steady until = runtime.steady_now() + duration; runtime.steady_now() < until;) {
      round();
      runtime.run_for(pause);
    }
  }
  void round() {
    const auto done = complete(desk->desk.round());
    ASSERT_TRUE(done) << done.error().message;
  }

  // A job of this person was accepted and waits in the queue.
  std::string accept(const std::string& id, const std::string& user = "somebody") {
    store::Job job;
    job.id = "job_" + id;
    job.user = user;
    job.config_id = "sync_" + id;
    job.data_type = "workout";
    job.correlation_id = "correlation_" + id;
    job.created = job.updated = runtime.now();
    EXPECT_TRUE(complete(store::Jobs(table()).add(job)));
    EXPECT_TRUE(complete(hot().send(body_of(job), Duration{0})));
    return job.id;
  }
  // Takes the next job from the queue and fails it for good, as the worker does.
  void die(ErrorCode code, int http_status = 0, const std::string& provider = "strava",
           const std::string& message = "it failed") {
    auto received = complete(hot().receive(1, Duration{0})).value();
    ASSERT_EQ(received.size(), 1U);
    const auto event = bus::event_from_json(received[0].body).value();
    change_job(std::string(event.data.at("job_id").as_string()), [&](store::Job& job) {
      job.status = store::JobStatus::dead_lettered;
      job.attempts = 5;
      job.error_code = name_of(code);
      store::note_failure(job, {runtime.now(), runtime.now(), store::JobStatus::dead_lettered,
                                std::string(name_of(code)), provider, http_status});
    });
    ASSERT_TRUE(complete(hot().dead_letter(received[0].receipt, std::string(name_of(code)), message)));
  }
  // Takes the next job from the queue and carries it out.
  void come_through() {
    auto received = complete(hot().receive(1, Duration{0})).value();
    ASSERT_EQ(received.size(), 1U);
    const auto event = bus::event_from_json(received[0].body).value();
    change_job(std::string(event.data.at("job_id").as_string()),
               [](store::Job& job) { job.status = store::JobStatus::succeeded; });
    ASSERT_TRUE(complete(hot().remove(received[0].receipt)));
  }
  void change_job(const std::string& id, const std::function<void(store::Job&)>& change) {
    store::Jobs jobs(table());
    auto job = complete(jobs.get(id)).value().value();
    change(job);
    ASSERT_TRUE(complete(jobs.update(job)));
  }
  std::string fail_one(const std::string& id, const std::string& user = "somebody",
                       ErrorCode code = ErrorCode::provider_failed, int http_status = 503) {
    const auto job = accept(id, user);
    die(code, http_status);
    return job;
  }

  // This person can be written to.
  void has_address(const std::string& user, const std::string& address, const std::string& locale = "en",
                   bool opted_out = false) {
    store::User profile = complete(store::Users(table()).get(user)).value();
    profile.contact_pointer = complete(storage->vault().put(address)).value();
    profile.locale = locale;
    profile.contact_opt_out = opted_out;
    ASSERT_TRUE(complete(store::Users(table()).put(profile)));
  }

  store::Case entry(const std::string& id) { return complete(store::Cases(table()).get(id)).value().value(); }
  std::vector<store::Incident> incidents(bool open = true) {
    return complete(store::Incidents(table()).list(open, 100)).value().incidents;
  }
  std::vector<store::AlarmRecord> alarms() {
    auto all = complete(store::Alarms(table()).list()).value();
    std::erase_if(all, [](const auto& alarm) { return !alarm.active; });
    return all;
  }
  std::uint64_t visible() { return complete(hot().depth()).value().visible; }
  std::uint64_t dead() { return complete(hot().depth()).value().dead; }
  std::vector<store::ContactMessage> messages(const std::string& user) {
    auto page = complete(table().query("contact#" + user, "", 100, std::nullopt)).value();
    std::vector<store::ContactMessage> list;
    for (const auto& item : page.items) list.push_back(store::Contacts::from(item));
    return list;
  }

 private:
  static std::string body_of(const store::Job& job) {
    bus::Event event{"event_" + job.id, std::string(bus::realtime_sync_requested), "test", job.created};
    event.data = {
        {"job_id", job.id}, {"user", job.user}, {"config_id", job.config_id}, {"correlation_id", job.correlation_id}};
    return bus::to_json(event);
  }
  sqlite::TemporaryFolder folder_;

 protected:
  VirtualRuntime runtime;
  DeskSettings settings;
  PeopleSettings for_people;
  std::vector<std::string> open_breakers;

 private:
  sqlite::RuntimeClock clock_{runtime};

 protected:
  std::unique_ptr<sqlite::Storage> storage;
  std::unique_ptr<SupportDesk> desk;
};

}  // namespace syncwell::support
