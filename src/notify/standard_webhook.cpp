#include "notify/standard_webhook.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <stdexcept>
#include <utility>

namespace syncwell::notify {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::string_view history_completed = "org.syncwell.sync.history_completed";

constexpr std::array types{Pair{bus::sync_succeeded, "org.syncwell.sync.succeeded"},
                           Pair{bus::sync_failed, "org.syncwell.sync.failed"},
                           Pair{bus::reauthentication_needed, "org.syncwell.connection.reauthentication_needed"}};

constexpr std::array fields{Pair{"config_id", "syncConfigId"},
                            Pair{"job_id", "syncJobId"},
                            Pair{"connection_id", "connectionId"},
                            Pair{"provider", "provider"},
                            Pair{"source_connection_id", "sourceConnectionId"},
                            Pair{"destination_connection_id", "destinationConnectionId"},
                            Pair{"cause", "cause"},
                            Pair{"error_code", "errorCode"}};

constexpr std::array counts{"written", "deleted"};

constexpr std::array delays{std::chrono::seconds{5},
                            std::chrono::seconds{std::chrono::minutes{5}},
                            std::chrono::seconds{std::chrono::minutes{30}},
                            std::chrono::seconds{std::chrono::hours{2}},
                            std::chrono::seconds{std::chrono::hours{5}},
                            std::chrono::seconds{std::chrono::hours{10}},
                            std::chrono::seconds{std::chrono::hours{12}},
                            std::chrono::seconds{std::chrono::hours{12}}};

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::optional<std::string> key_of(std::string_view secret) {
  if (!secret.starts_with(secret_prefix)) return std::nullopt;
  secret.remove_prefix(secret_prefix.size());
  if (secret.empty() || secret.size() % 4 != 0 || secret.size() > max_secret_bytes * 2) return std::nullopt;
  const auto padding = secret.ends_with("==") ? 2U : secret.ends_with("=") ? 1U : 0U;
  std::string key(secret.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(key.data()), bytes_of(secret), static_cast<int>(secret.size())) <
      0) {
    return std::nullopt;
  }
  key.resize(key.size() - padding);  // EVP_DecodeBlock counts the padding as zeros
  if (key.size() < min_secret_bytes || key.size() > max_secret_bytes) return std::nullopt;
  return key;
}

std::int64_t count(const bus::Event& event, std::string_view name) {
  const auto* value = event.data.if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

PublicEvent public_event(const bus::Event& event, std::string id, std::string_view type) {
  boost::json::object data;
  if (const auto* user = event.data.if_contains("user"); user != nullptr && user->is_string()) {
    data["userId"] = "usr_" + std::string(user->get_string());
  }
  for (const auto& [from, to] : fields) {
    if (const auto* value = event.data.if_contains(from); value != nullptr && value->is_string()) data[to] = *value;
  }
  for (const char* name : counts) {
    if (const auto* value = event.data.if_contains(name); value != nullptr && value->is_number()) data[name] = *value;
  }
  boost::json::object body;
  body["specversion"] = "1.0";
  body["id"] = id;
  body["source"] = "syncwell";
  body["type"] = type;
  body["time"] = format_rfc3339(event.time);
  body["datacontenttype"] = "application/json";
  body["data"] = std::move(data);
  return {std::move(id), std::string(type), boost::json::serialize(body)};
}

}  // namespace

std::vector<std::string_view> public_types() {
  std::vector<std::string_view> list{history_completed};
  for (const auto& type : types) list.push_back(type.second);
  return list;
}

std::vector<PublicEvent> public_events(const bus::Event& event) {
  const auto* found = std::ranges::find(types, event.type, &Pair::first);
  if (found == types.end()) return {};
  std::vector<PublicEvent> events;
  const auto* first = event.data.if_contains("first");
  if (first != nullptr && first->is_bool() && first->get_bool())
    events.push_back(public_event(event, event.id + "/history", history_completed));
  const bool nothing_new = event.type == bus::sync_succeeded && count(event, "written") + count(event, "deleted") == 0;
  if (!nothing_new) events.push_back(public_event(event, event.id, found->second));
  return events;
}

std::optional<std::string> signature(std::string_view secret, std::string_view id, Instant sent,
                                     std::string_view body) {
  const auto key = key_of(secret);
  if (!key) return std::nullopt;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(sent).time_since_epoch().count();
  const auto text = std::string(id) + "." + std::to_string(seconds) + "." + std::string(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()), bytes_of(text), text.size(), digest.data(), &length);
  std::array<unsigned char, EVP_MAX_MD_SIZE * 2> encoded{};
  const auto size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(length));
  return "v1," + std::string(encoded.begin(), encoded.begin() + size);
}

std::string new_secret() {
  std::array<unsigned char, 32> key{};
  // Fails only where the system has no randomness at all; then nothing here may be signed.
  if (RAND_bytes(key.data(), key.size()) != 1) throw std::runtime_error("the system gives no random bytes");
  std::array<unsigned char, key.size() * 2> encoded{};
  const auto size = EVP_EncodeBlock(encoded.data(), key.data(), static_cast<int>(key.size()));
  return std::string(secret_prefix) + std::string(encoded.begin(), encoded.begin() + size);
}

std::optional<std::chrono::seconds> retry_delay(std::size_t failed_attempts) {
  if (failed_attempts == 0 || failed_attempts > delays.size()) return std::nullopt;
  return delays.at(failed_attempts - 1);
}

}  // namespace syncwell::notify
