// The MailTransport on libcurl: SMTP to one server, the operator's relay.
//
// Each mail has a connection of its own, and they go one after the other on one thread that belongs to this object.
// Not on CurlMulti, beside the HTTP transfers: libcurl 7.88 blocks its thread for the server's last answer (the one
// after the end of the message) and for the answer to QUIT, and curl_multi_remove_handle() in the middle of a message
// tells the server that the message is complete (lib/smtp.c, smtp_done and smtp_disconnect). A mail that runs is
// therefore only ended from inside curl's own callbacks.
//
// Whether a mail may be sent again is decided by one atomic step: the thread asks for permission to end the message
// (CRLF.CRLF, without which a server must not deliver: RFC 5321, 4.1.1.4 and 4.1.1.10) and waits until the runtime's
// thread has confirmed it; a deadline or a cancellation that comes before takes the permission away. So not_sent is
// certain, also when the thread still hangs on the server.
//
// Guarantees: TLS certificates are verified; user and password are never sent in clear (check()); .netrc and proxies of
// the environment are not used. The server's address is not checked against address_policy.hpp: a relay is usually
// inside. Outcomes and errors: mail.hpp. Errors name the server, and its reply by number; never its words, which may
// quote an address.
// Destruction: mails that wait or run end with Error{cancelled}; blocks until the thread has left the server, about a
// second at most.
// Source: libcurl 7.88 (2023-02), manual pages and lib/smtp.c, lib/pingpong.c; RFC 5321 (2008), 3207 (STARTTLS, 2002).
#pragma once

#include <memory>
#include <string>

#include "net/mail.hpp"

namespace syncwell::net {

inline constexpr std::size_t max_waiting_mails = 1000;  // and the one that runs; one more is not_sent

enum class StartTls {
  required,       // no mail without it
  opportunistic,  // where the server offers it
  none,
};

struct CurlMailSettings {
  // "smtp://relay.example:587", or "smtps://relay.example" (TLS from the first byte). A path is the name by which we
  // introduce ourselves: "smtp://relay.example/sync.example"; without it, the machine's.
  std::string url;
  StartTls starttls = StartTls::required;  // of smtp://
  std::string user{};                      // empty: no login
  std::string password{};
  Mailbox from{};
  std::string certificate_authorities_file{};  // empty: the system's
  Duration connect_timeout = std::chrono::seconds{10};
};

// Error: invalid_argument, what is wrong and what would be right: no smtp URL, credentials or a query in it, a sender
// that is no address, a login in clear to another machine.
[[nodiscard]] Result<void> check(const CurlMailSettings& settings);

class CurlMail final : public MailTransport {
 public:
  // The settings have passed check(). `runtime` is one whose executor belongs to an io_context, and outlives this.
  CurlMail(Runtime& runtime, CurlMailSettings settings);
  ~CurlMail() override;
  CurlMail(const CurlMail&) = delete;
  CurlMail& operator=(const CurlMail&) = delete;

  [[nodiscard]] Async<MailOutcome> send(Mail mail, Deadline deadline, ConfirmMail confirm = {}) override;

 private:
  struct State;
  static Async<MailOutcome> run(std::shared_ptr<State> state, Mail mail, Deadline deadline, ConfirmMail confirm);
  std::shared_ptr<State> state_;
};

}  // namespace syncwell::net
