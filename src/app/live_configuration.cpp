#include "app/live_configuration.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace syncwell::app {
namespace {

std::filesystem::file_time_type time_of(const std::filesystem::path& file) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(file, error);
  return error ? std::filesystem::file_time_type::min() : time;
}

}  // namespace

LiveConfiguration::LiveConfiguration(Configuration configuration, std::filesystem::path file, store::Table& table,
                                     Runtime& runtime, Apply apply)
    : current_(std::move(configuration)),
      file_(std::move(file)),
      table_(table),
      runtime_(runtime),
      apply_(std::move(apply)),
      watcher_(runtime.executor()) {
  if (!file_.empty()) seen_ = time_of(file_);
  apply_(current_);
}

Async<void> LiveConfiguration::stop() {
  watcher_.cancel_all();
  co_await watcher_.wait_empty();
}

Async<void> LiveConfiguration::watch() {
  while (!file_.empty()) {
    auto slept = co_await runtime_.sleep_for(configuration_look_interval);
    if (!slept) co_return;
    (void)co_await look();
  }
}

Async<bool> LiveConfiguration::look() {
  if (file_.empty()) co_return false;
  const auto time = time_of(file_);
  if (time == seen_) co_return false;
  seen_ = time;
  auto loaded = Configuration::load(file_, process_environment());
  if (!loaded) {
    spdlog::error("the configuration file was changed and is refused; the old one stays in force: {}",
                  loaded.error().message);
    co_await audit("refused: " + loaded.error().message);
    co_return false;
  }
  // What the command line said stays.
  loaded->keep_options_of(current_);
  const auto changes = current_.changes_to(*loaded);
  if (changes.empty()) co_return false;
  for (const auto& change : changes) {
    const std::string text = fmt::format("{}: \"{}\" -> \"{}\"", change.name, change.before, change.after);
    if (change.live) {
      spdlog::warn("configuration changed: {}", text);
    } else {
      spdlog::warn("configuration changed, in force after a restart: {}", text);
    }
    co_await audit(text + (change.live ? "" : " (after a restart)"));
  }
  current_ = std::move(*loaded);
  apply_(current_);
  co_return true;
}

// An audit that cannot be written must not keep a kill switch from working: the log has it too.
Async<void> LiveConfiguration::audit(std::string what) {
  const Instant now = runtime_.now();
  store::Item item{
      {"audit#configuration", fmt::format("{:013}#{}", now.time_since_epoch().count(), runtime_.random().uuid4())}};
  item.attributes["what"] = what;
  item.expires_at = now + configuration_audit_lifetime;
  auto written = co_await table_.put(std::move(item));
  if (!written) spdlog::error("a change of the configuration could not be audited: {}", written.error().message);
}

}  // namespace syncwell::app
