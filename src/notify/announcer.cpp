#include "notify/announcer.hpp"

namespace syncwell::notify {
namespace {

constexpr Duration look_again_after_storage_error = std::chrono::seconds{1};

}  // namespace

Async<void> Announcer::stop() {
  loop_.cancel_all();
  co_await loop_.wait_empty();
}

Async<void> Announcer::run() {
  while (true) {
    auto messages = co_await queue_.receive(queue::max_receive_batch, queue::max_wait);
    if (!messages) {
      if (messages.error().code == ErrorCode::cancelled) co_return;
      auto slept = co_await runtime_.sleep_for(look_again_after_storage_error);
      if (!slept) co_return;
      continue;
    }
    // What fails here fails because of the store: the message shows itself again.
    for (auto& message : *messages) (void)co_await handle(std::move(message));
  }
}

Async<Result<void>> Announcer::handle(queue::Message message) {
  auto event = bus::event_from_json(message.body);
  if (!event) co_return co_await queue_.dead_letter(message.receipt, "unreadable_input", event.error().message);
  auto added = co_await outbox_.add(std::move(*event));
  if (!added) co_return added;
  co_return co_await queue_.remove(message.receipt);
}

}  // namespace syncwell::notify
