// The support desk's routes (SUP-2 … SUP-6), below /admin. Who calls is known (api.cpp) and has the role that the route
// asks for. Every look at a person's case and every action is in the audit log before it happens: where the log cannot
// be written, nothing happens. An action that is refused then has a second entry that says so.
#pragma once

#include "api/router.hpp"
#include "store/audit_log.hpp"
#include "support/support_desk.hpp"

namespace syncwell::api {

inline constexpr std::size_t min_purpose_characters = 5;
inline constexpr std::size_t max_purpose_bytes = 200;
inline constexpr Duration break_glass_lifetime = std::chrono::minutes{15};

// Why something is not done, as a problem.
struct Refusal {
  int status;
  const char* code;
  const char* detail;
};
[[nodiscard]] net::Response no_such_case();

class SupportRoutes {
 public:
  // References outlive it.
  SupportRoutes(store::Table& table, queue::Queue& hot, vault::Vault& vault, support::SupportDesk& support,
                Runtime& runtime);
  void add_to(Router& router);

 private:
  void add_case_routes(Router& router);
  void add_incident_routes(Router& router);
  void add_contact_routes(Router& router);
  void add_staff_routes(Router& router);

  [[nodiscard]] Async<Result<void>> audit(const Call& call, std::string action, std::string target,
                                          std::string purpose = {}, std::string detail = {});
  // Of what audit() was told of.
  [[nodiscard]] Async<net::Response> refuse(const Call& call, std::string action, std::string target, Refusal refusal);
  [[nodiscard]] boost::json::object describe(const store::Case& entry) const;
  [[nodiscard]] boost::json::object describe(const store::Incident& incident) const;
  [[nodiscard]] Async<net::Response> answer_with_case(std::string id, int status);

  [[nodiscard]] Async<net::Response> list_cases(Call call);
  [[nodiscard]] Async<net::Response> open_case(Call call);
  [[nodiscard]] Async<Result<boost::json::array>> timeline_of(const store::Case& entry);
  [[nodiscard]] Async<net::Response> redrive_case(Call call);
  [[nodiscard]] Async<net::Response> redrive_cases(Call call);
  [[nodiscard]] Async<net::Response> archive_case(Call call);
  [[nodiscard]] Async<net::Response> annotate_case(Call call);
  [[nodiscard]] Async<net::Response> purge_case(Call call);

  [[nodiscard]] Async<net::Response> list_incidents(Call call);
  [[nodiscard]] Async<net::Response> get_incident(Call call);
  [[nodiscard]] Async<net::Response> redrive_incident(Call call);
  [[nodiscard]] Async<net::Response> overview();
  [[nodiscard]] Async<Result<boost::json::array>> active_alarms();
  [[nodiscard]] Async<net::Response> list_notices(Call call);
  [[nodiscard]] Async<net::Response> retry_notice(Call call);

  [[nodiscard]] Async<net::Response> list_contacts(Call call);
  [[nodiscard]] Async<net::Response> preview_contact(Call call);
  [[nodiscard]] Async<net::Response> send_contact(Call call);

  [[nodiscard]] Async<net::Response> who_am_i(Call call);
  [[nodiscard]] Async<net::Response> list_staff();
  [[nodiscard]] Async<net::Response> add_staff(Call call);
  [[nodiscard]] Async<net::Response> remove_staff(Call call);
  [[nodiscard]] Async<net::Response> list_audit(Call call);
  [[nodiscard]] Async<net::Response> verify_audit(Call call);
  [[nodiscard]] Async<net::Response> break_glass(Call call);
  [[nodiscard]] Async<net::Response> look_through_glass(Call call);
  [[nodiscard]] Async<net::Response> jobs_through_glass(int status, std::string id, std::string user, Instant until);

  store::Table& table_;
  queue::Queue& hot_;
  vault::Vault& vault_;
  support::SupportDesk& support_;
  Runtime& runtime_;
  store::Cases cases_;
  store::Incidents incidents_;
  store::Jobs jobs_;
  store::Alarms alarms_;
  store::Notices notices_;
  store::Contacts contacts_;
  store::Staff staff_;
  store::AuditLog audit_;
};

}  // namespace syncwell::api
