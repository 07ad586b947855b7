// The contract of queue/queue.hpp, sentence by sentence (ARCH-3, ARCH-4, LIFE). See harness.hpp.
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>

#include <map>
#include <set>

#include "conformance/harness.hpp"
#include "queue/queue.hpp"

namespace syncwell::conformance {

using queue::Message;
using Messages = std::vector<Message>;
using MaybeMessages = std::optional<Result<Messages>>;

inline constexpr Duration lease_time = queue_settings.visibility_timeout;
inline constexpr Duration no_wait{0};
inline constexpr Duration long_wait = queue::max_wait;

template <class Harness>
class QueueConformance : public PortConformance<Harness> {
 protected:
  queue::Queue& queue() { return this->harness_.queue(); }
  std::string send(std::string body, Duration delay = Duration{0}) {
    return this->value(queue().send(std::move(body), delay));
  }
  Messages receive(std::size_t most = queue::max_receive_batch, Duration wait = no_wait) {
    return this->value(queue().receive(most, wait));
  }
  Message receive_one() {
    auto messages = receive(1);
    EXPECT_EQ(messages.size(), 1U);
    return messages.empty() ? Message{} : std::move(messages.front());
  }
  void start_receive(std::size_t most, MaybeMessages& outcome) {
    this->start(queue().receive(most, long_wait), outcome);
    this->pass(Duration{1});
    EXPECT_FALSE(outcome);
  }
  std::vector<queue::DeadLetter> dead() { return this->value(queue().dead_letters(queue::max_dead_letter_page, "")); }
  queue::Depth depth() { return this->value(queue().depth()); }
};

inline std::vector<std::string> bodies(const Messages& messages) {
  std::vector<std::string> found;
  for (const auto& message : messages) found.push_back(message.body);
  return found;
}

TYPED_TEST_SUITE_P(QueueConformance);

TYPED_TEST_P(QueueConformance, DeliversWhatWasSent) {
  const Instant sent = this->now();
  const std::string id = this->send(std::string("\0body\xff", 6));
  this->pass(std::chrono::seconds{5});
  const auto messages = this->receive();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].id, id);
  EXPECT_EQ(messages[0].body, std::string("\0body\xff", 6));
  EXPECT_EQ(messages[0].receive_count, 1);
  EXPECT_EQ(messages[0].sent, sent);
  EXPECT_EQ(messages[0].first_received, this->now());
  EXPECT_FALSE(messages[0].receipt.empty());
  EXPECT_TRUE(this->receive().empty());
}

TYPED_TEST_P(QueueConformance, RefusesWhatIsPastItsLimits) {
  auto& queue = this->queue();
  this->send(std::string(queue::max_body_bytes, 'b'));
  EXPECT_EQ(this->code(queue.send(std::string(queue::max_body_bytes + 1, 'b'), Duration{0})), ErrorCode::too_large);
  this->send("b", queue::max_delay);
  EXPECT_EQ(this->code(queue.send("b", queue::max_delay + Duration{1})), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(queue.send("b", Duration{-1})), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(queue.receive(0, no_wait)), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(queue.receive(queue::max_receive_batch + 1, no_wait)), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(queue.receive(1, queue::max_wait + Duration{1})), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(queue.receive(1, Duration{-1})), ErrorCode::invalid_argument);
  const auto receipt = this->receive_one().receipt;
  this->value(queue.extend(receipt, queue::max_visibility));
  EXPECT_EQ(this->code(queue.extend(receipt, queue::max_visibility + Duration{1})), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(queue.extend(receipt, Duration{-1})), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(queue.dead_letters(queue::max_dead_letter_page + 1, "")), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(queue.dead_letters(1, "no id")), ErrorCode::invalid_argument);
}

TYPED_TEST_P(QueueConformance, DeliversNoMoreThanAskedFor) {
  for (int i = 0; i < 15; ++i) this->send(std::to_string(i));
  EXPECT_EQ(this->receive(3).size(), 3U);
  EXPECT_EQ(this->receive().size(), 10U);
  EXPECT_EQ(this->receive().size(), 2U);
  EXPECT_TRUE(this->receive().empty());
}

