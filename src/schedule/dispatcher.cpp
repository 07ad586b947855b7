#include "schedule/dispatcher.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>

#include "store/attributes.hpp"

namespace syncwell::schedule {

using store::text_attribute;

namespace {

constexpr Duration look_again_after_storage_error = std::chrono::seconds{1};

std::unexpected<Error> unreadable(std::string_view what) {
  return fail(ErrorCode::unreadable_input, "the trigger " + std::string(what));
}

// The types that an event names; none: all of them. Those that this version does not know are nobody's here.
Result<std::optional<std::vector<model::DataType>>> types_of(const bus::Event& event) {
  const auto* value = event.data.if_contains("data_types");
  if (value == nullptr) return std::nullopt;
  const auto* names = value->if_array();
  if (names == nullptr) return unreadable("names no list of types");
  if (names->empty()) return std::nullopt;
  std::vector<model::DataType> types;
  for (const auto& name : *names) {
    if (!name.is_string()) return unreadable("names a type that is no text");
    if (const auto type = model::parse_data_type(std::string_view(name.get_string()))) types.push_back(*type);
  }
  return types;
}

Result<std::optional<Instant>> instant_of(const bus::Event& event, std::string_view member) {
  const std::string text = text_attribute(event.data, member);
  if (text.empty()) return std::nullopt;
  const auto moment = parse_rfc3339(text);
  if (!moment) return unreadable("names a time that is none");
  return moment->at;
}

}  // namespace

Async<void> Dispatcher::stop() {
  stopping_ = true;
  loop_.cancel_all();
  co_await loop_.wait_empty();
  people_.cancel_all();
  co_await people_.wait_empty();
}

Async<void> Dispatcher::run() {
  while (!stopping_) {
    auto messages = co_await queue_.receive(queue::max_receive_batch, queue::max_wait);
    if (!messages && messages.error().code == ErrorCode::cancelled) co_return;
    Result<void> taken;
    if (messages) taken = co_await take(std::move(*messages));
    if (messages && taken) continue;
    // The store is in trouble: nothing is lost, look again in a while.
    auto slept = co_await runtime_.sleep_for(look_again_after_storage_error);
    if (!slept) co_return;
  }
}

Async<Result<void>> Dispatcher::take(std::vector<queue::Message> messages) {
  std::map<std::string, Messages> by_user;
  for (auto& message : messages) {
    auto event = bus::event_from_json(message.body);
    if (!event) {
      auto buried = co_await queue_.dead_letter(message.receipt, "unreadable_input", event.error().message);
      if (!buried && buried.error().code != ErrorCode::lease_lost) co_return buried;
      continue;
    }
    std::string user = text_attribute(event->data, "user");
    by_user[std::move(user)].emplace_back(std::move(message), std::move(*event));
  }
  for (auto& [user, theirs] : by_user) people_.spawn(handle_all(std::move(theirs)));
  co_await people_.wait_empty();
  co_return Result<void>{};
}

Async<void> Dispatcher::handle_all(Messages messages) {
  for (auto& [message, event] : messages) {
    // What fails here fails because of the store: the message shows itself again.
    (void)co_await handle(std::move(message), std::move(event));
  }
}

Async<Result<void>> Dispatcher::handle(queue::Message message, bus::Event event) {
  auto done = co_await carry_out(event);
  if (done) co_return co_await queue_.remove(message.receipt);
  if (done.error().code == ErrorCode::unreadable_input)
    co_return co_await queue_.dead_letter(message.receipt, "unreadable_input", done.error().message);
  co_return done;
}

Async<Result<void>> Dispatcher::carry_out(const bus::Event& event) {
  if (event.type == bus::source_data_changed) co_return co_await source_changed(event);
  if (event.type == bus::sync_succeeded) {
    std::string user = text_attribute(event.data, "user");
    std::string config_id = text_attribute(event.data, "config_id");
    if (user.empty() || config_id.empty()) co_return unreadable("lacks an id");
    co_return co_await schedule_.bring_forward(std::move(user), std::move(config_id));
  }
  co_return unreadable("is of a type that triggers nothing");
}

Async<Result<void>> Dispatcher::source_changed(const bus::Event& event) {
  const std::string user = text_attribute(event.data, "user");
  const std::string connection = text_attribute(event.data, "connection_id");
  if (user.empty() || connection.empty()) co_return unreadable("lacks an id");
  auto types = types_of(event);
  auto from = instant_of(event, "from");
  auto until = instant_of(event, "until");
  if (!types) co_return fail(std::move(types.error()));
  if (!from) co_return fail(std::move(from.error()));
  if (!until) co_return fail(std::move(until.error()));
  auto configs = co_await configs_.list(user);
  if (!configs) co_return fail(std::move(configs.error()));
  const Duration delay = bursts_.count(user, runtime_.steady_now());
  for (const auto& config : *configs) {
    const bool is_of_type = !*types || std::ranges::find(**types, config.data_type) != (*types)->end();
    if (config.source_connection != connection || !is_of_type) continue;
    JobRequest request{user, config.id, std::string(webhook_cause), engine::Priority::medium, *from, *until, delay};
    auto ensured = co_await jobs_.ensure(std::move(request));
    if (!ensured) co_return fail(std::move(ensured.error()));
  }
  co_return Result<void>{};
}

}  // namespace syncwell::schedule
