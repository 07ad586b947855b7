#include "app/support_service.hpp"

#include <boost/asio/ip/host_name.hpp>

#include <fstream>
#include <sstream>

#include "net/mail.hpp"
#include "notify/standard_webhook.hpp"

namespace syncwell::app {
namespace {

std::unexpected<Error> wrong(const std::string& key, const std::string& what) {
  return fail(ErrorCode::invalid_argument, key + ": " + what);
}

Result<support::Triage> triage_rules(const Configuration& configuration) {
  const auto& file = configuration.text("support.triage_rules");
  if (file.empty()) return support::Triage::built_in();
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return wrong("support.triage_rules", "the file " + file + " cannot be read");
  return support::Triage::parse(text.str(), file);
}

Result<support::Templates> templates(const Configuration& configuration) {
  const auto& folder = configuration.text("support.templates");
  return folder.empty() ? Result<support::Templates>(support::Templates::built_in()) : support::Templates::load(folder);
}

support::ContactSettings contact_settings(const Configuration& configuration) {
  return {std::chrono::hours{configuration.number("support.contact_hours_free")},
          std::chrono::hours{configuration.number("support.contact_hours_pro")},
          static_cast<int>(configuration.number("support.write_at_percent"))};
}

Result<net::CurlMailSettings> mail_settings(const Configuration& configuration) {
  net::CurlMailSettings settings;
  settings.url = configuration.text("mail.url");
  const auto& starttls = configuration.text("mail.starttls");
  if (starttls != "required" && starttls != "opportunistic" && starttls != "none")
    return wrong("mail.starttls", "must be required, opportunistic or none");
  settings.starttls = starttls == "required"        ? net::StartTls::required
                      : starttls == "opportunistic" ? net::StartTls::opportunistic
                                                    : net::StartTls::none;
  settings.certificate_authorities_file = configuration.text("mail.certificate_authorities");
  if (const auto& file = settings.certificate_authorities_file; !file.empty() && !std::ifstream(file))
    return wrong("mail.certificate_authorities", "the file " + file + " cannot be read");
  settings.user = configuration.text("mail.user");
  settings.password = configuration.text("mail.password");
  settings.from = {configuration.text("mail.from_address"), configuration.text("mail.from_name")};
  if (auto checked = net::check(settings); !checked) return wrong("mail", checked.error().message);
  return settings;
}

Result<support::OutsideSettings> outside_settings(const Configuration& configuration, bool has_mail,
                                                  std::string console) {
  support::OutsideSettings settings;
  settings.console_url = std::move(console);
  if (const auto& key = configuration.text("pagerduty.routing_key"); !key.empty())
    settings.pagerduty = {configuration.text("pagerduty.events_url"), key, "syncwell"};
  if (const auto& url = configuration.text("alarm_webhook.url"); !url.empty()) {
    settings.webhook = {url, configuration.text("alarm_webhook.secret")};
    if (!notify::signature(settings.webhook->secret, "id", Instant{}, "body"))
      return wrong("alarm_webhook.secret", "must be whsec_ and the base64 of 24 to 64 bytes");
  }
  settings.operators_address = configuration.text("alarm_mail.to");
  if (!settings.operators_address.empty() && !net::is_mail_address(settings.operators_address))
    return wrong("alarm_mail.to", "is no mail address");
  if (!settings.operators_address.empty() && !has_mail)
    return wrong("alarm_mail.to", "needs a mail server: set mail.url");
  return settings;
}

std::vector<std::string> alarm_channels(const support::OutsideSettings& settings) {
  std::vector<std::string> channels;
  if (settings.pagerduty) channels.emplace_back("pagerduty");
  if (settings.webhook) channels.emplace_back("webhook");
  if (!settings.operators_address.empty()) channels.emplace_back("mail");
  return channels;
}

support::PeopleSettings people_settings(const Configuration& configuration, const Lane& lane, std::string channel,
                                        std::string console) {
  support::PeopleSettings settings;
  settings.channel = std::move(channel);
  settings.product = configuration.text("support.product");
  settings.console_url = std::move(console);
  const auto& from = configuration.text("mail.from_address");
  if (const auto at = from.find('@'); at != std::string::npos) settings.mail_domain = from.substr(at + 1);
  settings.provider_name = [&providers = lane.providers](const std::string& key) {
    const auto* provider = providers.find(key);
    return provider == nullptr ? key : std::string(provider->capabilities().display_name);
  };
  return settings;
}

support::DeskProbes desk_probes(Platform& platform, SupportProbes probes) {
  support::DeskProbes seen;
  seen.open_breakers = [&platform] {
    std::vector<std::string> open;
    for (const auto& [provider, state] : platform.breakers().states()) {
      if (state == engine::CircuitBreaker::State::open) open.push_back(provider);
    }
    return open;
  };
  seen.refresh_failures = std::move(probes.accounts_refused);
  seen.duplicates_suppressed = std::move(probes.duplicates_suppressed);
  return seen;
}

}  // namespace

std::string console_url(const Configuration& configuration, std::uint16_t port) {
  const auto& url = configuration.text("support.console_url");
  if (!url.empty()) return url.ends_with('/') ? url : url + "/";
  std::string host = configuration.text("server.address");
  if (host == "0.0.0.0" || host == "::") host = boost::asio::ip::host_name();  // every address of this machine
  if (host.contains(':')) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(port) + "/console/";
}

Result<std::string> contact_channel(const Configuration& configuration) {
  const auto& channel = configuration.text("support.contact_channel");
  if (channel == "mail") return configuration.text("mail.url").empty() ? "" : channel;
  if (channel != "zendesk") return wrong("support.contact_channel", "must be mail or zendesk");
  if (configuration.text("zendesk.base_url").empty())
    return wrong("support.contact_channel", "zendesk needs zendesk.base_url");
  return channel;
}

Result<std::unique_ptr<SupportService>> SupportService::open(Platform& platform, Lane& lane, net::HttpClient& http,
                                                             SupportProbes probes, support::NoticeCounters& counters,
                                                             std::string console) {
  const auto& configuration = platform.configuration();
  std::unique_ptr<SupportService> service(new SupportService());
  auto rules = triage_rules(configuration);
  if (!rules) return fail(std::move(rules.error()));
  auto texts = templates(configuration);
  if (!texts) return fail(std::move(texts.error()));
  const bool has_mail = !configuration.text("mail.url").empty();
  if (has_mail) {
    auto settings = mail_settings(configuration);
    if (!settings) return fail(std::move(settings.error()));
    service->mail_.emplace(lane.runtime, std::move(*settings));
  }
  if (const auto& base = configuration.text("zendesk.base_url"); !base.empty()) {
    service->zendesk_.emplace(
        http, lane.runtime,
        support::ZendeskSettings{base, configuration.text("zendesk.email"), configuration.text("zendesk.api_token")});
  }
  auto outside = outside_settings(configuration, has_mail, console);
  if (!outside) return fail(std::move(outside.error()));
  auto channel = contact_channel(configuration);
  if (!channel) return fail(std::move(channel.error()));
  support::DeskSettings settings;
  settings.contact = contact_settings(configuration);
  settings.alarm_channels = alarm_channels(*outside);
  settings.has_tickets = service->zendesk_.has_value();
  auto& storage = platform.storage();
  auto& notices = storage.queue(notice_queue_name);
  service->desk_.emplace(support::SupportDeskServices{storage.table(), platform.hot_queue(), notices, storage.bus(),
                                                      storage.vault(), lane.runtime},
                         std::move(settings),
                         people_settings(configuration, lane, std::move(*channel), std::move(console)),
                         desk_probes(platform, std::move(probes)), std::move(*rules), std::move(*texts));
  service->events_.emplace(
      storage.queue(desk_queue_name), lane.runtime,
      [&desk = service->desk_->desk](bus::Event event, int) { return desk.hear(std::move(event)); });
  service->outside_.emplace(
      support::OutsideServices{storage.table(), notices, service->desk_->book, service->desk_->people, http,
                               has_mail ? &*service->mail_ : nullptr, service->zendesk_ ? &*service->zendesk_ : nullptr,
                               lane.runtime, counters},
      std::move(*outside));
  return service;
}

void SupportService::start() {
  desk_->desk.start();
  events_->start();
  outside_->start();
}

Async<void> SupportService::stop() {
  co_await desk_->desk.stop();
  co_await events_->stop();
  co_await outside_->stop();
}

}  // namespace syncwell::app