TYPED_TEST_P(QueueConformance, DelaysWhatWasSentWithADelay) {
  this->send("later", queue::max_delay);
  this->pass(queue::max_delay - Duration{1});
  EXPECT_TRUE(this->receive().empty());
  this->pass(Duration{1});
  EXPECT_EQ(this->receive_one().body, "later");
}

TYPED_TEST_P(QueueConformance, PrefersOlderMessages) {
  for (const char* body : {"1", "2", "3"}) {
    this->send(body);
    this->pass(Duration{1});
  }
  EXPECT_EQ(this->receive_one().body, "1");
  EXPECT_EQ(bodies(this->receive()), (std::vector<std::string>{"2", "3"}));
}

TYPED_TEST_P(QueueConformance, HidesAMessageForTheVisibilityTimeout) {  // LIFE
  this->send("job");
  const auto first = this->receive_one();
  this->pass(lease_time - Duration{1});
  EXPECT_TRUE(this->receive().empty());
  this->pass(Duration{1});
  const auto second = this->receive_one();
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.receive_count, 2);
  EXPECT_EQ(second.first_received, first.first_received);
  EXPECT_EQ(second.sent, first.sent);
  EXPECT_NE(second.receipt, first.receipt);
}

TYPED_TEST_P(QueueConformance, AStaleReceiptChangesNothing) {  // DEC-2: receipts are fencing tokens
  auto& queue = this->queue();
  this->send("job");
  const auto stale = this->receive_one().receipt;
  this->pass(lease_time);
  const auto current = this->receive_one().receipt;
  EXPECT_EQ(this->code(queue.extend(stale, Duration{0})), ErrorCode::lease_lost);
  EXPECT_EQ(this->code(queue.remove(stale)), ErrorCode::lease_lost);
  EXPECT_EQ(this->code(queue.dead_letter(stale, "mapping", "")), ErrorCode::lease_lost);
  EXPECT_TRUE(this->receive().empty());
  EXPECT_EQ(this->depth().in_flight, 1U);
  EXPECT_EQ(this->depth().dead, 0U);
  this->value(queue.remove(current));
  EXPECT_EQ(this->depth().in_flight, 0U);
}

TYPED_TEST_P(QueueConformance, AReceiptCountsUntilTheMessageIsReceivedAgain) {
  this->send("job");
  const auto receipt = this->receive_one().receipt;
  this->pass(lease_time * 2);  // late, but nobody else has it
  this->value(this->queue().extend(receipt, lease_time));
  EXPECT_TRUE(this->receive().empty());
  this->pass(lease_time);
  this->value(this->queue().remove(receipt));
  EXPECT_TRUE(this->receive().empty());
}

TYPED_TEST_P(QueueConformance, RefusesReceiptsThatItNeverGave) {
  auto& queue = this->queue();
  this->send("job");
  const auto good = this->receive_one().receipt;
  std::string changed = good;
  changed.back() = changed.back() == '0' ? '1' : '0';
  for (const std::string& bad : {std::string(), std::string("x"), good + "0", good.substr(1), changed,
                                 std::string(good.size(), 'z'), std::string(1000, '0')}) {
    EXPECT_EQ(this->code(queue.remove(bad)), ErrorCode::lease_lost) << bad;
    EXPECT_EQ(this->code(queue.extend(bad, Duration{0})), ErrorCode::lease_lost) << bad;
    EXPECT_EQ(this->code(queue.dead_letter(bad, "", "")), ErrorCode::lease_lost) << bad;
  }
  EXPECT_EQ(this->code(this->harness_.second_queue().remove(changed)), ErrorCode::lease_lost);
  this->value(queue.remove(good));
}

TYPED_TEST_P(QueueConformance, ExtendsALease) {
  this->send("job");
  const auto receipt = this->receive_one().receipt;
  this->pass(lease_time / 2);
  this->value(this->queue().extend(receipt, lease_time));
  this->pass(lease_time - Duration{1});
  EXPECT_TRUE(this->receive().empty());
  this->pass(Duration{1});
  EXPECT_EQ(this->receive_one().receive_count, 2);
}

