// The support desk in this process: what the configuration says of it, its channels to the world outside, and what it
// sees of the rest (SUP, ARCH-13). Everything runs on the thread of the lane.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/platform.hpp"
#include "bus/event_consumer.hpp"
#include "net/curl_mail.hpp"
#include "support/outside.hpp"
#include "support/support_desk.hpp"

namespace syncwell::app {

// What it cannot know from platform and lane.
struct SupportProbes {
  std::function<std::uint64_t()> accounts_refused;       // jobs that ended because of it, since the start
  std::function<std::uint64_t()> duplicates_suppressed;  // since the start
};

class SupportService {
 public:
  // Reads the triage rules and the templates, and checks the channels. `http` is for what the operator configured; it,
  // platform, lane and counters outlive this. Errors: invalid_argument, unreadable_input, with file, line or key, and
  // what would be right. `console`: its address (console_url()).
  [[nodiscard]] static Result<std::unique_ptr<SupportService>> open(Platform& platform, Lane& lane,
                                                                    net::HttpClient& http, SupportProbes probes,
                                                                    support::NoticeCounters& counters,
                                                                    std::string console);

  [[nodiscard]] support::SupportDesk& desk() { return *desk_; }
  void start();
  [[nodiscard]] Async<void> stop();

 private:
  SupportService() = default;
  std::optional<net::CurlMail> mail_;
  std::optional<support::Zendesk> zendesk_;
  std::optional<support::SupportDesk> desk_;
  std::optional<bus::EventConsumer> events_;
  std::optional<support::Outside> outside_;
};

// Where the console is, for links in alarms and mails: support.console_url, or this server's own address.
[[nodiscard]] std::string console_url(const Configuration& configuration, std::uint16_t port);
// How people are written to: "mail", "zendesk"; empty: there is nothing to write with. invalid_argument: another name,
// or one that is not configured.
[[nodiscard]] Result<std::string> contact_channel(const Configuration& configuration);

}  // namespace syncwell::app
