// Mail: the message as a value, its wire form, and the port through which it leaves. Implementation: CurlMail.
// Sources: RFC 5322 (message format, 2008), 2045 and 2047 (MIME, encoded words, 1996), 3834 (automatic responses,
// 2004), 8058 and 2369 (List-Unsubscribe), 5321 (SMTP, 2008).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/async.hpp"
#include "base/runtime.hpp"

namespace syncwell::net {

inline constexpr std::size_t max_mail_address_bytes = 254;  // RFC 5321, 4.5.3.1.3, without the brackets
inline constexpr std::size_t max_mail_name_bytes = 200;
inline constexpr std::size_t max_mail_subject_bytes = 1024;
inline constexpr std::size_t max_mail_text_bytes = 256 * 1024;
inline constexpr std::size_t max_message_id_bytes = 200;
inline constexpr std::size_t max_unsubscribe_url_bytes = 900;

struct Mailbox {
  std::string address;
  std::string name{};  // UTF-8; empty: none
};

struct Mail {
  // "case-42.initial@sync.example", without brackets. The same for every attempt to send the same message: those who
  // get it twice can tell.
  std::string message_id;
  std::string to;                  // one address, ASCII (domains of other scripts in their "xn--" form)
  std::string subject;             // UTF-8, one line
  std::string text;                // UTF-8, plain; any line breaks
  std::string locale{};            // BCP 47, for Content-Language; empty: not said
  std::string in_reply_to{};       // a message_id; empty: none
  std::string list_unsubscribe{};  // an https or mailto address; empty: none
};

// "local@domain" as RFC 5321 has it without quoting and without comments, ASCII, within the maximums.
[[nodiscard]] bool is_mail_address(std::string_view text);

// The message as SMTP's DATA carries it, without the dots that the transport adds: CRLF everywhere, no line over 78
// bytes but for what cannot be folded, the text as quoted-printable. Deterministic: the same mail and date give the
// same bytes. invalid_argument, naming the field: an address or a message id that is none, a line break or another
// control character in anything but the text, what is no UTF-8, an empty subject, one past a maximum. Errors never
// quote.
[[nodiscard]] Result<std::string> to_mime(const Mail& mail, const Mailbox& from, Instant date);

// What became of a mail. The question that matters is whether it may be sent again.
struct MailOutcome {
  enum class State {
    accepted,  // the server has taken it over
    not_sent,  // certainly not: the server was never told that the message was complete, or it refused
    unknown,   // the server had all of it, and its answer did not come: it may arrive
  };
  State state = State::accepted;
  // not_sent, unknown: why. timeout, connection_failed, cancelled, provider_failed (the server's 4xx, and its 5xx
  // before it knew whom the mail is for), provider_rejected (its other 5xx), unauthenticated (user or password),
  // too_large, invalid_argument (to_mime), internal. Never holds an address.
  Error error{};
  // not_sent: sending the same again will not help, because of the address or the message itself. What the operator can
  // mend (a password, the server's settings) is not permanent.
  bool permanent = false;
};

// Asked at most once, when the server has all of the message but its end: before that it cannot be delivered, after it
// it may be. Here belongs what has to be written down before. False: the message is not ended.
using ConfirmMail = std::function<Async<bool>()>;

class MailTransport {
 public:
  virtual ~MailTransport() = default;
  // One attempt. Returns at the deadline at the latest, or when cancelled, and says in which state the mail is then.
  // May be called by many coroutines of one thread at the same time; `confirm` (empty: yes) runs as a part of them.
  [[nodiscard]] virtual Async<MailOutcome> send(Mail mail, Deadline deadline, ConfirmMail confirm = {}) = 0;
};

}  // namespace syncwell::net