TYPED_TEST_P(QueueConformance, ShowsAReleasedMessageAtOnce) {  // DESIGN 4: a cancelled job goes back at once
  this->send("job");
  const auto receipt = this->receive_one().receipt;
  this->value(this->queue().extend(receipt, Duration{0}));
  const auto again = this->receive_one();
  EXPECT_EQ(again.body, "job");
  EXPECT_EQ(this->code(this->queue().extend(receipt, Duration{0})), ErrorCode::lease_lost);
}

TYPED_TEST_P(QueueConformance, RemovesAMessageForGood) {  // ALG-9
  this->send("job");
  const auto receipt = this->receive_one().receipt;
  this->value(this->queue().remove(receipt));
  this->value(this->queue().remove(receipt));  // already gone by this receipt
  EXPECT_EQ(this->code(this->queue().extend(receipt, lease_time)), ErrorCode::lease_lost);
  this->pass(lease_time * 3);
  EXPECT_TRUE(this->receive().empty());
  EXPECT_TRUE(this->dead().empty());
}

TYPED_TEST_P(QueueConformance, TellsALoserThatAnotherRemovedTheMessage) {
  this->send("job");
  const auto stale = this->receive_one().receipt;
  this->pass(lease_time);
  this->value(this->queue().remove(this->receive_one().receipt));
  EXPECT_EQ(this->code(this->queue().remove(stale)), ErrorCode::lease_lost);
}

TYPED_TEST_P(QueueConformance, DeadLettersAtOnce) {  // DEC-3
  this->send("job");
  const auto received = this->receive_one();
  this->pass(std::chrono::seconds{1});
  this->value(this->queue().dead_letter(received.receipt, "provider_rejected", "the destination answered 400"));
  EXPECT_TRUE(this->receive().empty());
  const auto letters = this->dead();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].body, "job");
  EXPECT_EQ(letters[0].receive_count, 1);
  EXPECT_EQ(letters[0].sent, received.sent);
  EXPECT_EQ(letters[0].died, this->now());
  EXPECT_EQ(letters[0].reason, "provider_rejected");
  EXPECT_EQ(letters[0].message, "the destination answered 400");
  EXPECT_EQ(this->code(this->queue().remove(received.receipt)), ErrorCode::lease_lost);
  EXPECT_EQ(this->code(this->queue().extend(received.receipt, lease_time)), ErrorCode::lease_lost);
  EXPECT_EQ(this->dead().size(), 1U);
}

TYPED_TEST_P(QueueConformance, CutsALongReasonBetweenCharacters) {
  this->send("job");
  const std::string umlauts = [] {
    std::string text = "x";
    for (std::size_t i = 0; i < queue::max_reason_bytes; ++i) text += "ä";
    return text;
  }();
  this->value(this->queue().dead_letter(this->receive_one().receipt, umlauts, umlauts));
  const auto letters = this->dead();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].message, umlauts.substr(0, queue::max_reason_bytes - 1));
  EXPECT_EQ(letters[0].reason, letters[0].message);
}

TYPED_TEST_P(QueueConformance, BuriesWhatWasReceivedTooOften) {  // LIFE
  this->send("poison");
  for (int count = 1; count <= queue_settings.max_receive_count; ++count) {
    EXPECT_EQ(this->receive_one().receive_count, count);
    this->pass(lease_time);
  }
  EXPECT_TRUE(this->receive().empty());
  const auto letters = this->dead();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].reason, "max_receives");
  EXPECT_EQ(letters[0].receive_count, queue_settings.max_receive_count);
  EXPECT_EQ(letters[0].body, "poison");
}

TYPED_TEST_P(QueueConformance, LetsTheLastReceiveSucceed) {
  this->send("job");
  for (int count = 1; count < queue_settings.max_receive_count; ++count) {
    (void)this->receive_one();
    this->pass(lease_time);
  }
  const auto last = this->receive_one();
  this->value(this->queue().extend(last.receipt, lease_time));
  this->value(this->queue().remove(last.receipt));
  EXPECT_TRUE(this->dead().empty());
}

TYPED_TEST_P(QueueConformance, BuriesWhatCrashesTheProcessEachTime) {  // LIFE, INT-1
  this->send("poison");
  for (int count = 1; count <= queue_settings.max_receive_count; ++count) {
    EXPECT_EQ(this->receive_one().receive_count, count);
    this->harness_.restart();
    EXPECT_TRUE(this->receive().empty());
    this->pass(lease_time);
  }
  EXPECT_TRUE(this->receive().empty());
  ASSERT_EQ(this->dead().size(), 1U);
  EXPECT_EQ(this->dead()[0].reason, "max_receives");
}

