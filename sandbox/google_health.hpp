// An imposter of the Google Health API v4 and of Google's OAuth endpoints: a pure state machine, written from the fact
// sheet google_health.md so that it can judge our client. Paths are those of the real hosts behind "/google" (README).
// Owned by the Sandbox; one thread; time comes with each call. Nothing here throws on a bad request.
// Memory is bounded by the named maximums; what goes past them answers 429 or 400.
#pragma once

#include <boost/json.hpp>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "net/http.hpp"
#include "sandbox/google_health_filter.hpp"
#include "sandbox/google_health_point.hpp"
#include "sandbox/handshake.hpp"
#include "sandbox/oauth.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_google_accounts = 10'000;
inline constexpr std::size_t max_points_per_account = 500'000;
inline constexpr std::size_t max_names_per_batch_delete = 10'000;
inline constexpr std::int64_t max_list_page = 10'000;
inline constexpr std::int64_t default_list_page = 1440;
inline constexpr std::int64_t max_session_page = 25;  // exercise and sleep: default and maximum

struct GoogleHealthOptions {
  OAuthRules oauth{.clients = {{"syncwell-google-client", "syncwell-google-secret"}},
                   .refresh_token_needs_offline = true,
                   .access_token_prefix = "ya29.",
                   .refresh_token_prefix = "1//0"};
  int requests_per_minute_per_user = 300;
  // In a listing of more than one page, page 2, 2 + N, 2 + 2N … is empty and carries a token; 0: never.
  int empty_page_every = 4;
  bool enforce_scopes = true;
  // Raw points of types that are not identifiable carry a name in lists, as in the recorded shapes.
  bool names_for_all_types = true;
  // Written points also carry application.webClientId, besides googleWebClientId.
  bool write_web_client_id = true;
  std::string default_time_zone = "Europe/Berlin";
  // Webhooks: the project and the token of its service account.
  std::string project = "1234567890";
  std::string project_token = "syncwell-google-project";
  std::string signing_key{};            // private key in PEM; empty: notifications are not signed
  bool other_signature_header = false;  // GOOGLE-HEALTH-API-SIGNATURE instead of X-HEALTHAPI-SIGNATURE
  bool notify_as_object = false;        // one object instead of a list
  bool any_2xx_verifies = false;        // a handshake is passed with any 2xx instead of 201
  bool notify_own_writes = true;        // what an application wrote through the API is notified, too
};

class GoogleHealth {
 public:
  // `random` outlives this object.
  GoogleHealth(GoogleHealthOptions options, Random& random);

  // `target` is the request's target without the "/google" prefix.
  [[nodiscard]] net::Response handle(const net::Request& request, const net::Target& target, Instant now);

  // Control side: no token, no limit.
  // Loads {dataPoints:[{name?, dataSource?, <type>:{…}}], settings?:{timeZone}}; a point whose name exists is
  // replaced. All or nothing; the error says which point and why.
  [[nodiscard]] std::expected<std::size_t, std::string> seed(const std::string& account,
                                                             const boost::json::object& body, Instant now);
  [[nodiscard]] bool remove(std::string_view account, std::string_view type, std::string_view id);
  // Everything that is held, in an order that depends on nothing but the content.
  [[nodiscard]] boost::json::object state(std::string_view only_account, bool with_times) const;
  [[nodiscard]] OAuth& oauth() { return oauth_; }
  [[nodiscard]] GoogleHealthOptions& options() { return options_; }
  void clear();

  // A subscriber of every type and every consenting person, without handshake.
  void subscribe(std::string url, std::string secret);
  // What a request to create a subscriber has to be preceded by; nullopt for any other request.
  [[nodiscard]] std::optional<Handshake> handshake_for(const net::Request& request, const net::Target& target) const;
  // What is to be sent now; it is not given again.
  [[nodiscard]] std::vector<net::Request> take_notifications();
  [[nodiscard]] std::size_t waiting_notifications() const { return outbox_.size(); }

  // The opaque id of an account, as in resource names.
  [[nodiscard]] static std::string health_user_id(std::string_view account);

