#include "adapters/sqlite/sqlite_queue.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include "base/cancellation.hpp"

namespace syncwell::sqlite {

namespace {

std::unexpected<Error> stale_receipt() {
  return fail(ErrorCode::lease_lost, "the receipt is stale: the message was received again, removed or moved");
}

std::unexpected<Error> no_dead_letter() {
  return fail(ErrorCode::not_found, "there is no dead letter with this id; it may have been redriven or purged");
}

// Cut where a UTF-8 character begins.
std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  text.resize(most);
  return text;
}

// Success when the statement changed what it should, `otherwise` when not.
Result<void> require(const Result<bool>& changed, std::unexpected<Error> (*otherwise)()) {
  if (!changed) return fail(changed.error());
  if (!*changed) return otherwise();
  return {};
}

}  // namespace

SqliteQueue::SqliteQueue(std::int64_t id, queue::Settings settings, Writer& writer, Readers& readers,
                         const Clock& clock, const QueueClock& queue_clock, MessageIds& ids)
    : id_(id),
      settings_(settings),
      writer_(writer),
      readers_(readers),
      clock_(clock),
      queue_clock_(queue_clock),
      ids_(ids),
      arrivals_(clock) {}

Result<std::int64_t> SqliteQueue::insert(WriteContext& context, std::string_view body, Duration delay) {
  const Instant now = queue_clock_.now();
  const std::int64_t id = ids_.next(now);
  auto inserted = insert_message(context.connection, id_, id, now, now + delay, body);
  if (!inserted) return fail(std::move(inserted.error()));
  note(context, now + delay, now);
  return id;
}

Async<Result<std::string>> SqliteQueue::send(std::string body, Duration delay) {
  if (body.size() > queue::max_body_bytes) {
    co_return fail(ErrorCode::too_large, fmt::format("a message body holds at most {} bytes", queue::max_body_bytes));
  }
  if (delay < Duration{0} || delay > queue::max_delay) {
    co_return fail(ErrorCode::invalid_argument, "a message is delayed by 0 to 15 minutes");
  }
  const std::size_t bytes = body.size();
  auto id = co_await writer_.write<std::int64_t>(
      [this, body = std::move(body), delay](WriteContext& context) { return insert(context, body, delay); }, bytes);
  if (!id) co_return fail(std::move(id.error()));
  co_return id_text(*id);
}

Async<Result<Claim>> SqliteQueue::claim(std::size_t most) {
  co_return co_await writer_.write<Claim>([this, most](WriteContext& context) -> Result<Claim> {
    Token token;
    randombytes_buf(token.data(), token.size());
    const Instant now = queue_clock_.now();
    auto claimed = claim_messages(context.connection, id_, most, now, settings_, token, ids_);
    if (!claimed) return claimed;
    for (const auto id : claimed->died) removed_.forget(id);
    if (!claimed->messages.empty()) {
      note(context, now + settings_.visibility_timeout, now);
      // It left some: the next receiver looks.
      if (claimed->next_visible && *claimed->next_visible <= now) ++visible_in_batch_;
    }
    return claimed;
  });
}

Async<Result<std::vector<queue::Message>>> SqliteQueue::receive(std::size_t most, Duration wait) {
  if (most == 0 || most > queue::max_receive_batch) {
    co_return fail(ErrorCode::invalid_argument,
                   fmt::format("a receive takes 1 to {} messages", queue::max_receive_batch));
  }
  if (wait < Duration{0} || wait > queue::max_wait) {
    co_return fail(ErrorCode::invalid_argument, "a receive waits 0 to 20 seconds");
  }
  const Steady until = clock_.steady_now() + wait;
  for (;;) {
    const auto ticket = arrivals_.ticket();
    auto claimed = co_await claim(most);
    if (!claimed) co_return fail(std::move(claimed.error()));
    if (!claimed->messages.empty() || clock_.steady_now() >= until) {
      arrivals_.hand_over();
      co_return std::move(claimed->messages);
    }
    if (co_await is_cancelled()) {
      arrivals_.hand_over();
      co_return fail(ErrorCode::cancelled, "the receive was cancelled");
    }
    std::optional<Steady> next;
    if (claimed->next_visible) {
      next = clock_.steady_now() + std::max(Duration{0}, *claimed->next_visible - queue_clock_.now());
    }
    co_await arrivals_.wait(ticket, until, next);
    if (co_await is_cancelled()) {
      arrivals_.arrived(1, std::nullopt);  // it may have been woken for a message that it will not take
      arrivals_.hand_over();
      co_return fail(ErrorCode::cancelled, "the receive was cancelled");
    }
  }
}

Async<Result<void>> SqliteQueue::extend(std::string receipt, Duration visibility) {
  if (visibility < Duration{0} || visibility > queue::max_visibility) {
    co_return fail(ErrorCode::invalid_argument, "a message is hidden for 0 to 12 hours");
  }
  const auto parsed = parse_receipt(receipt);
  if (!parsed) co_return stale_receipt();
  co_return co_await writer_.write<void>([this, lease = *parsed, visibility](WriteContext& context) {
    const Instant now = queue_clock_.now();
    auto extended = require(set_visible_at(context.connection, id_, lease, now + visibility), stale_receipt);
    if (extended) note(context, now + visibility, now);
    return extended;
  });
}