TYPED_TEST_P(QueueConformance, PoisonBlocksNobody) {  // LIFE
  for (int i = 0; i < 25; ++i) this->send("poison");
  for (int count = 0; count < queue_settings.max_receive_count; ++count) {
    for (int batch = 0; batch < 3; ++batch) (void)this->receive();
    this->pass(lease_time);
  }
  this->send("good");
  const auto messages = this->receive(1);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].body, "good");
  EXPECT_EQ(this->dead().size(), 25U);
}

TYPED_TEST_P(QueueConformance, CountsItsMessages) {  // OBS, SUP-1
  EXPECT_EQ(this->depth().visible, 0U);
  EXPECT_FALSE(this->depth().oldest_visible);
  const Instant first = this->now();
  for (int i = 0; i < 5; ++i) this->send("job");
  this->pass(std::chrono::seconds{1});
  this->send("young");
  this->send("delayed", std::chrono::minutes{1});
  EXPECT_EQ(this->depth().oldest_visible, first);
  const auto taken = this->receive(2);
  this->value(this->queue().dead_letter(taken[0].receipt, "mapping", ""));
  const auto depth = this->depth();
  EXPECT_EQ(depth.visible, 4U);
  EXPECT_EQ(depth.in_flight, 1U);
  EXPECT_EQ(depth.delayed, 1U);
  EXPECT_EQ(depth.dead, 1U);
  EXPECT_EQ(depth.oldest_visible, first);
  EXPECT_EQ(this->value(this->harness_.second_queue().depth()).visible, 0U);
}

TYPED_TEST_P(QueueConformance, ListsDeadLettersInPagesAsTheyDied) {  // SUP-2
  for (int i = 0; i < 7; ++i) this->send(std::to_string(i));
  auto taken = this->receive(7);
  std::vector<std::string> died;
  for (const std::size_t i : {3U, 0U, 6U, 1U, 5U, 2U, 4U}) {
    died.push_back(taken[i].body);
    this->value(this->queue().dead_letter(taken[i].receipt, "mapping", ""));
  }
  std::vector<std::string> listed;
  std::string after;
  for (;;) {
    const auto page = this->value(this->queue().dead_letters(3, after));
    if (page.empty()) break;
    for (const auto& letter : page) listed.push_back(letter.body);
    after = page.back().id;
    this->value(this->queue().purge(after));  // the place is found although the letter is gone
  }
  EXPECT_EQ(listed, died);
  EXPECT_EQ(this->depth().dead, 4U);
  // Who looks on from there sees what dies from now on, whenever it was sent.
  const auto first = this->dead().front();
  this->value(this->queue().redrive(first.id));
  this->value(this->queue().dead_letter(this->receive_one().receipt, "mapping", ""));
  const auto fresh = this->value(this->queue().dead_letters(3, after));
  ASSERT_EQ(fresh.size(), 1U);
  EXPECT_EQ(fresh[0].body, first.body);
  EXPECT_NE(fresh[0].id, first.id);
}

TYPED_TEST_P(QueueConformance, RedrivesOneWithANewStart) {  // SUP-5
  this->send("job");
  const auto receipt = this->receive_one().receipt;
  this->value(this->queue().dead_letter(receipt, "provider_failed", ""));
  const auto id = this->dead()[0].id;
  EXPECT_EQ(this->code(this->queue().remove(receipt)), ErrorCode::lease_lost);
  this->value(this->queue().redrive(id));
  EXPECT_TRUE(this->dead().empty());
  EXPECT_EQ(this->code(this->queue().remove(receipt)), ErrorCode::lease_lost);
  const auto again = this->receive_one();
  EXPECT_EQ(again.body, "job");
  EXPECT_EQ(again.receive_count, 1);
  EXPECT_EQ(again.sent, this->now()) << "its age counts from here";
  EXPECT_EQ(this->code(this->queue().redrive(id)), ErrorCode::not_found);
  EXPECT_EQ(this->code(this->queue().redrive("nonsense")), ErrorCode::not_found);
  EXPECT_EQ(this->code(this->queue().redrive("")), ErrorCode::not_found);
}

