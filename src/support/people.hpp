// Writing to the people whose syncs failed (SUP-4): at most one message of a kind about one incident, in their
// language, never against their will. What is asked for here is made durable and sent by outside.hpp. The address is
// opened for the moment of sending only; no log, error or list shows it. Errors of every method: storage errors, and
// those of the vault.
#pragma once

#include <functional>
#include <string>

#include "net/mail.hpp"
#include "queue/queue.hpp"
#include "store/cases.hpp"
#include "store/contacts.hpp"
#include "store/notices.hpp"
#include "store/users.hpp"
#include "support/templates.hpp"
#include "vault/vault.hpp"

namespace syncwell::support {

struct PeopleSettings {
  std::string channel{};  // "mail", "zendesk"; empty: nobody is written to
  std::string product = "SyncWell";
  std::string console_url{};                                       // "https://sync.example/console/"; empty: not told
  std::string mail_domain = "syncwell.invalid";                    // of Message-IDs
  std::function<std::string(const std::string&)> provider_name{};  // "google_health" → "Google Health"
};

// What came of asking for a message. `already`: it was sent, or is about to be.
enum class Written { queued, already, opted_out, no_address, no_channel, nobody };

class People {
 public:
  People(store::Table& table, queue::Queue& notices, vault::Vault& vault, const Templates& templates, Runtime& runtime,
         PeopleSettings settings);

  // About a case's incident.
  [[nodiscard]] Async<Result<Written>> write(store::Case entry, MessageKind kind);
  // About an account that has to be connected again. One message until `since` changes.
  [[nodiscard]] Async<Result<Written>> ask_to_reconnect(std::string user, std::string connection_id,
                                                        std::string provider, Instant since);
  // As it would be sent; nothing is sent. An empty locale: the person's.
  [[nodiscard]] Async<Result<RenderedMessage>> preview(store::Case entry, MessageKind kind, std::string locale);
  // The mail server, or the ticket system, has taken it.
  [[nodiscard]] Async<Result<bool>> has_reached(std::string user, std::string about, MessageKind kind);
  // The same, or it is about to be sent.
  [[nodiscard]] Async<Result<bool>> was_written_to(std::string user, std::string about, MessageKind kind);

  // The mail, or ticket, of a message that is to be sent now. nullopt: it is not to be sent any more (`why` says it in
  // the message's state): the person has opted out or has no address, or is gone.
  struct Composed {
    std::optional<net::Mail> mail{};
    store::ContactState why = store::ContactState::queued;
  };
  [[nodiscard]] Async<Result<Composed>> compose(const store::ContactMessage& message);

 private:
  [[nodiscard]] Async<Result<Written>> add(store::ContactMessage message);
  [[nodiscard]] TemplateValues values_of(const store::ContactMessage& message, std::string_view locale,
                                         const std::string& time_zone) const;

  store::Table& table_;
  queue::Queue& notices_;
  vault::Vault& vault_;
  const Templates& templates_;
  Runtime& runtime_;
  PeopleSettings settings_;
  store::Users users_;
  store::Contacts contacts_;
};

[[nodiscard]] std::optional<MessageKind> parse_message_kind(std::string_view name) noexcept;

}  // namespace syncwell::support
