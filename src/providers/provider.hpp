// The one interface that every integration implements (ARCH-6, PROV-1). Adding a provider is: a folder with
// capabilities, fetch, push, and OAuth where it has accounts; one line in the registry; no engine code.
//
// A provider is stateless between calls, holds no tokens and no health data, and writes nothing to the store. It calls
// out only through the HttpClient that it is given: that one adds the access token, admission, breaker and deadlines.
// One provider object serves all jobs of one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/runtime.hpp"
#include "model/record.hpp"
#include "net/http_client.hpp"

namespace syncwell::providers {

// Whose records a destination lets us change.
enum class Overwrite { none, own_records, any_record };

struct TypeCapability {
  model::DataType type{};
  bool can_read = false;
  bool can_write = false;
  Overwrite overwrite = Overwrite::none;  // update of an existing record
  bool can_delete = false;                // own records, or any where overwrite is any_record
  // A complete fetch of a window holds every record of it, so a record that is gone was deleted (DEC-7). False for
  // exports, where "missing" may mean a truncated file.
  bool absence_means_deleted = false;
};

enum class RateScope { application, user };

// A token bucket, or a fixed window aligned to the clock where `aligned` (Strava: :00 :15 :30 :45, midnight UTC).
struct RateRule {
  std::string name;  // "user_per_minute"
  RateScope scope = RateScope::application;
  std::uint32_t limit = 0;
  Duration window{};
  bool aligned = false;
  bool reads_only = false;
};

enum class ProviderKind { cloud, file };

struct Capabilities {
  std::string key;           // "google_health"
  std::string display_name;  // "Google Health"
  ProviderKind kind = ProviderKind::cloud;
  std::vector<TypeCapability> types;
  bool reading_is_opt_in = false;               // its terms make copying data out doubtful (PROV-9)
  std::string terms;                            // why, in one sentence for people
  Duration look_back = std::chrono::hours{24};  // DEC-5: how far before the high-water mark to re-read
  bool full_history_each_time = false;          // files: no window, the ledger recognises what was synced
  std::size_t max_push_batch = 100;
  std::vector<RateRule> rate_rules;

