// The queue between the workers and the storage, which looks at every delivery: how often each message was received,
// that nothing is acknowledged before its job is at an end (ALG-9), that delays use no attempt (DEC-1), and that the
// dead-letter queue gets what deserves it and nothing else (LIFE). It also plays the message that crashes the process.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "base/random.hpp"
#include "queue/queue.hpp"
#include "sim/journal.hpp"
#include "sim/watched_table.hpp"

namespace syncwell::sim {

class WatchedQueue final : public queue::Queue {
 public:
  WatchedQueue(Journal& journal, const WatchedTable& table) : journal_(journal), table_(table) {}

  // The queue of the process that lives from now on. `die`: ends that process.
  void attach(queue::Queue& queue, queue::Settings settings, std::function<void()> die);
  void stop_watching() { watching_ = false; }
  // Everything stood still: who was told of a delivery before may hear of it after the next one.
  void time_was_disturbed() { disturbed_ = journal_.elapsed(); }
  // The canary: messages are gone once they were received, as if the worker acknowledged first (breaks ALG-9).
  void acknowledge_first(bool yes) { acknowledge_first_ = yes; }
  // Whoever receives this job's message dies of it.
  void poison(std::string job) { poison_.insert(std::move(job)); }
  void cure() { poison_.clear(); }
  [[nodiscard]] std::uint64_t deaths() const { return deaths_; }

  [[nodiscard]] Async<Result<std::string>> send(std::string body, Duration delay) override;
  [[nodiscard]] Async<Result<std::vector<queue::Message>>> receive(std::size_t most, Duration wait) override;
  [[nodiscard]] Async<Result<void>> extend(std::string receipt, Duration visibility) override;
  [[nodiscard]] Async<Result<void>> remove(std::string receipt) override;
  [[nodiscard]] Async<Result<void>> dead_letter(std::string receipt, std::string reason, std::string message) override;
  [[nodiscard]] Async<Result<queue::Depth>> depth() override;
  [[nodiscard]] Async<Result<std::vector<queue::DeadLetter>>> dead_letters(std::size_t limit,
                                                                           std::string after) override;
  [[nodiscard]] Async<Result<void>> redrive(std::string id) override;
  [[nodiscard]] Async<Result<std::uint64_t>> redrive_all() override;
  [[nodiscard]] Async<Result<void>> purge(std::string id) override;

 private:
  struct Delivery {   // one receipt
    std::string job;  // empty: nobody can read the message
    std::string message;
    int attempts = 0;         // this one included
    bool carried_on = false;  // another message will do what is left
  };
  struct Seen {
    int receives = 0;
    bool uncertain = false;  // it was redriven, or the process died before it was told
  };
  void begin_anew();  // what was counted so far says nothing about the next delivery
  void received(const queue::Message& message);
  void check_end(const Delivery& delivery);
  void check_dead_letter(const Delivery& delivery, const std::string& reason);

  Journal& journal_;
  const WatchedTable& table_;
  queue::Queue* queue_ = nullptr;
  queue::Settings settings_{};
  std::function<void()> die_;
  bool watching_ = false;
  bool acknowledge_first_ = false;
  std::set<std::string> poison_;
  std::uint64_t deaths_ = 0;
  std::uint64_t lives_ = 0;
  std::optional<Duration> disturbed_;
  std::map<std::string, Delivery> deliveries_;  // by receipt
  std::map<std::string, Seen> seen_;            // by message id
};

}  // namespace syncwell::sim
