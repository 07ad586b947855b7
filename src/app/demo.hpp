// The demo: real recorded files through the whole path. It drives a server and a sandbox, both processes of their own,
// through nothing but their HTTP interfaces, as a product team would.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "app/api_session.hpp"
#include "store/jobs.hpp"

namespace syncwell::app {

struct DemoSettings {
  std::string server;      // "http://127.0.0.1:40122"
  std::string sandbox;     // "http://127.0.0.1:40123"
  std::string recordings;  // folder with apple_health/, fit/, gpx/, tcx/
  std::string records;     // folder for canonical JSON
};

struct DemoSync {
  std::string name;  // "fit → strava: workout"
  std::string job_id;
  std::string status{};
  store::JobCounts counts{};
  std::string error{};
  bool done = false;
};

class Demo {
 public:
  // `api` and `sandbox` outlive the demo. `say` gets a line of progress.
  Demo(ApiSession& api, ApiSession& sandbox, DemoSettings settings, std::function<void(const std::string&)> say);
  [[nodiscard]] Result<std::vector<DemoSync>> run();
  // Somebody steps on a scale at the source: how long until that is at the destination, without anybody asking for it.
  // After run(). Error: timeout, when it took longer than `webhook_patience`.
  [[nodiscard]] Result<Duration> watch_a_webhook();
  // Something for the support desk: the source refuses one sync for good, and works again afterwards. The job's id.
  // After watch_a_webhook(). Error: timeout, as there.
  [[nodiscard]] Result<std::string> leave_a_dead_letter();

 private:
  [[nodiscard]] Result<void> prepare_sandbox();
  [[nodiscard]] Result<void> connect_account(const std::string& provider);
  [[nodiscard]] Result<void> connect_files(const std::string& name, const std::string& provider,
                                           const std::string& path);
  [[nodiscard]] Result<void> start_sync(const std::string& from, const std::string& to, const std::string& type);
  // The latest job that a webhook has caused, as the API describes it; empty: none.
  [[nodiscard]] Result<boost::json::object> latest_webhook_job();
  [[nodiscard]] Result<void> wait_for_all();
  [[nodiscard]] Result<void> look_at(DemoSync& sync);

  ApiSession& api_;
  ApiSession& sandbox_;
  DemoSettings settings_;
  std::function<void(const std::string&)> say_;
  std::map<std::string, std::string> connections_;  // name → id
  std::vector<DemoSync> syncs_;
};

}  // namespace syncwell::app
