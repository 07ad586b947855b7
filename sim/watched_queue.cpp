#include "sim/watched_queue.hpp"

#include <algorithm>
#include <ranges>

#include "engine/disposition.hpp"
#include "engine/job_message.hpp"

namespace syncwell::sim {

namespace {

constexpr std::string_view max_receives = "max_receives";
constexpr Duration settle_after_disturbance = std::chrono::seconds{1};

// By its name in a dead letter; nullopt: no error code.
std::optional<RetryClass> class_of(std::string_view reason) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    if (name_of(static_cast<ErrorCode>(code)) == reason) return retry_class_of(static_cast<ErrorCode>(code));
  }
  return std::nullopt;
}

}  // namespace

void WatchedQueue::attach(queue::Queue& queue, queue::Settings settings, std::function<void()> die) {
  queue_ = &queue;
  settings_ = settings;
  die_ = std::move(die);
  watching_ = true;
  ++lives_;
  deliveries_.clear();
  begin_anew();
}

void WatchedQueue::received(const queue::Message& message) {
  // An earlier process may have received it and died before it heard of it.
  Seen& seen = seen_.try_emplace(message.id, Seen{0, lives_ > 1}).first->second;
  const bool disturbed = disturbed_ && journal_.elapsed() - *disturbed_ < settle_after_disturbance;
  if (message.receive_count != seen.receives + 1 && !seen.uncertain && !disturbed) {
    journal_.violated("", fmt::format("message {} was received {} times and says {}", message.id, seen.receives + 1,
                                      message.receive_count));
  }
  seen = {message.receive_count, disturbed};
  Delivery delivery{{}, message.id, message.receive_count};
  if (const auto job = engine::job_message_from_body(message.body)) {
    delivery.job = job->job_id;
    delivery.attempts += job->failures;
  }
  if (message.receive_count > settings_.max_receive_count)
    journal_.violated(delivery.job, "a message was delivered more often than it may be");
  journal_.note(delivery.job, "{}: received in message {}, attempt {}", delivery.job, message.id, delivery.attempts);
  if (poison_.contains(delivery.job)) {
    journal_.note(delivery.job, "{}: the process dies of it", delivery.job);
    ++deaths_;
    die_();
  }
  deliveries_[message.receipt] = std::move(delivery);
}

// ALG-9: a message goes when its job has come to an end, or when another message carries it on.
void WatchedQueue::check_end(const Delivery& delivery) {
  const bool another = std::ranges::any_of(deliveries_ | std::views::values, [&](const Delivery& other) {
    return other.job == delivery.job && other.message != delivery.message;
  });
  if (delivery.job.empty() || delivery.carried_on || another) return;
  const std::string status = table_.status_of(delivery.job);
  if (status != "succeeded" && status != "needs_reauth")
    journal_.violated(delivery.job, fmt::format("{} was acknowledged while it is {}", delivery.job, status));
}

void WatchedQueue::check_dead_letter(const Delivery& delivery, const std::string& reason) {
  const auto kind = class_of(reason);
  const bool deserved = kind == RetryClass::permanent_request || kind == RetryClass::mapping ||
                        (kind == RetryClass::transient && delivery.attempts >= engine::RetryPolicy{}.max_attempts);
  if (!deserved) {
    journal_.violated(delivery.job, fmt::format("{} is a dead letter after {} attempts because of {}", delivery.job,
                                                delivery.attempts, reason));
  }
  // Received once too often, because the process died of something else each time, it is not tried any more: internal.
  const bool tried = reason != name_of(ErrorCode::internal);
  if (kind == RetryClass::transient && tried && delivery.attempts > engine::RetryPolicy{}.max_attempts)
    journal_.violated(delivery.job, delivery.job + " was tried more often than it may be");
}

Async<Result<std::string>> WatchedQueue::send(std::string body, Duration delay) {
  const auto job = engine::job_message_from_body(body);
  auto sent = co_await queue_->send(std::move(body), delay);
  if (!sent || !watching_ || !job) co_return sent;
  journal_.note(job->job_id, "{}: sent anew, to be seen in {} ms, {} attempts used", job->job_id, delay.count(),
                job->failures);
  // A worker passes it on: the attempt under way does not count (DEC-1).
  bool matches = false;
  for (auto& [receipt, delivery] : deliveries_) {
    if (delivery.job != job->job_id) continue;
    delivery.carried_on = true;
    matches = matches || delivery.attempts - 1 == job->failures;
  }
  if (!matches) journal_.violated(job->job_id, job->job_id + " was sent anew with attempts that nobody counted");
  co_return sent;
}

Async<Result<std::vector<queue::Message>>> WatchedQueue::receive(std::size_t most, Duration wait) {
  auto messages = co_await queue_->receive(most, wait);
  if (!messages || !watching_) co_return messages;
  for (const auto& message : *messages) {
    received(message);
    if (!acknowledge_first_) continue;
    auto removed = co_await queue_->remove(message.receipt);
    if (!removed) co_return fail(std::move(removed.error()));
  }
  co_return messages;
}

Async<Result<void>> WatchedQueue::extend(std::string receipt, Duration visibility) {
  if (acknowledge_first_) co_return Result<void>{};
  co_return co_await queue_->extend(std::move(receipt), visibility);
}

Async<Result<void>> WatchedQueue::remove(std::string receipt) {
  if (acknowledge_first_) co_return Result<void>{};
  auto removed = co_await queue_->remove(receipt);
  const auto found = deliveries_.find(receipt);
  if (!removed || !watching_ || found == deliveries_.end()) co_return removed;
  journal_.note(found->second.job, "{}: acknowledged", found->second.job);
  check_end(found->second);
  seen_.erase(found->second.message);  // another may get its id when the clock has gone back
  deliveries_.erase(found);
  co_return removed;
}

Async<Result<void>> WatchedQueue::dead_letter(std::string receipt, std::string reason, std::string message) {
  if (acknowledge_first_) co_return Result<void>{};
  auto moved = co_await queue_->dead_letter(receipt, reason, message);
  const auto found = deliveries_.find(receipt);
  if (!moved || !watching_ || found == deliveries_.end()) co_return moved;
  journal_.note(found->second.job, "{}: dead letter, {}: {}", found->second.job, reason, message);
  check_dead_letter(found->second, reason);
  deliveries_.erase(found);
  co_return moved;
}

Async<Result<queue::Depth>> WatchedQueue::depth() { return queue_->depth(); }

Async<Result<std::vector<queue::DeadLetter>>> WatchedQueue::dead_letters(std::size_t limit, std::string after) {
  auto letters = co_await queue_->dead_letters(limit, std::move(after));
  if (!letters || !watching_) co_return letters;
  for (const auto& letter : *letters) {
    if (letter.reason == max_receives && letter.receive_count != settings_.max_receive_count)
      journal_.violated("", "a message became a dead letter by itself after too few deliveries");
  }
  co_return letters;
}

// Messages may die, come back and be received while this is on its way.
Async<Result<void>> WatchedQueue::redrive(std::string id) {
  begin_anew();
  auto redriven = co_await queue_->redrive(std::move(id));
  begin_anew();
  co_return redriven;
}

Async<Result<std::uint64_t>> WatchedQueue::redrive_all() {
  begin_anew();
  auto redriven = co_await queue_->redrive_all();
  begin_anew();
  co_return redriven;
}

void WatchedQueue::begin_anew() {
  time_was_disturbed();
  for (auto& [id, seen] : seen_) seen.uncertain = true;
}

Async<Result<void>> WatchedQueue::purge(std::string id) { return queue_->purge(std::move(id)); }

}  // namespace syncwell::sim
