// What is posted to /webhooks/PROVIDER by whoever likes to (TRIG-2). Input: a byte for the provider, one for the
// settings, one for the headers that go with it (a right secret, a signature that fits, the fuzzer's own), then parts:
// the query string, the fuzzer's header value, and the body.
#include "fuzz/input.hpp"
#include "fuzz/property.hpp"
#include "fuzz/target.hpp"
#include "providers/google_health/google_webhooks.hpp"
#include "providers/strava/strava_webhooks.hpp"
#include "providers/webhook_request.hpp"

namespace syncwell::fuzz {

using namespace providers;

namespace {

const std::string google_secret = "Bearer only-google-knows";
// Of a key that nobody has: made for this target, its private part was never kept.
const std::string public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmPUKc/JuzKB3nKpw8fgxrApeggtA\n"
    "ZOFCugKNd5s9Z86J/6wEnNrLy/RMDbE1zZQwFL2sYFr3WE1u5wPKEhstzQ==\n"
    "-----END PUBLIC KEY-----\n";

CloudSettings settings_for(bool google, bool strict) {
  CloudSettings settings{"https://api", "https://auth", "https://token", "client", "client secret"};
  settings.webhooks.secret = google ? google_secret : "verify";
  settings.webhooks.require_signature = strict;
  if (google && strict) settings.webhooks.signature_public_key = public_key;
  if (!google && strict) settings.webhooks.subscription_id = "120475";
  return settings;
}

void check(const Receipt& receipt) {
  require(receipt.answer.status >= 200 && receipt.answer.status < 300, "what is taken is acknowledged");
  require(receipt.notifications.size() <= max_notifications, "notifications are bounded");
  for (const Notification& one : receipt.notifications) {
    require(!one.provider_user_id.empty(), "a notification names an account");
    if (!one.range) continue;
    require(one.range->start < one.range->end, "a range is not empty");
    require(one.range->start >= min_instant && one.range->end <= max_instant + Duration{1},
            "a range lies within our calendar");
  }
}

}  // namespace

void run(std::string_view bytes) {
  const Instant now{std::chrono::seconds{1'700'000'000}};
  Input input(bytes);
  const bool google = input.choice(2) == 0;
  const bool strict = input.choice(2) == 1;
  const std::size_t headers = input.choice(3);
  const auto settings = settings_for(google, strict);
  const auto webhooks = google ? google_health::make_webhooks(settings) : strava::make_webhooks(settings);
  const std::string_view query = input.part();
  const std::string header(input.part());
  net::Request request{
      query.empty() ? "POST" : "GET", "/webhooks/p?" + std::string(query), {}, std::string(input.rest())};
  const bool knows_the_secret = headers != 2;
  if (google) request.headers.set("Authorization", knows_the_secret ? google_secret : header);
  if (google && headers == 1) request.headers.set("X-HEALTHAPI-SIGNATURE", header);
  if (!google && headers == 1)
    request.headers.set("X-Strava-Signature",
                        "t=1700000000,v1=" + hmac_sha256_hex("client secret", "1700000000." + request.body));
  if (!google && headers == 2) request.headers.set("X-Strava-Signature", header);
  const auto receipt = webhooks->receive(request, now);
  if (!receipt) {
    const ErrorCode code = receipt.error().code;
    require(code == ErrorCode::unauthenticated || code == ErrorCode::forbidden || code == ErrorCode::unreadable_input ||
                code == ErrorCode::too_large,
            "a webhook fails with a code that the port names");
    require_message(receipt.error().message, bytes);
    return;
  }
  check(*receipt);
  require(!google || knows_the_secret || header == google_secret, "without the secret nothing is taken");
  require(!strict || google || query.size() > 0 || headers != 0,
          "without the signature that it needs nothing is taken");
}

}  // namespace syncwell::fuzz
