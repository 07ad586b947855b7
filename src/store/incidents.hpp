// What several cases have in common (SUP-3): the same triage rule, provider and error code. At most one incident of a
// kind is open at a time. It counts its cases, and carries how far the desk is with redriving them and which ticket
// tells of it. Resolved incidents expire with the last of their cases.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "store/cases.hpp"

namespace syncwell::store {

inline constexpr std::size_t max_open_incidents = 1000;  // that are looked at
inline constexpr Duration resolved_incident_lifetime = closed_case_lifetime;

struct Incident {
  std::string id;    // "inc_" and a UUID
  std::string kind;  // what makes cases belong together: kind_of()
  bool is_open = true;
  std::string rule{};
  std::string category{};
  std::string action{};
  std::string provider{};
  std::string code{};
  std::string message{};                 // of the first case
  std::array<std::int64_t, 4> counts{};  // of cases, by CaseState
  std::int64_t purged = 0;
  std::int64_t exhausted = 0;  // cases that have been redriven as often as they may be
  Instant opened{};
  Instant last_death{};
  std::optional<Instant> resolved{};
  // Redriving: when it goes on by itself, and how many cases may be on their way at the same time. 0: none was tried
  // since one of them died last.
  std::optional<Instant> next_redrive{};
  std::int64_t window = 0;
  // The ticket that tells of it: empty while there is none; how many deaths it has been told of.
  std::string ticket_id{};
  bool ticket_solved = false;
  std::uint64_t version = 0;

  [[nodiscard]] std::int64_t& count(CaseState state) { return counts.at(static_cast<std::size_t>(state)); }
  [[nodiscard]] std::int64_t count(CaseState state) const { return counts.at(static_cast<std::size_t>(state)); }
  [[nodiscard]] std::int64_t entries() const;
};

[[nodiscard]] std::string kind_of(const Case& entry);

class Incidents {
 public:
  explicit Incidents(Table& table) : table_(table) {}
  [[nodiscard]] static Key key_of(const std::string& id);
  // Where the open incident of a kind is named: attribute "incident".
  [[nodiscard]] static Key open_key_of(const std::string& kind);
  [[nodiscard]] static Incident from(const Item& item);
  // Parts of a transaction. put(): if nobody has written it since it was read (version 0: if there is none).
  [[nodiscard]] static Write put(const Incident& incident);
  // Names it as the open one of its kind, if there is none; and takes that name away.
  [[nodiscard]] static Write open(const Incident& incident);
  [[nodiscard]] static Write close(const Incident& incident);

  [[nodiscard]] Async<Result<std::optional<Incident>>> get(std::string id);
  [[nodiscard]] Async<Result<std::optional<Incident>>> open_of(std::string kind);
  struct Page {
    std::vector<Incident> incidents;
    std::optional<Key> next{};
  };
  // Resolved ones whose ticket is still open.
  [[nodiscard]] Async<Result<std::vector<Incident>>> with_unsolved_ticket(std::size_t limit);
  // Newest first.
  [[nodiscard]] Async<Result<Page>> list(bool open, std::size_t limit, std::optional<Key> after = {});

 private:
  Table& table_;
};

}  // namespace syncwell::store