 private:
  struct Collection {
    std::map<std::string, Point, std::less<>> by_id;
    std::set<std::pair<Instant, std::string>> by_start;
  };
  struct Account {
    std::map<std::string, Collection, std::less<>> collections;  // by data type id
    std::size_t points = 0;
    std::string time_zone;
    std::int64_t minute = 0;
    int requests_in_minute = 0;
  };
  // One authenticated call.
  struct Call {
    const net::Request& request;
    const net::Target& target;
    const Bearer& bearer;
    Account& account;
    Instant now;
  };
  struct Subscriber {
    std::string url;
    std::string secret;             // the whole Authorization header
    std::set<std::string> types{};  // empty: all
    bool automatic = true;          // everybody who consents; otherwise `users`
    std::set<std::string> users{};  // health user ids
  };
  struct Page {
    std::int64_t size = 0;
    std::int64_t index = 0;
    // Only points before this (start, id) in the descending order.
    std::optional<std::pair<Instant, std::string>> before;
    PointFilter filter;
    std::string digest;  // of everything that must not change from page to page
  };

  net::Response handle_oauth(const net::Request& request, const net::Target& target, Instant now);
  net::Response authorize(const net::Target& target, Instant now);
  net::Response token(const net::Parameters& form, Instant now);
  net::Response revoke(const net::Request& request, const net::Target& target);

  std::optional<net::Response> handle_project(const net::Request& request, const net::Target& target);
  net::Response create_subscriber(const net::Request& request, const net::Target& target);
  [[nodiscard]] bool is_project_call(const net::Request& request) const;
  [[nodiscard]] boost::json::object render(const std::string& id, const Subscriber& subscriber) const;
  void notify(const std::string& account, const GoogleHealthType& type, std::string_view operation,
              std::vector<TimeRange> ranges);
  net::Response handle_user(Call& call, std::string_view escaped_path);
  net::Response handle_collection(Call& call, const GoogleHealthType& type, std::string_view verb);
  net::Response identity(const Call& call) const;
  net::Response settings(const Call& call) const;

  net::Response list(Call& call, const GoogleHealthType& type) const;
  net::Response get(Call& call, const GoogleHealthType& type, std::string_view id) const;
  net::Response reconcile(Call& call, const GoogleHealthType& type) const;
  std::expected<Page, net::Response> read_page(const Call& call, const GoogleHealthType& type) const;
  [[nodiscard]] static std::vector<const Point*> merged_points(const Account& account, const GoogleHealthType& type,
                                                               std::string_view family);
  [[nodiscard]] net::Response answer_page(const Page& page, boost::json::array points, const Point* last,
                                          bool more) const;
  [[nodiscard]] bool page_is_empty_on_purpose(const Page& page) const;

  net::Response create(Call& call, const GoogleHealthType& type);
  net::Response update(Call& call, const GoogleHealthType& type, std::string_view id);
  net::Response batch_delete(Call& call, std::string_view parent_type);
  [[nodiscard]] std::expected<Point, net::Response> read_body(const Call& call, const GoogleHealthType& type) const;
  [[nodiscard]] net::Response operation(const Call& call, std::string_view response_type,
                                        boost::json::object response) const;

  [[nodiscard]] static bool may(const Call& call, std::string_view scope, bool write, bool enforced);
  [[nodiscard]] boost::json::object render(const Point& point, std::string_view user) const;
  [[nodiscard]] static const Point* find(const Account& account, std::string_view type, std::string_view id);
  void store(Account& account, Point point);
  bool erase(Account& account, std::string_view type, std::string_view id);
  Account* account_of(const std::string& name);

  GoogleHealthOptions options_;
  OAuth oauth_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, Subscriber, std::less<>> subscribers_;
  std::deque<net::Request> outbox_;
};

// {error:{code, message, status, details?}}; `reason` fills an ErrorInfo detail.
[[nodiscard]] net::Response google_error(int status, std::string_view message, std::string_view reason = {});

}  // namespace syncwell::sandbox
