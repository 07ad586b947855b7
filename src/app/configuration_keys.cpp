#include "app/configuration.hpp"

namespace syncwell::app {
namespace {

using enum ConfigurationKey::Kind;

constexpr ConfigurationKey keys[] = {
    {text, "data_dir", "", "folder for the database and the keys; default: ~/.local/share/syncwell"},
    {text, "log.level", "info", "trace, debug, info, warn, error"},
    {text, "log.format", "json", "of `syncwell serve`: json, or text for people"},
    {text, "traces.otlp_endpoint", "", "collector for traces (OTLP over HTTP): http://127.0.0.1:4318; empty: none"},
    {text, "server.address", "127.0.0.1", "address that the API listens on"},
    {number, "server.port", "8460", "port that the API listens on; 0 takes a free one", 0, 65535},
    {number, "server.max_connections", "16384", "connections at the same time", 1, 1'000'000},
    {number, "api.requests_per_minute", "1200", "requests that one person may make", 1, 10'000'000},
    {text, "identity.issuer", "", "`iss` of your identity provider's tokens; empty: the built-in issuer alone"},
    {text, "identity.audience", "syncwell", "`aud` that its tokens must have"},
    {text, "identity.jwks_url", "", "where its public keys are (https)"},
    {list, "identity.algorithms", "RS256,ES256", "signatures that are believed"},
    {flag, "identity.built_in_issuer", "true", "tokens for users that you add with syncwell users"},
    {text, "admin.token", "", "token of /admin; default: drawn once and kept in the data folder", 0, 0, true},
    {text, "vault.key", "", "64 hex digits; default: drawn once and kept in the data folder", 0, 0, true},
    {number, "worker.threads", "1", "threads that run jobs", 1, 64},
    {number, "worker.concurrent_jobs", "128", "jobs at the same time, per thread", 1, 100'000},
    {number, "worker.visibility_timeout_ms", "90000", "how long a claimed job is hidden; renewed while it runs", 100,
     43'200'000},
    {number, "worker.lease_time_ms", "90000", "how long a sync is locked for its job; renewed while it runs", 100,
     300'000},
    {number, "worker.max_attempts", "5", "tries before a job is dead-lettered", 1, 100},
    {number, "worker.backoff_base_ms", "2000", "bound of the wait after the first failure", 1, 600'000},
    {number, "worker.backoff_ceiling_ms", "600000", "no wait is longer", 1, 43'200'000},
    {number, "worker.grace_ms", "10000", "how long running jobs may finish at shutdown", 0, 300'000},
    {number, "engine.conflict_threshold_s", "60", "overlap beyond which records conflict", 10, 300},
    {number, "engine.first_sync_days", "30", "how far back a first sync of a cloud source begins", 1, 36'500},
    {flag, "schedule.paused", "false", "poll nobody; manual syncs and webhooks go on. Takes effect while it runs"},
    {number, "breaker.open_wait_ms", "30000", "how long calls to a failing provider are paused", 1, 3'600'000},
    {number, "breaker.window_calls", "50", "how many of the last calls are looked at", 1, 10'000},
    {number, "breaker.minimum_calls", "20", "fewer calls than these pause nothing", 1, 10'000},
    {number, "breaker.failure_percent", "50", "failed calls among them that pause the provider", 1, 100},
    {number, "breaker.slow_call_percent", "80", "slow calls among them that pause the provider", 1, 100},
    {number, "breaker.slow_call_ms", "30000", "what counts as slow", 1, 3'600'000},
    {number, "breaker.half_open_probes", "3", "calls that must succeed before it goes on", 1, 100},
    {list, "files.roots", "", "folders below which files may be connected through the API"},
    {flag, "http.allow_private_addresses", "false", "call providers at private and loopback addresses (sandbox only)"},
    {mode, "providers.google_health.mode", "normal", "normal, read_only or disabled; takes effect while it runs"},
    {text, "providers.google_health.api_base", "https://health.googleapis.com", "where the API is"},
    {text, "providers.google_health.auth_base", "https://accounts.google.com", "where the authorization page is"},
    {text, "providers.google_health.token_base", "https://oauth2.googleapis.com", "where tokens come from"},
    {text, "providers.google_health.client_id", "", "of your Google Cloud project"},
    {text, "providers.google_health.client_secret", "", "of your Google Cloud project", 0, 0, true},
    {text, "providers.google_health.webhook_secret", "",
     "the whole Authorization header of notifications; empty: no webhooks", 0, 0, true},
    {text, "providers.google_health.webhook_public_key", "", "PEM; set: signatures of notifications are verified"},
    {flag, "providers.google_health.webhook_require_signature", "false", "refuse notifications that are not signed"},
    {text, "providers.google_health.webhook_project", "", "number of the Google Cloud project, to subscribe"},
    {text, "providers.google_health.webhook_credential", "", "token with the cloud-platform scope, to subscribe", 0, 0,
     true},
    {text, "providers.google_health.webhook_subscriber", "syncwell", "name of our subscriber in the project"},
    {flag, "providers.google_health.webhook_per_account", "false", "subscribe each account (policy MANUAL)"},
    {mode, "providers.strava.mode", "normal", "normal, read_only or disabled; takes effect while it runs"},
    {text, "providers.strava.api_base", "https://www.strava.com", "where the API is"},
    {text, "providers.strava.auth_base", "https://www.strava.com", "where the authorization page is"},
    {text, "providers.strava.token_base", "https://www.strava.com", "where tokens come from"},
    {text, "providers.strava.client_id", "", "of your Strava application"},
    {text, "providers.strava.client_secret", "", "of your Strava application", 0, 0, true},
    {text, "providers.strava.webhook_verify_token", "", "what the handshake must show; empty: no webhooks", 0, 0, true},
    {text, "providers.strava.webhook_subscription_id", "", "set: events of other subscriptions are refused"},
    {flag, "providers.strava.webhook_require_signature", "false", "refuse events that are not signed"},
};

}  // namespace

std::span<const ConfigurationKey> configuration_keys() { return keys; }

}  // namespace syncwell::app
