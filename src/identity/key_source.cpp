#include "identity/key_source.hpp"

namespace syncwell::identity {

Async<Result<std::shared_ptr<const KeySet>>> KeySource::keys_for(std::string key_id) {
  if (must_fetch(key_id) && fetching_.size() == 0) fetching_.spawn(fetch());
  if (!keys_ || must_fetch(key_id)) co_await fetching_.wait_empty();
  if (keys_ && runtime_.steady_now() - fetched_ < settings_.max_stale) co_return keys_;
  if (failure_) co_return std::unexpected(*failure_);
  co_return fail(ErrorCode::cancelled, "the call was cancelled while the identity provider's keys were fetched");
}

bool KeySource::must_fetch(const std::string& key_id) const {
  const Steady now = runtime_.steady_now();
  const bool wanted = !keys_ || now - fetched_ >= settings_.max_age || !keys_->has(key_id);
  return wanted && (!tried_ || now - *tried_ >= settings_.min_pause);
}

void KeySource::invalidate() {
  keys_.reset();
  tried_.reset();
  ++generation_;
}

Async<void> KeySource::fetch() {
  ++fetches_;
  const std::uint64_t generation = generation_;
  const Steady now = runtime_.steady_now();
  net::Request request{"GET", settings_.url, {{"Accept", "application/json"}}};
  auto answer = co_await http_.send(std::move(request), Deadline::after(runtime_, settings_.timeout));
  if (generation != generation_) co_return;  // invalidated meanwhile: this may be what was not to be believed
  tried_ = now;
  Result<KeySet> keys = fail(ErrorCode::provider_failed, "the identity provider answered without keys");
  if (!answer) {
    keys = fail(std::move(answer.error()));
  } else if (answer->status == 200) {
    keys = KeySet::parse(answer->body);
  } else {
    keys.error().http_status = answer->status;
  }
  if (keys) {
    keys_ = std::make_shared<const KeySet>(std::move(*keys));
    fetched_ = now;
    failure_.reset();
    co_return;
  }
  failure_ = std::move(keys.error());
  failure_->message = "the keys of the identity provider cannot be fetched: " + failure_->message;
  failure_->retry_after = settings_.min_pause;
}

}  // namespace syncwell::identity
