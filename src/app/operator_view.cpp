#include "app/operator_view.hpp"

#include "app/operator_data.hpp"

namespace syncwell::app {

OperatorView::OperatorView(Platform& platform, Lane& lane, std::function<std::vector<const engine::Worker*>()> workers)
    : platform_(platform),
      lane_(lane),
      configuration_(platform.configuration()),
      recorder_({platform.hot_queue(), platform.observation(), std::move(workers)}, lane.runtime) {}

api::OperatorData OperatorView::data() {
  return {.history = [this] { return history(); },
          .providers =
              [this] {
                return describe_providers({lane_.providers, platform_.breakers(), platform_.limiter(),
                                           recorder_.history(), platform_.storage().table()});
              },
          .configuration = [this] { return configuration(); }};
}

Async<Result<boost::json::object>> OperatorView::history() const { co_return recorder_.history().series(); }

Async<Result<boost::json::object>> OperatorView::configuration() const { co_return describe_settings(configuration_); }

}  // namespace syncwell::app
