#include "engine/erasure_worker.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace syncwell::engine {
namespace {

constexpr Duration first_pause = std::chrono::seconds{5};
constexpr Duration look_again_after_storage_error = std::chrono::seconds{1};

Duration pause_after(int attempt) {
  Duration pause = first_pause;
  for (int i = 1; i < attempt && pause < max_erasure_pause; ++i) pause *= 2;
  return std::min(pause, max_erasure_pause);
}

}  // namespace

Async<void> ErasureWorker::stop() {
  loop_.cancel_all();
  co_await loop_.wait_empty();
}

Async<void> ErasureWorker::run() {
  while (true) {
    auto messages = co_await queue_.receive(1, queue::max_wait);
    if (!messages) {
      if (messages.error().code == ErrorCode::cancelled) co_return;
      auto slept = co_await runtime_.sleep_for(look_again_after_storage_error);
      if (!slept) co_return;
      continue;
    }
    for (auto& message : *messages) (void)co_await handle(std::move(message));
  }
}

// What fails here fails because of the store: the message shows itself again.
Async<Result<void>> ErasureWorker::handle(queue::Message message) {
  auto event = bus::event_from_json(message.body);
  if (!event) co_return co_await queue_.dead_letter(message.receipt, "unreadable_input", event.error().message);
  auto done = co_await eraser_.carry_out(std::move(*event), message.receive_count);
  if (done) co_return co_await queue_.remove(message.receipt);
  if (done.error().code == ErrorCode::unreadable_input)
    co_return co_await queue_.dead_letter(message.receipt, "unreadable_input", done.error().message);
  spdlog::warn("an erasure could not be completed and is tried again: {}", done.error().message);
  co_return co_await queue_.extend(message.receipt, pause_after(message.receive_count));
}

}  // namespace syncwell::engine
