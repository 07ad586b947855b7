// The public keys of an identity provider, from its JWKS address (RFC 7517 section 5). Fetched when first needed, kept
// for `max_age`, fetched again early for a key that is not among them (rotation; at most once per `min_pause`) and when
// invalidate() was called. While a fetch fails, the keys at hand stay good until `max_stale` is over: a provider that
// is down for a while locks nobody out. One thread; callers that wait for one fetch share it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/runtime.hpp"
#include "base/task_group.hpp"
#include "identity/access_token.hpp"
#include "net/http_client.hpp"

namespace syncwell::identity {

struct KeySourceSettings {
  std::string url;
  Duration max_age = std::chrono::minutes{60};
  Duration min_pause = std::chrono::seconds{30};  // between fetches for unknown keys, and after a failed one
  Duration max_stale = std::chrono::hours{24};
  Duration timeout = std::chrono::seconds{10};
};

class KeySource {
 public:
  // References outlive the source.
  KeySource(net::HttpClient& http, Runtime& runtime, KeySourceSettings settings)
      : http_(http), runtime_(runtime), settings_(std::move(settings)), fetching_(runtime.executor()) {}

  // Keys among which `key_id` is, if the provider has it. Errors: the fetch failed and there are no keys that could be
  // used instead (those of HttpClient::send, provider_failed, unreadable_input).
  [[nodiscard]] Async<Result<std::shared_ptr<const KeySet>>> keys_for(std::string key_id);
  // What is known is not believed any more: a key was compromised.
  void invalidate();
  [[nodiscard]] std::uint64_t fetches() const { return fetches_; }

 private:
  [[nodiscard]] bool must_fetch(const std::string& key_id) const;
  [[nodiscard]] Async<void> fetch();

  net::HttpClient& http_;
  Runtime& runtime_;
  KeySourceSettings settings_;
  std::shared_ptr<const KeySet> keys_;
  Steady fetched_{};
  std::optional<Steady> tried_{};
  std::optional<Error> failure_{};  // of the last fetch
  std::uint64_t fetches_ = 0;
  std::uint64_t generation_ = 0;  // rises with invalidate()
  TaskGroup fetching_;            // at most one; no caller's cancellation ends it
};

}  // namespace syncwell::identity
