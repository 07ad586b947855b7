// The support desk at work by itself (SUP-1, SUP-3, SUP-4): finds dead letters and opens their cases, redrives what an
// outage left when the provider is back, closes what came through, keeps the contact clock, and says what people on
// call must know. One round after the other, each step in proportion to what there is to do; what fails is done again
// in the next round. Nothing here waits for the world outside: notices go into a queue (outside.hpp).
// Several desks may work on one store: every step is a conditional write. Everything happens on the runtime's thread;
// stop() before what it refers to goes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/task_group.hpp"
#include "bus/event_bus.hpp"
#include "store/connections.hpp"
#include "store/notices.hpp"
#include "support/alarm_rules.hpp"
#include "support/case_book.hpp"
#include "support/people.hpp"

namespace syncwell::support {

inline constexpr int max_notice_attempts = 60;  // some two days (outside.hpp)

struct DeskSettings {
  Duration round_pause = std::chrono::seconds{1};
  ContactSettings contact{};
  std::vector<std::string> alarm_channels{};  // pagerduty, webhook, mail: those that are configured
  bool has_tickets = false;
};

// What the desk cannot see in the store. Called on its thread.
struct DeskProbes {
  std::function<std::vector<std::string>()> open_breakers = [] { return std::vector<std::string>(); };
  std::function<std::uint64_t()> refresh_failures = [] { return std::uint64_t{0}; };       // since the start
  std::function<std::uint64_t()> duplicates_suppressed = [] { return std::uint64_t{0}; };  // since the start
};

struct DeskServices {  // references outlive the desk
  store::Table& table;
  queue::Queue& hot;
  queue::Queue& notices;
  bus::EventBus& bus;
  CaseBook& book;
  People& people;
  const Triage& triage;
  Runtime& runtime;
};

class Desk {
 public:
  Desk(DeskServices services, DeskProbes probes, DeskSettings settings);
  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();

  [[nodiscard]] const std::vector<std::string>& alarm_channels() const { return settings_.alarm_channels; }

  // Everything that there is to do now.
  [[nodiscard]] Async<Result<void>> round();
  // An event of the bus: ReAuthenticationNeeded asks the person to connect again.
  [[nodiscard]] Async<Result<void>> hear(bus::Event event);
  // Redrives every open case that fits. How many.
  [[nodiscard]] Async<Result<std::uint64_t>> redrive_all(store::Cases::Filter filter, std::string by);
  // A notice that has not arrived is to be tried anew. not_found.
  [[nodiscard]] Async<Result<void>> tell_again(std::string notice_id);

 private:
  [[nodiscard]] Async<void> run();
  [[nodiscard]] Async<Result<void>> take_dead_letters();
  [[nodiscard]] Async<Result<void>> settle_those_on_their_way();
  // Cases whose dead letters have gone without us (erasure, another tool, a crash at the wrong moment).
  [[nodiscard]] Async<Result<void>> sweep(const queue::Depth& depth, const std::vector<store::Incident>& incidents);
  [[nodiscard]] Async<Result<void>> sweep_cases();
  [[nodiscard]] Async<Result<void>> recount();
  [[nodiscard]] Async<Result<void>> drain(const store::Incident& incident, bool provider_is_out);
  [[nodiscard]] Async<Result<void>> keep_contact_clock();
  [[nodiscard]] Async<Result<bool>> is_overtaken(const store::Case& entry);
  [[nodiscard]] Async<Result<void>> tell_that_it_works(store::Case entry);
  [[nodiscard]] Async<Result<void>> look_at_clock(store::Case entry);
  [[nodiscard]] Async<Result<void>> ask_to_reconnect(const store::Case& entry);
  [[nodiscard]] Async<Result<void>> raise_alarms(queue::Depth depth, std::vector<store::Incident> incidents,
                                                 std::vector<std::string> open_breakers);
  [[nodiscard]] Async<Result<bool>> has_cases(std::string contact);
  [[nodiscard]] Async<Result<void>> write_tickets(const std::vector<store::Incident>& incidents);
  [[nodiscard]] Async<Result<void>> tell(std::string channel, std::string thing);
  [[nodiscard]] Async<Result<void>> send_forgotten_notices();
  std::uint64_t in_window(std::vector<std::pair<Instant, std::uint64_t>>& samples, std::uint64_t count) const;

  DeskServices services_;
  DeskProbes probes_;
  DeskSettings settings_;
  store::Cases cases_;
  store::Incidents incidents_;
  store::Alarms alarms_;
  store::Notices notices_;
  store::Connections connections_;
  std::string last_letter_;  // up to which dead letters are known; after a start all are looked at
  std::optional<store::Key> settle_after_;
  std::optional<Instant> mismatch_since_;
  Instant next_housekeeping_{};
  Holding holding_;
  std::vector<std::pair<Instant, std::uint64_t>> refresh_samples_;
  std::vector<std::pair<Instant, std::uint64_t>> duplicate_samples_;
  TaskGroup loop_;
};

// "pagerduty|outage/strava": of an alarm or an incident on a channel.
[[nodiscard]] std::string notice_id_of(const std::string& channel, const std::string& thing);
[[nodiscard]] bool needs_ticket(const store::Incident& incident);

}  // namespace syncwell::support
