// World, once the trouble is over: how everything comes to rest, and what must hold then.
#include <algorithm>
#include <fstream>

#include "engine/job_message.hpp"
#include "sim/world.hpp"

namespace syncwell::sim {
namespace {

using std::chrono::minutes;

constexpr int max_settling_rounds = 12;
constexpr Duration settling_round = minutes{40};
constexpr Duration look_again = minutes{2};

constexpr std::string_view client_secret = "syncwell-google-secret";

}  // namespace

void World::settle() {
  journal_.note("", "nothing goes wrong any more");
  network_.set({});
  queue_.cure();
  disk_.disk_is_full = disk_.fail_syncs = disk_.fail_writes = false;
  disk_.strike.reset();
  hold_wall_clock(false);
  for (int round = 0; round < max_settling_rounds && !violated(); ++round) {
    empty_the_dead_letters();
    sign_in_again();
    for (std::size_t sync = 0; sync < syncs_.size(); ++sync) request(sync);
    ask_again();
    for (Duration passed{0}; passed < settling_round && !is_at_rest(); passed += look_again) run_for(look_again);
    if (is_at_rest() && unanswered_.empty() && !accounts_.difference()) break;
  }
  if (!violated()) rest_or_violate();
}

// No message is on its way or given up.
bool World::is_at_rest() {
  const auto depth = process_->complete(queue_.depth());
  return depth && *depth && (*depth)->visible + (*depth)->in_flight + (*depth)->delayed + (*depth)->dead == 0;
}

// What the support desk would do: redrive dead letters, and throw away what nobody can read.
void World::empty_the_dead_letters() {
  const auto letters = process_->complete(queue_.dead_letters(queue::max_dead_letter_page, ""));
  if (!letters || !*letters) return;
  for (const auto& letter : **letters) {
    if (engine::job_message_from_body(letter.body)) {
      (void)process_->complete(queue_.redrive(letter.id));
    } else {
      (void)process_->complete(queue_.purge(letter.id));
    }
  }
}

void World::rest_or_violate() {
  check_jobs(true);
  if (const auto difference = accounts_.difference())
    journal_.violated(difference->substr(0, difference->find(' ')), *difference);
  const auto depth = process_->complete(queue_.depth());
  if (!depth || !*depth) {
    journal_.violated("", "the queue cannot be asked for its depth");
  } else if ((*depth)->visible + (*depth)->in_flight + (*depth)->delayed + (*depth)->dead > 0) {
    journal_.violated("", fmt::format("the queue does not come to rest: {} visible, {} in flight, {} delayed, {} dead",
                                      (*depth)->visible, (*depth)->in_flight, (*depth)->delayed, (*depth)->dead));
  }
  if (!unanswered_.empty()) journal_.violated("", "the API goes on refusing while nothing is wrong");
  check_what_is_stored();
}

bool World::is_resolved(const std::string& job) {
  const auto entry = process_->complete(cases_.get(job));
  return entry && *entry && **entry && (**entry)->state == store::CaseState::resolved;
}

void World::check_jobs(bool all_at_an_end) {
  std::uint64_t unfinished = 0;
  for (const auto& id : accepted_) {
    if (purged_.contains(id)) continue;
    const auto job = process_->complete(jobs_.get(id));
    if (!job || !*job) return;  // the disk is in trouble
    if (!**job) {
      journal_.violated(id, "the record of an accepted job is gone: " + id);
      return;
    }
    const auto status = (**job)->status;
    if (status == store::JobStatus::succeeded || status == store::JobStatus::needs_reauth) continue;
    // A later job of its sync has done its work, says the desk; whether it has, the comparison of the records shows.
    if (status == store::JobStatus::dead_lettered && is_resolved(id)) continue;
    if (all_at_an_end) {
      journal_.violated(id, fmt::format("an accepted job never ended: {} is {}", id, store::name_of(status)));
      return;
    }
    ++unfinished;
  }
  const auto depth = process_->complete(queue_.depth());
  if (!depth || !*depth) return;
  const auto& [visible, in_flight, delayed, dead, oldest] = **depth;
  if (visible + in_flight + delayed + dead < unfinished)
    journal_.violated("", fmt::format("{} jobs are under way, but there are only {} messages", unfinished,
                                      visible + in_flight + delayed + dead));
}

// DEC-8, DEC-11: tokens are sealed, health values are nowhere.
void World::check_what_is_stored() {
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(report_.lives))) {
    std::string bytes(entry.file_size(), '\0');
    std::ifstream(entry.path(), std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    for (const std::string_view secret : {std::string_view(access_token_prefix), std::string_view(refresh_token_prefix),
                                          client_secret, mark_of_weights}) {
      if (bytes.contains(secret))
        journal_.violated("", fmt::format("{} holds \"{}\"", entry.path().filename().string(), secret));
    }
  }
}

}  // namespace syncwell::sim
