// Opens, moves and closes the cases of dead letters, and keeps their incidents in step (SUP-2, SUP-3, SUP-5): each move
// of a case and the count of its incident are one transaction. The dead-letter queue is the truth; what a crash left
// between it and a case, the desk mends (desk.hpp). Any number may work on one book at the same time.
// Errors of every method: storage errors; busy: others write the same all the time.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "base/runtime.hpp"
#include "queue/queue.hpp"
#include "store/incidents.hpp"
#include "store/jobs.hpp"
#include "support/contact_clock.hpp"
#include "support/triage.hpp"

namespace syncwell::support {

inline constexpr std::string_view desk_name = "desk";  // who does what happens by itself

// What became of an action. `still_running`: the dead letter is not there (any more): its job is on its way already.
enum class Moved { done, not_found, already_redriven, closed, still_running };

class CaseBook {
 public:
  CaseBook(store::Table& table, queue::Queue& hot, const Triage& triage, Runtime& runtime, ContactSettings contact)
      : table_(table),
        hot_(hot),
        triage_(triage),
        runtime_(runtime),
        contact_(contact),
        cases_(table),
        incidents_(table),
        jobs_(table) {}

  // Dead letters were found: opens their cases, or opens them again; nothing happens for those that are known.
  [[nodiscard]] Async<Result<void>> take(std::vector<queue::DeadLetter> letters);
  // Back to the queue, by a person or by the desk.
  [[nodiscard]] Async<Result<Moved>> redrive(std::string id, std::string by);
  // Put away: the dead letter is deleted, its case is kept.
  [[nodiscard]] Async<Result<Moved>> archive(std::string id, std::string by, std::string why);
  // Its sync has come through since, by another job: the dead letter is deleted, its case is resolved.
  [[nodiscard]] Async<Result<Moved>> overtake(std::string id);
  [[nodiscard]] Async<Result<Moved>> annotate(std::string id, std::string by, std::string text);
  // Deletes the dead letter and its case.
  [[nodiscard]] Async<Result<Moved>> purge(std::string id);
  // How a job that was on its way ended, or that its dead letter has gone without us. Nothing happens while it runs.
  [[nodiscard]] Async<Result<void>> settle(store::Case entry, std::optional<store::Job> job, bool letter_is_there);
  // Writes the clock's stage, or why it stands, and when to look again.
  [[nodiscard]] Async<Result<void>> set_contact(std::string id, std::string contact, std::optional<Instant> look);
  // The incident has these cases, by CaseState. Nothing happens where it was written since it was read.
  [[nodiscard]] Async<Result<void>> correct(store::Incident incident, std::array<std::int64_t, 4> counts);
  // Changes what is the incident's own.
  [[nodiscard]] Async<Result<void>> change_incident(std::string id, std::function<void(store::Incident&)> change);

 private:
  // Changes a case and counts it in its incident. `change` says whether to go on; it may be called several times.
  using Change = std::function<Moved(store::Case&)>;
  [[nodiscard]] Async<Result<Moved>> move(std::string id, Change change);
  [[nodiscard]] Async<Result<Moved>> put_away(std::string id, store::CaseState state, std::string by, std::string why);
  [[nodiscard]] Async<Result<Moved>> move_once(const std::string& id, const Change& change);
  [[nodiscard]] Async<Result<void>> take_one(const queue::DeadLetter& letter);
  [[nodiscard]] Async<Result<bool>> take_once(const queue::DeadLetter& letter);
  // What is known of it, without what an earlier case of the same job says.
  [[nodiscard]] Async<Result<store::Case>> examine(const queue::DeadLetter& letter);
  [[nodiscard]] Async<Result<store::Incident>> incident_for(const store::Case& entry, const Rule& rule);
  // Out of an incident into which it does not come back.
  [[nodiscard]] Async<Result<std::vector<store::Write>>> leave_incident(const store::Case& before);

  store::Table& table_;
  queue::Queue& hot_;
  const Triage& triage_;
  Runtime& runtime_;
  ContactSettings contact_;
  store::Cases cases_;
  store::Incidents incidents_;
  store::Jobs jobs_;
};

// The incident's cases are all done.
[[nodiscard]] bool is_over(const store::Incident& incident);

}  // namespace syncwell::support