TYPED_TEST_P(QueueConformance, RedrivesAll) {  // SUP-5
  for (int i = 0; i < 25; ++i) this->send(std::to_string(i));
  for (int batch = 0; batch < 3; ++batch) {
    for (const auto& message : this->receive()) {
      this->value(this->queue().dead_letter(message.receipt, "provider_failed", ""));
    }
  }
  EXPECT_EQ(this->depth().dead, 25U);
  EXPECT_EQ(this->value(this->harness_.second_queue().redrive_all()), 0U);
  EXPECT_EQ(this->value(this->queue().redrive_all()), 25U);
  EXPECT_EQ(this->depth().dead, 0U);
  EXPECT_EQ(this->depth().visible, 25U);
  EXPECT_EQ(this->value(this->queue().redrive_all()), 0U);
}

TYPED_TEST_P(QueueConformance, PurgesADeadLetter) {  // SUP-5
  EXPECT_EQ(this->code(this->queue().purge(this->send("job"))), ErrorCode::not_found);
  this->value(this->queue().dead_letter(this->receive_one().receipt, "mapping", ""));
  const auto id = this->dead()[0].id;
  EXPECT_EQ(this->code(this->harness_.second_queue().purge(id)), ErrorCode::not_found);
  this->value(this->queue().purge(id));
  EXPECT_EQ(this->code(this->queue().purge(id)), ErrorCode::not_found);
  EXPECT_EQ(this->code(this->queue().redrive(id)), ErrorCode::not_found);
}

TYPED_TEST_P(QueueConformance, WaitsForTheFirstMessage) {
  const Instant before = this->now();
  EXPECT_TRUE(this->receive(1, long_wait).empty());
  EXPECT_GE(this->now() - before, long_wait);

  MaybeMessages sent;
  this->start_receive(1, sent);
  this->send("sent");
  this->pass(Duration{1});
  ASSERT_TRUE(sent && *sent);
  EXPECT_EQ(bodies(**sent), std::vector<std::string>{"sent"});

  MaybeMessages released;
  this->start_receive(1, released);
  this->value(this->queue().extend((**sent)[0].receipt, Duration{0}));
  this->pass(Duration{1});
  ASSERT_TRUE(released && *released);
  EXPECT_EQ((**released)[0].receive_count, 2);

  this->value(this->queue().dead_letter((**released)[0].receipt, "mapping", ""));
  MaybeMessages redriven;
  this->start_receive(1, redriven);
  EXPECT_EQ(this->value(this->queue().redrive_all()), 1U);
  this->pass(Duration{1});
  ASSERT_TRUE(redriven && *redriven);
  EXPECT_EQ((**redriven)[0].receive_count, 1);
}

TYPED_TEST_P(QueueConformance, WaitsUntilAMessageBecomesVisible) {
  MaybeMessages delayed;
  MaybeMessages in_vain;
  this->start_receive(1, delayed);
  this->start_receive(1, in_vain);
  std::optional<Result<std::string>> id;
  this->start(this->queue().send("delayed", std::chrono::seconds{10}), id);
  this->pass(std::chrono::seconds{10} - Duration{1});
  EXPECT_FALSE(delayed);
  this->pass(Duration{1});
  EXPECT_NE(delayed.has_value(), in_vain.has_value());
  MaybeMessages& served = delayed ? delayed : in_vain;
  ASSERT_TRUE(served && *served);
  ASSERT_EQ((**served).size(), 1U);

  // The lease of a dead worker runs out while somebody waits: DEC-2.
  this->pass(lease_time - std::chrono::seconds{11});
  MaybeMessages taken_over;
  this->start_receive(1, taken_over);
  this->pass(std::chrono::seconds{11});
  ASSERT_TRUE(taken_over && *taken_over);
  ASSERT_EQ((**taken_over).size(), 1U);
  EXPECT_EQ((**taken_over)[0].receive_count, 2);
}