  [[nodiscard]] const TypeCapability* find(model::DataType type) const;
};

// The account at the provider, as the engine knows it. For files: where they are.
struct Account {
  std::string connection_id;
  std::string location;          // file providers: path of the file or folder; empty otherwise
  std::string provider_user_id;  // cloud providers: the account's id there, where a call needs it
};

// What a call may use. References outlive the call.
struct CallContext {
  net::HttpClient& http;
  Runtime& runtime;
  Deadline deadline;
};

// Something was wrong but the rest is sound. `where` names the file and position or the record id and field.
struct Warning {
  std::string where;
  std::string what;
};
inline constexpr std::size_t max_warnings = 1000;  // per fetch; the last one then says how many more there were

struct Page {
  std::vector<model::Record> records;
  bool last = false;     // nothing follows
  bool partial = false;  // something was skipped or cut off: absence proves nothing
  std::vector<Warning> warnings;
  std::string cursor{};  // last page: what to pass to the next fetch; stored only after full success (ALG-8)
};
inline constexpr std::size_t max_page_records = 2000;

struct FetchRequest {
  model::DataType type{};
  // Records that overlap this range (a record that starts before it and ends in it belongs to it; instants inside).
  TimeRange range{};
  // The caller needs ids, times and totals only (a destination's read before a write): a provider that would spend
  // further calls per record on samples and routes leaves them out. Such records are never written anywhere.
  bool summary_only = false;
  // What the last page of the last successful fetch gave as its cursor; empty the first time (DEC-12).
  std::string cursor{};
};

// A fetch in progress: pull pages until one says `last`. Destroying it ends the fetch. Pages may be empty before the
// last one. The order of records is the provider's; a record comes once per fetch.
// Errors: those of HttpClient::send and of classify() below; unreadable_input (file of another type, nothing sound
// in it), mapping (essential field unreadable: names the record id and field).
class RecordStream {
 public:
  virtual ~RecordStream() = default;
  [[nodiscard]] virtual Async<Result<Page>> next() = 0;
};

struct WriteOp {
  enum class Kind { create, update, erase } kind = Kind::create;
  // Our stable id for the record (INT-5): "sw" and 26 characters of a–z2–7. Given as the client-set id or the external
  // id wherever the destination takes one; create of an id that exists there already is success (already_existed).
  std::string external_id;
  std::string destination_id;             // update and erase: the record to change
  const model::Record* record = nullptr;  // create and update
};

struct WriteDone {
  std::string destination_id;    // the record's id there, as a later fetch gives it in Record::source_id
  bool already_existed = false;  // recognised as written before, or as the same activity from elsewhere
};

// Outcome per operation, in order. An error that concerns the whole call (401, 429, 5xx, time-out) stands at every
// operation that it kept from being done; those done before keep their success (ALG-7).
struct PushResult {
  std::vector<Result<WriteDone>> outcomes;
  [[nodiscard]] bool complete() const;
};

// OAuth 2.0 tokens of one account. Never logged; stored only in the vault.
struct Tokens {
  std::string access_token;
  std::string refresh_token;
  Instant expires_at{};
  std::string scope;
  std::string provider_user_id;
};
inline constexpr std::string_view oauth_state_parameter = "state";

// PROV-2: authorization code with PKCE (RFC 7636, S256).
class OAuth {
 public:
  virtual ~OAuth() = default;
  // Where the person's browser goes.
  [[nodiscard]] virtual std::string authorization_url(const std::string& redirect_uri, const std::string& state,
                                                      const std::string& code_challenge) const = 0;
  // unauthenticated: the code or verifier is refused. Other errors are those of HttpClient::send and classify().
  [[nodiscard]] virtual Async<Result<Tokens>> exchange(CallContext context, std::string code, std::string verifier,
                                                       std::string redirect_uri) = 0;
  // Keeps the old refresh token where the answer has none. unauthenticated only when the provider says that the grant
  // is invalid; anything transient stays transient (a failed refresh is not a revoked connection).
  [[nodiscard]] virtual Async<Result<Tokens>> refresh(CallContext context, Tokens tokens) = 0;
  [[nodiscard]] virtual Async<Result<void>> revoke(CallContext context, Tokens tokens) = 0;
};

// What an answer's headers say about the remaining budget (PROV-4), for the rule of that name.
struct RateFeedback {
  std::string rule;
  std::uint32_t used = 0;
  std::uint32_t limit = 0;
};

class Webhooks;  // providers/webhooks.hpp

class DataProvider {
 public:
  virtual ~DataProvider() = default;
  [[nodiscard]] virtual const Capabilities& capabilities() const = 0;
  // Starts a fetch. Everything referenced by `context` outlives the stream. unsupported for a type it cannot read.
  [[nodiscard]] virtual Result<std::unique_ptr<RecordStream>> fetch(CallContext context, Account account,
                                                                    FetchRequest request) = 0;
  // Carries out `ops` (at most max_push_batch, all of `type`), in order as far as the destination keeps order.
  [[nodiscard]] virtual Async<PushResult> push(CallContext context, Account account, model::DataType type,
                                               std::span<const WriteOp> ops) = 0;
  // TRIG-5: a cheap look at the source. Something that differs whenever there may be something new since; empty where
  // that cannot be told without fetching. Files: their names, sizes and times.
  [[nodiscard]] virtual Async<Result<std::string>> state_of(CallContext context, Account account);
  // Null for providers without accounts.
  [[nodiscard]] virtual OAuth* oauth() { return nullptr; }
  // Null for providers that never call us (TRIG-2).
  [[nodiscard]] virtual Webhooks* webhooks() { return nullptr; }
  // Pure: what an answer says about rate limits.
  [[nodiscard]] virtual std::vector<RateFeedback> rate_feedback(const net::Response&) const { return {}; }
  // True for a request that counts as a read under `reads_only` rules.
  [[nodiscard]] virtual bool is_read(const net::Request& request) const { return request.method == "GET"; }
};

// How we know that a webhook is the provider's, and who we are where subscriptions are managed. What a provider has no
// use for stays empty.
struct WebhookSettings {
  std::string secret{};                // Google: the whole Authorization header; Strava: the verify token
  std::string subscription_id{};       // Strava: compared when set; Google: the name of our subscriber
  std::string signature_public_key{};  // PEM; empty: signatures are not looked at
  bool require_signature = false;
  std::string project{};     // Google: the project's number
  std::string credential{};  // Google: a bearer token with the cloud-platform scope
  bool per_account = false;  // Google: MANUAL subscriptions, one per connected account
};

// Where a cloud provider lives and who we are there. Providers append the API's own paths ("/v4/users/me/…",
// "/api/v3/…", "/oauth/token"), so a base is an origin ("https://www.strava.com"), or an origin and a prefix where the
// sandbox takes the place of the real addresses ("http://127.0.0.1:8090/strava"). No trailing slash.
struct CloudSettings {
  std::string api_base;    // "https://health.googleapis.com", without a trailing slash
  std::string auth_base;   // authorization page
  std::string token_base;  // token and revocation endpoints
  std::string client_id;
  std::string client_secret;
  WebhookSettings webhooks{};
};

// PROV-3 in one place: what a status other than 2xx means. Reads Retry-After (seconds or HTTP date).
[[nodiscard]] Error classify(const net::Response& response, std::string_view provider_key, Instant now);

}  // namespace syncwell::providers
