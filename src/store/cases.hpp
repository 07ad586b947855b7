// The support desk's file on each dead letter (SUP-2): metadata only. A case is named by its job, so that a job which
// is redriven and dies again is one case with a longer story; a message that names no job has a case of its own. Closed
// cases expire after closed_case_lifetime; with a person's erasure their cases go.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr Duration closed_case_lifetime = std::chrono::hours{24 * 90};
inline constexpr std::size_t max_case_notes = 100;  // the oldest go
inline constexpr std::size_t max_case_note_bytes = 2000;

// `redriven`: on its way again, nobody knows yet how it ends. `archived`: put away by somebody, or overtaken by events.
enum class CaseState { open, redriven, resolved, archived };
[[nodiscard]] std::string_view name_of(CaseState state) noexcept;
[[nodiscard]] std::optional<CaseState> parse_case_state(std::string_view name) noexcept;

// What happened to a case after its death: by whom ("desk": by itself), and in words.
struct CaseNote {
  Instant at{};
  std::string kind{};  // dead_lettered, redriven, resolved, archived, annotated, contacted
  std::string by{};
  std::string text{};
};

struct Case {
  std::string id;
  CaseState state = CaseState::open;
  std::string dead_letter_id{};  // in the dead-letter queue, while it is open
  std::string rule{};            // of the triage
  std::string category{};        // outage, bad_data, authentication, unknown
  std::string code{};            // an error code's name, or "max_receives"
  std::string provider{};        // whose answer or data it was; empty: nobody's
  int http_status = 0;
  std::string message{};
  std::string data_type{};
  std::string user{};
  std::string config_id{};
  std::string source_connection{};
  std::string destination_connection{};
  std::string job_id{};
  std::string correlation_id{};
  int attempts = 0;
  int redrives = 0;
  bool drains = false;  // the desk redrives it by itself when its incident is over
  Instant first_failed{};
  Instant died{};
  std::optional<Instant> redriven{};  // since when it is on its way
  std::string incident_id{};
  // The contact clock (SUP-4): by when the person is to hear of it, how far it is (running, half, late, overdue) or why
  // it stands (contacted, not_needed, opted_out), and when the case is to be looked at again; never, once it is closed.
  Instant contact_due{};
  std::string contact = "running";
  std::optional<Instant> contact_look{};
  std::vector<CaseNote> notes{};
  std::uint64_t version = 0;
};

void note(Case& entry, CaseNote note);

class Cases {
 public:
  explicit Cases(Table& table) : table_(table) {}
  [[nodiscard]] static Key key_of(const std::string& id);
  [[nodiscard]] static Case from(const Item& item);
  // Part of a transaction: if nobody has written it since it was read (version 0: if there is none). `now`: of the
  // closing, from which a closed one's lifetime counts.
  [[nodiscard]] static Write put(const Case& entry, Instant now);
  [[nodiscard]] static Write erase(const Case& entry);

  [[nodiscard]] Async<Result<std::optional<Case>>> get(std::string id);

  // What a page of a list must be like; empty members: any. The most telling of them is looked up, the others are
  // compared, so that a page may be short, or even empty, and still have a next one.
  struct Filter {
    std::optional<CaseState> state{};
    std::string incident{};
    std::string user{};
    std::string code{};
    std::string provider{};
    std::string category{};
    std::string contact{};
    [[nodiscard]] bool fits(const Case& entry) const;
  };
  struct Page {
    std::vector<Case> cases;
    std::optional<Key> next{};
  };
  // Newest death first.
  [[nodiscard]] Async<Result<Page>> list(Filter filter, std::size_t limit, std::optional<Key> after = {});
  // With this state of the contact clock, counted up to `limit`.
  [[nodiscard]] Async<Result<std::size_t>> count_with_contact(std::string contact, std::size_t limit);
  // Open ones of an incident that the desk redrives by itself, oldest death first.
  [[nodiscard]] Async<Result<std::vector<Case>>> to_drain(std::string incident_id, std::size_t limit);
  // On their way, the longest first.
  [[nodiscard]] Async<Result<Page>> on_their_way(std::size_t limit, std::optional<Key> after);
  // Whose contact clock is to be looked at by `now`.
  [[nodiscard]] Async<Result<std::vector<Case>>> to_contact(Instant now, std::size_t limit);

 private:
  Table& table_;
};

}  // namespace syncwell::store
