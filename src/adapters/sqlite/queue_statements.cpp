#include "adapters/sqlite/queue_statements.hpp"

#include <fmt/format.h>

#include <charconv>

namespace syncwell::sqlite {

namespace {

constexpr std::size_t id_digits = 16;
constexpr std::string_view hex_digits = "0123456789abcdef";

std::optional<unsigned> hex_value(char digit) {
  const auto value = hex_digits.find(digit);
  if (value == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(value);
}

// One statement whose success is that it changed a row.
Result<bool> changed_one(Connection& connection, Query& query) {
  if (auto done = query.run(); !done) return fail(std::move(done.error()));
  return connection.changes() > 0;
}

struct Candidate {
  std::int64_t id = 0;
  queue::Message message;
};

Result<std::vector<Candidate>> visible_messages(Connection& connection, std::int64_t queue, std::size_t most,
                                                Instant now) {
  std::vector<Candidate> found;
  Query query = connection.query(
      "SELECT id, receive_count, sent, first_received, body FROM message"
      " WHERE queue=?1 AND visible_at<=?2 ORDER BY visible_at, id LIMIT ?3");
  query.bind(queue, now, most);
  while (query.next()) {
    Candidate& candidate = found.emplace_back();
    candidate.id = query.integer(0);
    candidate.message.receive_count = static_cast<int>(query.integer(1));
    candidate.message.sent = query.instant(2);
    candidate.message.first_received = query.optional_instant(3).value_or(now);
    candidate.message.body = query.text(4);
  }
  if (query.error()) return fail(*query.error());
  return found;
}

// Its id is drawn as it dies, so that order by id is order of death.
Result<void> move_to_dead_letters(Connection& connection, std::int64_t id, MessageIds& ids, Instant now,
                                  std::string_view reason, std::string_view message) {
  Query insert = connection.query(
      "INSERT INTO dead_letter(id, queue, receive_count, sent, died, reason, message, body)"
      " SELECT ?5, queue, receive_count, sent, ?2, ?3, ?4, body FROM message WHERE id=?1");
  insert.bind(id, now, reason, message, ids.next(now));
  if (auto done = insert.run(); !done) return done;
  Query erase = connection.query("DELETE FROM message WHERE id=?1");
  erase.bind(id);
  return erase.run();
}

Result<void> lease(Connection& connection, Candidate& candidate, Instant now, const queue::Settings& settings,
                   const Token& token) {
  queue::Message& message = candidate.message;
  ++message.receive_count;
  message.id = id_text(candidate.id);
  message.receipt = receipt_text(Receipt{candidate.id, token});
  Query query =
      connection.query("UPDATE message SET visible_at=?2, receive_count=?3, first_received=?4, receipt=?5 WHERE id=?1");
  query.bind(candidate.id, now + settings.visibility_timeout, message.receive_count, message.first_received,
             std::string_view(token.data(), token.size()));
  return query.run();
}

Result<std::optional<Instant>> earliest_visible(Connection& connection, std::int64_t queue) {
  Query query = connection.query("SELECT visible_at FROM message WHERE queue=?1 ORDER BY visible_at LIMIT 1");
  query.bind(queue);
  std::optional<Instant> earliest;
  if (query.next()) earliest = query.instant(0);
  if (query.error()) return fail(*query.error());
  return earliest;
}

}  // namespace

std::string id_text(std::int64_t id) { return fmt::format("{:016x}", static_cast<std::uint64_t>(id)); }

std::optional<std::int64_t> parse_id(std::string_view text) {
  if (text.size() != id_digits || text.find_first_not_of(hex_digits) != std::string_view::npos) return std::nullopt;
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

std::string receipt_text(const Receipt& receipt) {
  std::string text = id_text(receipt.id);
  text += '-';
  for (const char byte : receipt.token) {
    const auto value = static_cast<unsigned char>(byte);
    text += hex_digits[value >> 4];
    text += hex_digits[value & 15];
  }
  return text;
}

std::optional<Receipt> parse_receipt(std::string_view text) {
  Receipt receipt;
  if (text.size() != id_digits + 1 + receipt.token.size() * 2 || text[id_digits] != '-') return std::nullopt;
  const auto id = parse_id(text.substr(0, id_digits));
  if (!id) return std::nullopt;
  receipt.id = *id;
  text.remove_prefix(id_digits + 1);
  for (std::size_t i = 0; i < receipt.token.size(); ++i) {
    const auto high = hex_value(text[2 * i]);
    const auto low = hex_value(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    receipt.token[i] = static_cast<char>(*high << 4 | *low);
  }
  return receipt;
}

Result<std::int64_t> ensure_queue(Connection& connection, std::string_view name) {
  Query insert = connection.query("INSERT INTO queue(name) VALUES(?1) ON CONFLICT DO NOTHING");
  insert.bind(name);
  if (auto done = insert.run(); !done) return fail(std::move(done.error()));
  Query query = connection.query("SELECT id FROM queue WHERE name=?1");
  query.bind(name);
  if (query.next()) return query.integer(0);
  if (query.error()) return fail(*query.error());
  return fail(ErrorCode::internal, "a queue that was just created is not there");
}

Result<std::int64_t> largest_id(Connection& connection) {
  Query query = connection.query(
      "SELECT max(coalesce((SELECT max(id) FROM message), 0), coalesce((SELECT max(id) FROM dead_letter), 0),"
      " coalesce((SELECT max(id) FROM undeliverable_event), 0))");
  if (query.next()) return query.integer(0);
  if (query.error()) return fail(*query.error());
  return 0;
}

Result<void> insert_message(Connection& connection, std::int64_t queue, std::int64_t id, Instant now,
                            Instant visible_at, std::string_view body) {
  Query query = connection.query(
      "INSERT INTO message(id, queue, visible_at, receive_count, sent, body) VALUES(?1, ?2, ?3, 0, ?4, ?5)");
  query.bind(id, queue, visible_at, now, body);
  return query.run();
}

Result<Claim> claim_messages(Connection& connection, std::int64_t queue, std::size_t most, Instant now,
                             const queue::Settings& settings, const Token& token, MessageIds& ids) {
  Claim claim;
  for (bool look_again = true; look_again && claim.died.size() < max_dead_letters_per_receive;) {
    look_again = false;
    auto candidates = visible_messages(connection, queue, most - claim.messages.size(), now);
    if (!candidates) return fail(std::move(candidates.error()));
    for (Candidate& candidate : *candidates) {
      if (candidate.message.receive_count < settings.max_receive_count) {
        if (auto leased = lease(connection, candidate, now, settings, token); !leased) {
          return fail(std::move(leased.error()));
        }
        claim.messages.push_back(std::move(candidate.message));
        continue;
      }
      const auto text = fmt::format("received {} times without an end", candidate.message.receive_count);
      if (auto moved = move_to_dead_letters(connection, candidate.id, ids, now, "max_receives", text); !moved) {
        return fail(std::move(moved.error()));
      }
      claim.died.push_back(candidate.id);
      look_again = claim.messages.size() < most;
    }
  }
  auto next = earliest_visible(connection, queue);
  if (!next) return fail(std::move(next.error()));
  claim.next_visible = *next;
  return claim;
}

Result<bool> set_visible_at(Connection& connection, std::int64_t queue, const Receipt& receipt, Instant visible_at) {
  Query query = connection.query("UPDATE message SET visible_at=?4 WHERE id=?1 AND queue=?2 AND receipt=?3");
  query.bind(receipt.id, queue, std::string_view(receipt.token.data(), receipt.token.size()), visible_at);
  return changed_one(connection, query);
}

Result<bool> delete_message(Connection& connection, std::int64_t queue, const Receipt& receipt) {
  Query query = connection.query("DELETE FROM message WHERE id=?1 AND queue=?2 AND receipt=?3");
  query.bind(receipt.id, queue, std::string_view(receipt.token.data(), receipt.token.size()));
  return changed_one(connection, query);
}

Result<bool> message_exists(Connection& connection, std::int64_t id) {
  Query query = connection.query("SELECT 1 FROM message WHERE id=?1 UNION ALL SELECT 1 FROM dead_letter WHERE id=?1");
  query.bind(id);
  const bool exists = query.next();
  if (query.error()) return fail(*query.error());
  return exists;
}

Result<bool> bury_message(Connection& connection, std::int64_t queue, const Receipt& receipt, MessageIds& ids,
                          Instant now, std::string_view reason, std::string_view message) {
  {
    Query query = connection.query("SELECT 1 FROM message WHERE id=?1 AND queue=?2 AND receipt=?3");
    query.bind(receipt.id, queue, std::string_view(receipt.token.data(), receipt.token.size()));
    const bool current = query.next();
    if (query.error()) return fail(*query.error());
    if (!current) return false;
  }
  if (auto moved = move_to_dead_letters(connection, receipt.id, ids, now, reason, message); !moved) {
    return fail(std::move(moved.error()));
  }
  return true;
}

Result<queue::Depth> count_messages(Connection& connection, std::int64_t queue, Instant now) {
  queue::Depth depth;
  Query visible = connection.query("SELECT count(*), min(sent) FROM message WHERE queue=?1 AND visible_at<=?2");
  visible.bind(queue, now);
  if (visible.next()) {
    depth.visible = static_cast<std::uint64_t>(visible.integer(0));
    depth.oldest_visible = visible.optional_instant(1);
  }
  if (visible.error()) return fail(*visible.error());
  Query hidden = connection.query(
      "SELECT count(*), count(*) FILTER (WHERE receive_count=0) FROM message WHERE queue=?1 AND visible_at>?2");
  hidden.bind(queue, now);
  if (hidden.next()) {
    depth.delayed = static_cast<std::uint64_t>(hidden.integer(1));
    depth.in_flight = static_cast<std::uint64_t>(hidden.integer(0)) - depth.delayed;
  }
  if (hidden.error()) return fail(*hidden.error());
  Query dead = connection.query("SELECT count(*) FROM dead_letter WHERE queue=?1");
  dead.bind(queue);
  if (dead.next()) depth.dead = static_cast<std::uint64_t>(dead.integer(0));
  if (dead.error()) return fail(*dead.error());
  return depth;
}

Result<std::vector<queue::DeadLetter>> list_dead_letters(Connection& connection, std::int64_t queue, std::size_t limit,
                                                         std::int64_t after) {
  std::vector<queue::DeadLetter> letters;
  Query query = connection.query(
      "SELECT id, body, receive_count, sent, died, reason, message FROM dead_letter"
      " WHERE queue=?1 AND id>?2 ORDER BY id LIMIT ?3");
  query.bind(queue, after, limit);
  while (query.next()) {
    letters.push_back(queue::DeadLetter{.id = id_text(query.integer(0)),
                                        .body = query.text(1),
                                        .receive_count = static_cast<int>(query.integer(2)),
                                        .sent = query.instant(3),
                                        .died = query.instant(4),
                                        .reason = query.text(5),
                                        .message = query.text(6)});
  }
  if (query.error()) return fail(*query.error());
  return letters;
}

Result<bool> redrive_dead_letter(Connection& connection, std::int64_t queue, std::int64_t id, Instant now) {
  Query insert = connection.query(
      "INSERT INTO message(id, queue, visible_at, receive_count, sent, body)"
      " SELECT id, queue, ?3, 0, ?3, body FROM dead_letter WHERE id=?1 AND queue=?2");
  insert.bind(id, queue, now);
  auto found = changed_one(connection, insert);
  if (!found || !*found) return found;
  return delete_dead_letter(connection, queue, id);
}

Result<bool> delete_dead_letter(Connection& connection, std::int64_t queue, std::int64_t id) {
  Query query = connection.query("DELETE FROM dead_letter WHERE id=?1 AND queue=?2");
  query.bind(id, queue);
  return changed_one(connection, query);
}

Result<RedriveProgress> redrive_range(Connection& connection, std::int64_t queue, std::int64_t after,
                                      std::int64_t up_to, Instant now) {
  std::vector<std::int64_t> ids;
  {
    Query query =
        connection.query("SELECT id FROM dead_letter WHERE queue=?1 AND id>?2 AND id<=?3 ORDER BY id LIMIT ?4");
    query.bind(queue, after, up_to, redrive_chunk);
    while (query.next()) ids.push_back(query.integer(0));
    if (query.error()) return fail(*query.error());
  }
  RedriveProgress progress;
  progress.last = after;
  for (const std::int64_t id : ids) {
    auto redriven = redrive_dead_letter(connection, queue, id, now);
    if (!redriven) return fail(std::move(redriven.error()));
    ++progress.redriven;
    progress.last = id;
  }
  progress.more = ids.size() == redrive_chunk;
  return progress;
}

}  // namespace syncwell::sqlite
