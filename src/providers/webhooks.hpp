// What a provider tells us by itself (TRIG-2, handleWebhook of PROV-1): one request of theirs becomes the answer that
// they wait for and a list of notifications; and the subscriptions behind them, where a provider manages these by API.
//
// receive() is a pure function of request, settings and time: it verifies the signature or the handshake in constant
// time and parses. Nothing of a notification is believed but "look there": the data is fetched with the account's own
// tokens afterwards, so a forged one costs a fetch at most.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/provider.hpp"

namespace syncwell::providers {

inline constexpr std::size_t max_webhook_body_bytes = std::size_t{1024} * 1024;
inline constexpr std::size_t max_notifications = 1000;  // of one request

struct Notification {
  enum class Kind { data_changed, deauthorised } kind = Kind::data_changed;
  std::string provider_user_id;
  std::vector<model::DataType> types{};  // empty: all that the provider has
  std::optional<TimeRange> range{};      // empty: the provider did not say
  std::optional<Instant> occurred_at{};  // when the person took the consent back, where the provider says so
  bool operator==(const Notification&) const = default;
};

struct Receipt {
  net::Response answer;  // to be sent when the notifications are safe
  std::vector<Notification> notifications{};
  std::size_t ignored = 0;  // acknowledged, but of a type or kind that we have no use for
};

struct Subscription {
  std::string id;
  std::string url;
  std::string state{};  // in the provider's words; empty where it has none
};

class Webhooks {
 public:
  virtual ~Webhooks() = default;
  // The name of the setting without which nothing can be verified ("webhook_secret"); empty: all is there.
  [[nodiscard]] virtual std::string missing_setting() const = 0;
  // Errors: unauthenticated (no or a wrong secret or signature, or too old), forbidden (handshake with another token),
  // unreadable_input (no JSON of the documented shape), too_large (body, or more than max_notifications). An unknown
  // data type or event kind is acknowledged and counted as ignored.
  [[nodiscard]] virtual Result<Receipt> receive(const net::Request& request, Instant now) const = 0;

  // Those of our application. Errors: those of HttpClient::send and of classify(); invalid_argument names a setting
  // that is missing.
  [[nodiscard]] virtual Async<Result<std::vector<Subscription>>> list(CallContext context) = 0;
  // Tells the provider to call `url`, which it tries at once: the server behind it has to run.
  [[nodiscard]] virtual Async<Result<Subscription>> subscribe(CallContext context, std::string url) = 0;
  // not_found where there is none of this id.
  [[nodiscard]] virtual Async<Result<void>> unsubscribe(CallContext context, std::string id) = 0;
  // After an account was connected: what this account needs so that we are told about it. Nothing, for most.
  [[nodiscard]] virtual Async<Result<void>> subscribe_account(CallContext context, std::string provider_user_id);
};

}  // namespace syncwell::providers
