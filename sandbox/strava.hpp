// An imposter of the Strava API v3 and its OAuth endpoints: a pure state machine, written from the fact sheet strava.md
// and the recorded exchanges in tests/data/api/strava, so that it can judge our client. Paths are those of the real
// host behind "/strava" (README).
// Owned by the Sandbox; one thread; time comes with each call. Nothing here throws on a bad request.
// Memory is bounded by the named maximums.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"
#include "net/http.hpp"
#include "sandbox/activity_file.hpp"
#include "sandbox/handshake.hpp"
#include "sandbox/oauth.hpp"
#include "sandbox/strava_activity.hpp"
#include "sandbox/strava_limits.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_strava_accounts = 10'000;
inline constexpr std::size_t max_activities_per_account = 50'000;
inline constexpr std::size_t max_strava_uploads = 20'000;          // the oldest are forgotten: 404
inline constexpr std::size_t max_stored_track_points = 4'000'000;  // later activities keep none
inline constexpr std::int64_t max_per_page = 200;
inline constexpr std::int64_t default_per_page = 30;

struct StravaOptions {
  OAuthRules oauth{.clients = {{"100001", "syncwell-strava-secret"}},
                   .access_token_life = std::chrono::seconds{21'600},
                   .rotate_refresh_tokens = true,
                   .same_token_while_more_than = std::chrono::hours{1}};
  StravaLimits limits{};
  // An upload is ready after this many polls that said "processing", or after processing_time, whichever is first.
  int polls_while_processing = 1;
  Duration processing_time = std::chrono::seconds{8};
  // Two activities of one athlete that start this close are one, if sport or place agree.
  Duration duplicate_start_tolerance = std::chrono::seconds{5};
  bool duplicate_error_as_link = false;  // "… duplicate of <a href='/activities/1'>…"
  bool append_data_type_to_external_id = false;
  bool hide_new_activity_once = false;  // the first GET of a new activity answers 404
  bool utc_for_files_without_position = false;
  bool limit_errors_as_text = false;  // "errors" of a 429 is a text instead of a list
  std::string default_time_zone = "Europe/Berlin";
  bool sign_events = true;  // X-Strava-Signature
};

class Strava {
 public:
  // `random` outlives this object.
  Strava(StravaOptions options, Random& random);

  // `target` is the request's target without the "/strava" prefix.
  [[nodiscard]] net::Response handle(const net::Request& request, const net::Target& target, Instant now);

  // Control side: no token, no limit.
  // {activities:[{id?, name, sport_type, start_date, elapsed_time, distance?, …}], athlete?:{timezone}}; an activity
  // whose id exists is replaced. All or nothing.
  [[nodiscard]] std::expected<std::size_t, std::string> seed(const std::string& account,
                                                             const boost::json::object& body, Instant now);
  [[nodiscard]] bool remove(std::string_view account, std::int64_t id, Instant now = {});
  // The athlete removes the application in the settings. How many grants ended.
  std::size_t remove_application(const std::string& account, Instant now);
  // Everything that is held, in an order that depends on nothing but the content.
  [[nodiscard]] boost::json::object state(std::string_view only_account) const;
  [[nodiscard]] OAuth& oauth() { return oauth_; }
  [[nodiscard]] StravaOptions& options() { return options_; }
  void clear();
  // Finishes every upload whose processing time is over.
  void settle(Instant now);

  // The client's push subscription, without handshake; its id.
  std::int64_t subscribe(const std::string& client, std::string url);
  // What a request to create a subscription has to be preceded by; nullopt for any other request.
  [[nodiscard]] std::optional<Handshake> handshake_for(const net::Request& request, const net::Target& target) const;
  // What is to be sent at `now` (for signatures); it is not given again.
  [[nodiscard]] std::vector<net::Request> take_notifications(Instant now);
  [[nodiscard]] std::size_t waiting_notifications() const { return outbox_.size(); }

  [[nodiscard]] static std::int64_t athlete_id(std::string_view account);

 private:
  struct Upload {
    std::int64_t id = 0;
    std::string account;
    std::string client_id;
    Instant received{};
    int polls = 0;
    std::string label{};        // file name or external id: what the error text names
    StravaActivity activity{};  // what it will become
    std::optional<FileFault> fault{};
    bool settled = false;
    std::optional<std::int64_t> activity_id{};
    std::string error{};
  };
  struct Subscription {
    std::int64_t id = 0;
    std::string callback_url;
  };
  struct Account {
    std::map<std::int64_t, StravaActivity> activities;
    std::string time_zone;
    std::optional<double> weight_kg{};
  };
  // One authenticated call.
  struct Call {
    const net::Request& request;
    const net::Target& target;
    const Bearer& bearer;
    Account& account;
    Instant now;
  };

  std::optional<net::Response> handle_subscriptions(const net::Request& request, const net::Target& target);
  void notify(std::string_view account, std::string_view object_type, std::int64_t object_id, std::string_view aspect,
              boost::json::object updates, Instant now);
  net::Response handle_oauth(const net::Request& request, const net::Target& target, Instant now);
  net::Response authorize(const net::Target& target, Instant now);
  net::Response token(const net::Request& request, const net::Target& target, Instant now);
  net::Response deauthorize(const net::Request& request, const net::Target& target, Instant now);
  net::Response revoke(const net::Request& request);

  net::Response handle_api(Call& call, std::string_view path);
  net::Response handle_activity(Call& call, std::int64_t id, std::string_view part);
  net::Response athlete(Call& call) const;
  net::Response update_athlete(Call& call);
  net::Response list_activities(Call& call) const;
  net::Response get_activity(Call& call, StravaActivity& activity) const;
  net::Response streams(Call& call, const StravaActivity& activity) const;
  net::Response create_activity(Call& call);
  net::Response update_activity(Call& call, StravaActivity& activity);
  net::Response upload(Call& call);
  net::Response get_upload(Call& call, std::string_view id_text);

  void settle(Upload& upload, Instant now);
  [[nodiscard]] static boost::json::object render(const Upload& upload, const Account& account);
  [[nodiscard]] const StravaActivity* duplicate_of(const Account& account, const StravaActivity& activity) const;
  StravaActivity& store(Account& account, StravaActivity activity);
  Account* account_of(const std::string& name);

  StravaOptions options_;
  OAuth oauth_;
  StravaUsage usage_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::int64_t, Upload> uploads_;
  std::deque<std::int64_t> upload_order_;
  std::deque<std::int64_t> pending_uploads_;  // not settled, or settled by polling; in order of receipt
  std::size_t stored_points_ = 0;
  std::map<std::string, Subscription, std::less<>> subscriptions_;  // by client id: an application has one
  std::deque<std::pair<std::string, net::Request>> outbox_;         // with the client id
};

// {message, errors:[{resource, field, code}]}.
[[nodiscard]] net::Response strava_error(int status, std::string_view message, std::string_view resource,
                                         std::string_view field, std::string_view code);
// Fields of a form, a JSON object of scalars, or the plain fields of a multipart body; values that are not UTF-8 are
// left out.
[[nodiscard]] net::Parameters body_fields(const net::Request& request);
[[nodiscard]] bool is_true(const std::optional<std::string>& text);

}  // namespace syncwell::sandbox
