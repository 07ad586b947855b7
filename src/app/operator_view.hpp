// The staff's view of this server: figures of the last hour, providers, the configuration in force, as the API shows
// them (api::OperatorData). Belongs to the thread of the API.
#pragma once

#include <functional>
#include <vector>

#include "api/api.hpp"
#include "app/configuration.hpp"
#include "app/history_recorder.hpp"
#include "app/platform.hpp"

namespace syncwell::app {

class OperatorView {
 public:
  // `platform` and `lane` outlive it. `workers`: those that run now.
  OperatorView(Platform& platform, Lane& lane, std::function<std::vector<const engine::Worker*>()> workers);
  void start() { recorder_.start(); }
  [[nodiscard]] Async<void> stop() { return recorder_.stop(); }

  // The configuration that is in force from now on.
  void show(const Configuration& configuration) { configuration_ = configuration; }
  // Outlived by the view.
  [[nodiscard]] api::OperatorData data();

 private:
  [[nodiscard]] Async<Result<boost::json::object>> history() const;
  [[nodiscard]] Async<Result<boost::json::object>> configuration() const;

  Platform& platform_;
  Lane& lane_;
  Configuration configuration_;
  HistoryRecorder recorder_;
};

}  // namespace syncwell::app
