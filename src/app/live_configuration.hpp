// The configuration while the server runs (ARCH-9): the file is looked at every few seconds; a good new one takes
// effect where a setting can change live, a bad one changes nothing and is explained in the log. Every change is logged
// and kept as an audit item: which setting, from what to what (secrets masked), when. Settings that cannot change live
// are named, with what to do.
//
// Live: log.level, api.requests_per_minute, schedule.paused, breaker.*, providers.<key>.mode (PROV-6: normal,
// read_only, disabled). Belongs to one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "app/configuration.hpp"
#include "base/runtime.hpp"
#include "base/task_group.hpp"
#include "store/table.hpp"

namespace syncwell::app {

inline constexpr Duration configuration_look_interval = std::chrono::seconds{2};
inline constexpr Duration configuration_audit_lifetime = std::chrono::hours{24 * 400};

class LiveConfiguration {
 public:
  // Applies the live settings of a configuration; called with the first one and after each change.
  using Apply = std::function<void(const Configuration&)>;

  // `file`: empty: there is none, and nothing ever changes. References outlive the object.
  LiveConfiguration(Configuration configuration, std::filesystem::path file, store::Table& table, Runtime& runtime,
                    Apply apply);

  void start() { watcher_.spawn(watch()); }
  [[nodiscard]] Async<void> stop();
  // Looks now. True: the file had changed and is in force.
  [[nodiscard]] Async<bool> look();
  [[nodiscard]] const Configuration& current() const { return current_; }

 private:
  [[nodiscard]] Async<void> watch();
  [[nodiscard]] Async<void> audit(std::string what);

  Configuration current_;
  std::filesystem::path file_;
  std::filesystem::file_time_type seen_{};
  store::Table& table_;
  Runtime& runtime_;
  Apply apply_;
  TaskGroup watcher_;
};

}  // namespace syncwell::app