TYPED_TEST_P(QueueConformance, WakesAsManyReceiversAsMessagesBecomeVisible) {
  for (int i = 0; i < 6; ++i) this->send("together", std::chrono::seconds{10});
  std::vector<MaybeMessages> outcomes(8);
  for (auto& outcome : outcomes) this->start_receive(1, outcome);
  this->pass(std::chrono::seconds{11});
  const auto served = std::ranges::count_if(outcomes, [](const auto& outcome) { return outcome.has_value(); });
  EXPECT_EQ(served, 6);
  this->harness_.runtime().run();
  std::size_t total = 0;
  for (const auto& outcome : outcomes) {
    ASSERT_TRUE(outcome && *outcome);
    total += (**outcome).size();
  }
  EXPECT_EQ(total, 6U);
}

TYPED_TEST_P(QueueConformance, MissesNoTimeWhenReceiversAreServedInTurn) {
  for (const int seconds : {10, 10, 12, 14}) this->send("job", std::chrono::seconds{seconds});
  std::vector<MaybeMessages> outcomes(4);
  for (auto& outcome : outcomes) this->start_receive(1, outcome);
  const auto served = [&] { return std::ranges::count_if(outcomes, [](const auto& one) { return one.has_value(); }); };
  this->pass(std::chrono::seconds{11});
  EXPECT_EQ(served(), 2);
  this->pass(std::chrono::seconds{2});
  EXPECT_EQ(served(), 3);
  this->pass(std::chrono::seconds{2});
  EXPECT_EQ(served(), 4);
}

TYPED_TEST_P(QueueConformance, MissesNoTimeWhenReceiversGiveUpTogether) {
  this->send("job", std::chrono::seconds{15});
  std::vector<MaybeMessages> gave_up(3);
  MaybeMessages patient;
  for (auto& outcome : gave_up) this->start(this->queue().receive(1, std::chrono::seconds{10}), outcome);
  this->pass(Duration{1});
  this->start_receive(1, patient);
  this->pass(std::chrono::seconds{11});
  for (const auto& outcome : gave_up) ASSERT_TRUE(outcome && *outcome && (**outcome).empty());
  this->pass(std::chrono::seconds{4});
  ASSERT_TRUE(patient && *patient);
  EXPECT_EQ((**patient).size(), 1U);
}

TYPED_TEST_P(QueueConformance, ACancelledReceiveTakesNothing) {
  boost::asio::cancellation_signal stop;
  MaybeMessages cancelled;
  MaybeMessages other;
  boost::asio::co_spawn(this->harness_.runtime().executor(),
                        without_cancellation_exceptions(this->queue().receive(1, long_wait)),
                        boost::asio::bind_cancellation_slot(
                            stop.slot(), [&](std::exception_ptr, Result<Messages> result) { cancelled = result; }));
  this->pass(Duration{1});
  this->start_receive(1, other);
  stop.emit(boost::asio::cancellation_type::terminal);
  this->pass(Duration{1});
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(code_of(*cancelled), ErrorCode::cancelled);
  this->send("job");
  this->pass(Duration{1});
  ASSERT_TRUE(other && *other);
  EXPECT_EQ((**other).size(), 1U);
}

TYPED_TEST_P(QueueConformance, KeepsWhatItAcknowledged) {  // INT-1
  this->send("visible");
  this->send("delayed", std::chrono::minutes{1});
  this->send("removed");
  const auto taken = this->receive();
  ASSERT_EQ(taken.size(), 2U);
  this->value(this->queue().remove(taken[1].receipt));
  this->send("dead");
  this->value(this->queue().dead_letter(this->receive_one().receipt, "mapping", "unreadable"));
  this->harness_.restart();
  EXPECT_EQ(this->depth().in_flight, 1U);
  EXPECT_EQ(this->depth().delayed, 1U);
  ASSERT_EQ(this->dead().size(), 1U);
  EXPECT_EQ(this->dead()[0].message, "unreadable");
  this->value(this->queue().extend(taken[0].receipt, Duration{0}));  // receipts outlive the process
  EXPECT_EQ(this->receive_one().receive_count, 2);
}