Result<void> SqliteQueue::remove_in(WriteContext& context, const Receipt& receipt) {
  auto deleted = delete_message(context.connection, id_, receipt);
  if (!deleted) return fail(std::move(deleted.error()));
  if (*deleted) {
    removed_.remember(receipt);
    return {};
  }
  auto exists = message_exists(context.connection, receipt.id);
  if (!exists) return fail(std::move(exists.error()));
  if (*exists || !removed_.may_be_by(receipt)) return stale_receipt();
  return {};
}

Async<Result<void>> SqliteQueue::remove(std::string receipt) {
  const auto parsed = parse_receipt(receipt);
  if (!parsed) co_return stale_receipt();
  co_return co_await writer_.write<void>(
      [this, lease = *parsed](WriteContext& context) { return remove_in(context, lease); });
}

Async<Result<void>> SqliteQueue::dead_letter(std::string receipt, std::string reason, std::string message) {
  const auto parsed = parse_receipt(receipt);
  if (!parsed) co_return stale_receipt();
  co_return co_await writer_.write<void>(
      [this, lease = *parsed, reason = cut(std::move(reason), queue::max_reason_bytes),
       message = cut(std::move(message), queue::max_reason_bytes)](WriteContext& context) {
        auto buried = require(bury_message(context.connection, id_, lease, ids_, queue_clock_.now(), reason, message),
                              stale_receipt);
        if (buried) removed_.forget(lease.id);
        return buried;
      });
}

Async<Result<queue::Depth>> SqliteQueue::depth() {
  co_return co_await readers_.read<queue::Depth>(
      [this](Connection& connection) { return count_messages(connection, id_, queue_clock_.now()); });
}

Async<Result<std::vector<queue::DeadLetter>>> SqliteQueue::dead_letters(std::size_t limit, std::string after) {
  if (limit > queue::max_dead_letter_page) {
    co_return fail(ErrorCode::invalid_argument,
                   fmt::format("at most {} dead letters are listed at once", queue::max_dead_letter_page));
  }
  const auto from = after.empty() ? std::optional<std::int64_t>(0) : parse_id(after);
  if (!from) co_return fail(ErrorCode::invalid_argument, "this is no id of a dead letter");
  co_return co_await readers_.read<std::vector<queue::DeadLetter>>(
      [this, limit, from](Connection& connection) { return list_dead_letters(connection, id_, limit, *from); });
}

Async<Result<void>> SqliteQueue::redrive(std::string id) {
  const auto parsed = parse_id(id);
  if (!parsed) co_return no_dead_letter();
  co_return co_await writer_.write<void>([this, letter = *parsed](WriteContext& context) {
    const Instant now = queue_clock_.now();
    auto redriven = require(redrive_dead_letter(context.connection, id_, letter, now), no_dead_letter);
    if (redriven) note(context, now, now);
    return redriven;
  });
}

Async<Result<std::uint64_t>> SqliteQueue::redrive_all() {
  // In chunks, so that other writers get their turn. Every id is visited once: what dies again meanwhile stays.
  const std::int64_t up_to = MessageIds::first_of(queue_clock_.now() + Duration{1});
  std::uint64_t redriven = 0;
  RedriveProgress progress;
  do {
    auto chunk = co_await writer_.write<RedriveProgress>([this, after = progress.last, up_to](WriteContext& context) {
      const Instant now = queue_clock_.now();
      auto done = redrive_range(context.connection, id_, after, up_to, now);
      if (done && done->redriven > 0) {
        note(context, now, now);
        visible_in_batch_ += done->redriven - 1;
      }
      return done;
    });
    if (!chunk) co_return fail(std::move(chunk.error()));
    progress = *chunk;
    redriven += progress.redriven;
  } while (progress.more);
  co_return redriven;
}

Async<Result<void>> SqliteQueue::purge(std::string id) {
  const auto parsed = parse_id(id);
  if (!parsed) co_return no_dead_letter();
  co_return co_await writer_.write<void>([this, letter = *parsed](WriteContext& context) {
    return require(delete_dead_letter(context.connection, id_, letter), no_dead_letter);
  });
}

void SqliteQueue::note(WriteContext& context, Instant visible_at, Instant now) {
  context.tell(*this);
  if (visible_at <= now) {
    ++visible_in_batch_;
  } else {
    next_in_batch_ = std::min(next_in_batch_.value_or(Duration::max()), Duration{visible_at - now});
  }
}

void SqliteQueue::committed() {
  std::optional<Steady> next;
  if (next_in_batch_) next = clock_.steady_now() + *next_in_batch_;
  arrivals_.arrived(visible_in_batch_, next);
  rolled_back();
}

void SqliteQueue::rolled_back() {
  visible_in_batch_ = 0;
  next_in_batch_.reset();
}

}  // namespace syncwell::sqlite
