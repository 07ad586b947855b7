#include "bus/event_consumer.hpp"

#include "base/log.hpp"

namespace syncwell::bus {
namespace {

constexpr Duration look_again_after_storage_error = std::chrono::seconds{1};

}  // namespace

Async<void> EventConsumer::stop() {
  loop_.cancel_all();
  co_await loop_.wait_empty();
}

Async<void> EventConsumer::run() {
  while (true) {
    auto messages = co_await queue_.receive(1, queue::max_wait);
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

Async<Result<void>> EventConsumer::handle(queue::Message message) {
  auto event = event_from_json(message.body);
  if (!event) co_return co_await queue_.dead_letter(message.receipt, "unreadable_input", event.error().message);
  const std::string type = event->type;
  auto done = co_await handler_(std::move(*event), message.receive_count);
  if (done) co_return co_await queue_.remove(message.receipt);
  const Error& error = done.error();
  if (error.code == ErrorCode::unreadable_input)
    co_return co_await queue_.dead_letter(message.receipt, "unreadable_input", error.message);
  log(LogLevel::warn, "an event could not be carried out and is tried again",
      {{"type", type}, {"attempt", message.receive_count}, {"error", name_of(error.code)}, {"detail", error.message}});
  if (pause_) co_return co_await queue_.extend(message.receipt, pause_(message.receive_count));
  co_return done;
}

}  // namespace syncwell::bus
