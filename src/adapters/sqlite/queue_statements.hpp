// What the queue does to the data file: plain functions over a connection, without coroutines. They run inside the
// writer's transaction (or a read transaction) and change nothing when they refuse.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/message_ids.hpp"
#include "queue/queue.hpp"

namespace syncwell::sqlite {

// Moved to the dead-letter queue in one receive, so that a heap of poison cannot make one transaction endless.
inline constexpr std::size_t max_dead_letters_per_receive = 100;
inline constexpr std::size_t redrive_chunk = 100;  // in one transaction

// A receipt's text is "<id, 16 hex digits>-<token, 32 hex digits>".
using Token = std::array<char, 16>;
struct Receipt {
  std::int64_t id = 0;
  Token token{};
};

[[nodiscard]] std::string id_text(std::int64_t id);
[[nodiscard]] std::optional<std::int64_t> parse_id(std::string_view text);
[[nodiscard]] std::string receipt_text(const Receipt& receipt);
[[nodiscard]] std::optional<Receipt> parse_receipt(std::string_view text);

struct Claim {
  std::vector<queue::Message> messages;
  std::optional<Instant> next_visible;  // of the messages of the queue, the leased ones included
  std::vector<std::int64_t> died;       // of too many deliveries
};

// The id of the queue of that name; creates it.
[[nodiscard]] Result<std::int64_t> ensure_queue(Connection& connection, std::string_view name);
// The largest id of all messages, dead letters and undeliverable events.
[[nodiscard]] Result<std::int64_t> largest_id(Connection& connection);

[[nodiscard]] Result<void> insert_message(Connection& connection, std::int64_t queue, std::int64_t id, Instant now,
                                          Instant visible_at, std::string_view body);
// Leases up to `most` visible messages under `token`; those that were received too often die instead.
[[nodiscard]] Result<Claim> claim_messages(Connection& connection, std::int64_t queue, std::size_t most, Instant now,
                                           const queue::Settings& settings, const Token& token, MessageIds& ids);
// The rest answer whether the receipt was the message's newest (or the dead letter was there).
[[nodiscard]] Result<bool> set_visible_at(Connection& connection, std::int64_t queue, const Receipt& receipt,
                                          Instant visible_at);
[[nodiscard]] Result<bool> delete_message(Connection& connection, std::int64_t queue, const Receipt& receipt);
// Whether the message is in any queue or dead-letter queue; ids are unique among all of them.
[[nodiscard]] Result<bool> message_exists(Connection& connection, std::int64_t id);
[[nodiscard]] Result<bool> bury_message(Connection& connection, std::int64_t queue, const Receipt& receipt,
                                        MessageIds& ids, Instant now, std::string_view reason,
                                        std::string_view message);

[[nodiscard]] Result<queue::Depth> count_messages(Connection& connection, std::int64_t queue, Instant now);
[[nodiscard]] Result<std::vector<queue::DeadLetter>> list_dead_letters(Connection& connection, std::int64_t queue,
                                                                       std::size_t limit, std::int64_t after);
[[nodiscard]] Result<bool> redrive_dead_letter(Connection& connection, std::int64_t queue, std::int64_t id,
                                               Instant now);
[[nodiscard]] Result<bool> delete_dead_letter(Connection& connection, std::int64_t queue, std::int64_t id);

struct RedriveProgress {
  std::uint64_t redriven = 0;
  std::int64_t last = 0;  // the id up to which all were redriven
  bool more = false;
};
// Redrives up to redrive_chunk dead letters with after < id <= up_to.
[[nodiscard]] Result<RedriveProgress> redrive_range(Connection& connection, std::int64_t queue, std::int64_t after,
                                                    std::int64_t up_to, Instant now);

}  // namespace syncwell::sqlite
