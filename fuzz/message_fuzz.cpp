// What lies in queue, store and vault, read back: an older or newer version, or damage, wrote it.
// Input: a byte for what is read, then its bytes.
#include <algorithm>
#include <array>

#include "adapters/sqlite/item_codec.hpp"
#include "engine/account_secret.hpp"
#include "engine/job_message.hpp"
#include "fuzz/input.hpp"
#include "fuzz/property.hpp"
#include "fuzz/target.hpp"

namespace syncwell::fuzz {
namespace {

// Boost 1.81 reads some fractions and huge numbers inexactly, so that they drift from one writing to the next. Nothing
// of ours keeps such numbers in store or queue.
bool holds_double(const boost::json::value& value) {
  if (const auto* object = value.if_object()) {
    return std::ranges::any_of(*object, [](const auto& member) { return holds_double(member.value()); });
  }
  if (const auto* array = value.if_array()) return std::ranges::any_of(*array, holds_double);
  return value.is_double();
}

void check_event(std::string_view text) {
  const auto event = bus::event_from_json(text);
  if (!event) {
    require_error(event.error(), {ErrorCode::unreadable_input}, text);
    return;
  }
  if (holds_double(event->data)) return;
  const std::string written = bus::to_json(*event);
  const auto again = bus::event_from_json(written);
  require(again.has_value() || written.size() > bus::max_event_bytes, "an event that we write can be read");
  if (again) require(bus::to_json(*again) == written, "writing again gives the same event");
}

void check_job_message(std::string_view text) {
  const auto message = engine::job_message_from_body(text);
  if (!message) {
    require_error(message.error(), {ErrorCode::unreadable_input}, text);
    return;
  }
  require(!message->job_id.empty() && !message->user.empty() && !message->config_id.empty(), "a message has its ids");
  require(message->failures >= 0 && message->failures <= 1000, "failures are a sound number");
  const auto again = engine::job_message_from_event(engine::to_event(*message, "id", Instant{}));
  require(again.has_value(), "a message comes back from its event");
  require(again->job_id == message->job_id && again->user == message->user && again->config_id == message->config_id &&
              again->correlation_id == message->correlation_id && again->priority == message->priority &&
              again->failures == message->failures,
          "a message keeps what it says");
}

void check_account_secret(std::string_view text) {
  const auto secret = engine::account_secret_from_json(text);
  if (!secret) {
    require_error(secret.error(), {ErrorCode::internal}, text);
    return;
  }
  const std::string written = engine::to_json(*secret);
  const auto again = engine::account_secret_from_json(written);
  require(again.has_value(), "a secret that we write can be read");
  require(engine::to_json(*again) == written, "writing again gives the same secret");
}

void check_attributes(std::string_view text) {
  const auto attributes = sqlite::decode_attributes(text);
  if (!attributes) {
    require_error(attributes.error(), {ErrorCode::storage_failed}, text);
    return;
  }
  const auto written = sqlite::encode_attributes(*attributes);
  if (!written) {
    require_error(written.error(), {ErrorCode::invalid_argument}, text);
    return;
  }
  const auto again = sqlite::decode_attributes(*written);
  require(again.has_value(), "attributes that we write can be read");
  if (holds_double(*attributes)) return;
  require(sqlite::encode_attributes(*again).value_or("") == *written, "writing again gives the same attributes");
}

void check_indexes(std::string_view bytes) {
  const auto indexes = sqlite::decode_indexes(bytes);
  if (!indexes) {
    require_error(indexes.error(), {ErrorCode::storage_failed}, bytes);
    return;
  }
  require(sqlite::encode_indexes(*indexes) == bytes, "index entries come back from their own bytes");
}

void check_index_position(std::string_view bytes) {
  const store::Key token{std::string(bytes), "sort"};
  const auto position = sqlite::decode_index_position(token);
  if (!position) return;
  const auto again = sqlite::decode_index_position(sqlite::encode_index_position(position->index_sort, position->key));
  require(again.has_value(), "a position that we write can be read");
  require(again->index_sort == position->index_sort && again->key == position->key, "a position keeps what it says");
}

}  // namespace

void run(std::string_view bytes) {
  constexpr std::array checks = {check_event,      check_job_message, check_account_secret,
                                 check_attributes, check_indexes,     check_index_position};
  Input input(bytes);
  const std::size_t chosen = input.choice(checks.size());
  checks.at(chosen)(input.rest());
}

}  // namespace syncwell::fuzz