// A worker that keeps, loses, fails and finishes jobs at random; `held` shows that no two hold one message.
inline Async<void> work(queue::Queue& queue, Runtime& runtime, std::uint64_t seed, std::set<std::string>& held,
                        std::map<std::string, int>& finished, bool& overlap) {
  Random random(seed);
  for (int idle = 0; idle < 8;) {
    auto messages = co_await queue.receive(1 + random.below(3), std::chrono::seconds{20});
    if (!messages) co_return;
    idle = messages->empty() ? idle + 1 : 0;
    for (const auto& message : *messages) {
      if (!held.insert(message.body).second) overlap = true;
    }
    for (const auto& message : *messages) {
      (void)co_await runtime.sleep_for(Duration{static_cast<std::int64_t>(random.below(1000))});
      held.erase(message.body);
      switch (random.below(6)) {
        case 0:
          break;  // crashed: the lease runs out
        case 1:
          (void)co_await queue.dead_letter(message.receipt, "mapping", "");
          break;
        case 2:
          (void)co_await queue.extend(message.receipt, Duration{static_cast<std::int64_t>(random.below(2000))});
          break;
        default:
          if (co_await queue.remove(message.receipt)) ++finished[message.body];
      }
    }
  }
}

inline Async<void> redrive_now_and_then(queue::Queue& queue, Runtime& runtime) {
  for (int i = 0; i < 300; ++i) {
    (void)co_await runtime.sleep_for(std::chrono::seconds{3});
    auto letters = co_await queue.dead_letters(1, "");
    if (letters && !letters->empty()) (void)co_await queue.redrive(letters->front().id);
    (void)co_await queue.redrive_all();
  }
}

TYPED_TEST_P(QueueConformance, LosesNothingWhileWorkersAndRedrivesRace) {  // INT-1, SUP-5
  const int count = 40;
  for (int i = 0; i < count; ++i) {
    this->send("job " + std::to_string(i), Duration{i % 4 * 500});
  }
  std::set<std::string> held;
  std::map<std::string, int> finished;
  bool overlap = false;
  auto& runtime = this->harness_.runtime();
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    boost::asio::co_spawn(runtime.executor(),
                          without_cancellation_exceptions(work(this->queue(), runtime, seed, held, finished, overlap)),
                          [](std::exception_ptr error) { EXPECT_FALSE(error); });
  }
  boost::asio::co_spawn(runtime.executor(),
                        without_cancellation_exceptions(redrive_now_and_then(this->queue(), runtime)),
                        [](std::exception_ptr error) { EXPECT_FALSE(error); });
  runtime.run();
  EXPECT_FALSE(overlap);
  EXPECT_EQ(finished.size(), static_cast<std::size_t>(count));
  for (const auto& [body, times] : finished) EXPECT_EQ(times, 1) << body;
  const auto depth = this->depth();
  EXPECT_EQ(depth.visible + depth.in_flight + depth.delayed + depth.dead, 0U);
}

REGISTER_TYPED_TEST_SUITE_P(QueueConformance, DeliversWhatWasSent, RefusesWhatIsPastItsLimits,
                            DeliversNoMoreThanAskedFor, DelaysWhatWasSentWithADelay, PrefersOlderMessages,
                            HidesAMessageForTheVisibilityTimeout, AStaleReceiptChangesNothing,
                            AReceiptCountsUntilTheMessageIsReceivedAgain, RefusesReceiptsThatItNeverGave, ExtendsALease,
                            ShowsAReleasedMessageAtOnce, RemovesAMessageForGood,
                            TellsALoserThatAnotherRemovedTheMessage, DeadLettersAtOnce,
                            CutsALongReasonBetweenCharacters, BuriesWhatWasReceivedTooOften, LetsTheLastReceiveSucceed,
                            BuriesWhatCrashesTheProcessEachTime, PoisonBlocksNobody, CountsItsMessages,
                            ListsDeadLettersInPagesAsTheyDied, RedrivesOneWithANewStart, RedrivesAll, PurgesADeadLetter,
                            WaitsForTheFirstMessage, WaitsUntilAMessageBecomesVisible,
                            WakesAsManyReceiversAsMessagesBecomeVisible, MissesNoTimeWhenReceiversAreServedInTurn,
                            MissesNoTimeWhenReceiversGiveUpTogether, ACancelledReceiveTakesNothing,
                            KeepsWhatItAcknowledged, LosesNothingWhileWorkersAndRedrivesRace);

}  // namespace syncwell::conformance
