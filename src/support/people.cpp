#include "support/people.hpp"

#include <algorithm>
#include <array>

namespace syncwell::support {
namespace {

using store::ContactMessage;
using store::ContactState;

// Data types as German speakers call them; elsewhere the English name serves.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> german_data_types{
    {{"steps", "Schritte"},
     {"distance", "Strecke"},
     {"floors", "Stockwerke"},
     {"active_energy", "Aktivitätsenergie"},
     {"heart_rate", "Herzfrequenz"},
     {"resting_heart_rate", "Ruhepuls"},
     {"hrv_sdnn", "Herzfrequenzvariabilität"},
     {"hrv_rmssd", "Herzfrequenzvariabilität"},
     {"oxygen_saturation", "Sauerstoffsättigung"},
     {"weight", "Gewicht"},
     {"body_fat", "Körperfett"},
     {"sleep", "Schlaf"},
     {"workout", "Trainings"}}};

std::string data_type_name(const std::string& data_type, std::string_view locale) {
  if (locale.starts_with("de")) {
    const auto* const found =
        std::ranges::find(german_data_types, data_type, &std::pair<std::string_view, std::string_view>::first);
    if (found != german_data_types.end()) return std::string(found->second);
  }
  std::string name = data_type;
  std::ranges::replace(name, '_', ' ');
  return name;
}

// "2026-11-23 09:12" in the person's zone, else in UTC.
std::string local_time(Instant at, const std::string& time_zone) {
  const auto offset = time_zone.empty() ? std::nullopt : offset_in_zone(time_zone, at);
  const std::string text = format_rfc3339(Moment{at, offset.value_or(UtcOffset{})});
  return text.substr(0, 10) + " " + text.substr(11, 5) + (offset ? "" : " UTC");
}

}  // namespace

std::optional<MessageKind> parse_message_kind(std::string_view name) noexcept {
  for (const auto kind : message_kinds) {
    if (name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

People::People(store::Table& table, queue::Queue& notices, vault::Vault& vault, const Templates& templates,
               Runtime& runtime, PeopleSettings settings)
    : table_(table),
      notices_(notices),
      vault_(vault),
      templates_(templates),
      runtime_(runtime),
      settings_(std::move(settings)),
      users_(table),
      contacts_(table) {}

Async<Result<Written>> People::write(store::Case entry, MessageKind kind) {
  ContactMessage message;
  message.user = entry.user;
  message.about = entry.incident_id;
  message.template_name = name_of(kind);
  message.case_id = entry.id;
  message.provider = entry.provider;
  message.data_type = entry.data_type;
  message.failed = entry.first_failed;
  co_return co_await add(std::move(message));
}

Async<Result<Written>> People::ask_to_reconnect(std::string user, std::string connection_id, std::string provider,
                                                Instant since) {
  ContactMessage message;
  message.user = std::move(user);
  message.about = std::move(connection_id) + "@" + std::to_string(since.time_since_epoch().count());
  message.template_name = name_of(MessageKind::action_needed);
  message.provider = std::move(provider);
  message.failed = since;
  co_return co_await add(std::move(message));
}

Async<Result<Written>> People::add(ContactMessage message) {
  if (message.user.empty()) co_return Written::nobody;
  auto user = co_await users_.get(message.user);
  if (!user) co_return fail(std::move(user.error()));
  if (user->status == store::UserStatus::erasing) co_return Written::nobody;
  if (user->contact_opt_out) co_return Written::opted_out;
  if (user->contact_pointer.empty()) co_return Written::no_address;
  if (settings_.channel.empty()) co_return Written::no_channel;
  message.id = runtime_.random().uuid4();
  message.locale = templates_.choose(user->locale);
  message.created = message.updated = runtime_.now();
  store::Notice notice;
  notice.id = "person|" + message.id;
  notice.channel = settings_.channel;
  notice.thing = message.case_id;
  notice.user = message.user;
  notice.about = message.about;
  notice.template_name = message.template_name;
  notice.updated = message.created;
  auto written = co_await table_.transact({store::Contacts::put(message), store::Notices::put(notice)});
  if (!written && written.error().code == ErrorCode::version_conflict) co_return Written::already;
  if (!written) co_return fail(std::move(written.error()));
  auto sent = co_await notices_.send(notice.id, Duration{0});
  if (!sent) co_return fail(std::move(sent.error()));
  co_return Written::queued;
}

Async<Result<bool>> People::has_reached(std::string user, std::string about, MessageKind kind) {
  auto message = co_await contacts_.get(store::Contacts::key_of(user, about, std::string(name_of(kind))));
  if (!message) co_return fail(std::move(message.error()));
  co_return *message && (*message)->state == ContactState::sent;
}

Async<Result<bool>> People::was_written_to(std::string user, std::string about, MessageKind kind) {
  using enum ContactState;
  auto message = co_await contacts_.get(store::Contacts::key_of(user, about, std::string(name_of(kind))));
  if (!message) co_return fail(std::move(message.error()));
  if (!*message) co_return false;
  const auto state = (*message)->state;
  co_return state == sent || state == queued || state == sending || state == unknown;
}

TemplateValues People::values_of(const ContactMessage& message, std::string_view locale,
                                 const std::string& time_zone) const {
  return {.product = settings_.product,
          .provider = settings_.provider_name ? settings_.provider_name(message.provider) : message.provider,
          .data_type = data_type_name(message.data_type, locale),
          .failed_at = local_time(message.failed, time_zone),
          .reference = message.case_id.empty() ? message.about : message.case_id,
          .console_url = settings_.console_url};
}

Async<Result<RenderedMessage>> People::preview(store::Case entry, MessageKind kind, std::string locale) {
  ContactMessage message;
  message.provider = entry.provider;
  message.data_type = entry.data_type;
  message.failed = entry.first_failed;
  message.case_id = entry.id;
  auto user = co_await users_.get(entry.user);
  if (!user) co_return fail(std::move(user.error()));
  const auto chosen = templates_.choose(locale.empty() ? user->locale : locale);
  co_return templates_.render(kind, chosen, values_of(message, chosen, user->time_zone));
}

Async<Result<People::Composed>> People::compose(const ContactMessage& message) {
  auto user = co_await users_.get(message.user);
  if (!user) co_return fail(std::move(user.error()));
  if (user->contact_opt_out) co_return Composed{.why = ContactState::opted_out};
  if (user->contact_pointer.empty() || user->status == store::UserStatus::erasing)
    co_return Composed{.why = ContactState::no_address};
  auto address = co_await vault_.get(user->contact_pointer);
  if (!address && address.error().code == ErrorCode::not_found) co_return Composed{.why = ContactState::no_address};
  if (!address) co_return fail(std::move(address.error()));
  const auto kind = parse_message_kind(message.template_name).value_or(MessageKind::initial);
  const auto rendered = templates_.render(kind, message.locale, values_of(message, message.locale, user->time_zone));
  net::Mail mail;
  mail.message_id = message.id + "@" + settings_.mail_domain;
  mail.to = address->value;
  mail.subject = rendered.subject;
  mail.text = rendered.body;
  mail.locale = rendered.locale;
  co_return Composed{.mail = std::move(mail)};
}

}  // namespace syncwell::support
