#include "net/smtp_transfer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace syncwell::net {
namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

SmtpTransfer& self_of(void* self) { return *static_cast<SmtpTransfer*>(self); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "5.1.1" at the beginning; empty where there is none.
std::string_view enhanced_code(std::string_view text) {
  const std::string_view word = text.substr(0, text.find_first_of(" \r\n"));
  const bool is_code = word.size() >= 5 && word.size() <= 9 && is_digit(word.front()) && word[1] == '.' &&
                       std::ranges::all_of(word, [](char c) { return c == '.' || is_digit(c); });
  return is_code ? word : std::string_view{};
}

}  // namespace

MailOutcome SmtpTransfer::run() {
  const Easy easy(curl_easy_init(), &curl_easy_cleanup);
  const List recipients(curl_slist_append(nullptr, to_.c_str()), &curl_slist_free_all);
  if (!easy || !recipients) return {MailOutcome::State::not_sent, {ErrorCode::internal, "out of memory"}};
  set_options(easy.get());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, recipients.get());
  const CURLcode code = curl_easy_perform(easy.get());
  shut_down(SHUT_RD);  // curl_easy_cleanup() says QUIT where the connection is still there
  return outcome_of(code);
}

void SmtpTransfer::set_options(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // also hides the environment's
  curl_easy_setopt(easy, CURLOPT_NETRC, CURL_NETRC_IGNORED);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // leaves a resolver that hangs alone
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  const long tls = settings_.starttls == StartTls::required        ? CURLUSESSL_ALL
                   : settings_.starttls == StartTls::opportunistic ? CURLUSESSL_TRY
                                                                   : CURLUSESSL_NONE;
  curl_easy_setopt(easy, CURLOPT_USE_SSL, tls);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings_.certificate_authorities_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, settings_.certificate_authorities_file.c_str());
  }
  if (!settings_.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, settings_.password.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, settings_.from.address.c_str());
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  // The size is not announced: then curl asks for the end of the message after it has sent all before.
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &SmtpTransfer::on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &SmtpTransfer::on_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &SmtpTransfer::on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &SmtpTransfer::on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  // The conversation, line by line. Nothing of it is printed or kept.
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, &SmtpTransfer::on_debug);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, this);
}

std::size_t SmtpTransfer::on_read(char* data, std::size_t size, std::size_t count, void* self) {
  SmtpTransfer& transfer = self_of(self);
  const std::size_t bytes = std::min(size * count, transfer.mime_.size() - transfer.read_bytes_);
  if (bytes == 0 && !transfer.gate_.pass()) return CURL_READFUNC_ABORT;
  std::copy_n(transfer.mime_.data() + transfer.read_bytes_, bytes, data);
  transfer.read_bytes_ += bytes;
  return bytes;
}

int SmtpTransfer::on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
  if (type == CURLINFO_HEADER_OUT) self_of(self).take_command({data, size});
  if (type == CURLINFO_HEADER_IN) self_of(self).take_reply({data, size});
  return 0;
}

int SmtpTransfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  if (!self_of(self).gate_.given_up()) return 0;
  self_of(self).shut_down(SHUT_RDWR);  // also from the QUIT that may follow, nothing is to be waited for
  return 1;
}

curl_socket_t SmtpTransfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket != CURL_SOCKET_BAD) self_of(self).sockets_.push_back(socket);
  return socket;
}

int SmtpTransfer::on_close(void* self, curl_socket_t socket) {
  std::erase(self_of(self).sockets_, socket);
  return ::close(socket);
}

void SmtpTransfer::shut_down(int how) const {
  for (const curl_socket_t socket : sockets_) ::shutdown(socket, how);
}

void SmtpTransfer::take_command(std::string_view line) {
  if (line.starts_with("MAIL ")) stage_ = Stage::sender;
  if (line.starts_with("RCPT ")) stage_ = Stage::recipient;
  if (line.starts_with("DATA")) stage_ = Stage::data;
  // curl waits for the answer to QUIT, with the outcome in its hands. There is then no answer to wait for.
  if (line.starts_with("QUIT")) shut_down(SHUT_RD);
}

void SmtpTransfer::take_reply(std::string_view line) {
  const bool is_last = line.size() >= 4 && std::ranges::all_of(line.substr(0, 3), is_digit) && line[3] != '-';
  if (!is_last || last_answer_ != 0) return;
  reply_ = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  enhanced_ = enhanced_code(line.substr(4));
  if (gate_.passed()) last_answer_ = reply_;
}

MailOutcome SmtpTransfer::outcome_of(CURLcode code) const {
  using State = MailOutcome::State;
  if (code == CURLE_OK || (last_answer_ >= 200 && last_answer_ < 300)) return {};
  if (gate_.passed() && last_answer_ < 400) {
    return {State::unknown,
            {ErrorCode::connection_failed,
             fmt::format("{} got the whole message and did not say whether it took it", server_)}};
  }
  if (reply_ >= 400) return refused();
  return {State::not_sent, broken(code)};
}

MailOutcome SmtpTransfer::refused() const {
  MailOutcome outcome{MailOutcome::State::not_sent};
  const auto say = [&](ErrorCode code, std::string_view advice) {
    outcome.error = {
        code, fmt::format("{} answered {}{}{}: {}", server_, reply_, enhanced_.empty() ? "" : " ", enhanced_, advice)};
  };
  const bool is_login = reply_ == 530 || reply_ == 534 || reply_ == 535 || reply_ == 538;
  if (reply_ < 500) {
    say(ErrorCode::provider_failed, "it does not take the message now; it is sent again later");
  } else if (reply_ == 552) {
    say(ErrorCode::too_large, "the message or the mailbox is over its limit");
    outcome.permanent = true;
  } else if (is_login) {
    say(ErrorCode::unauthenticated, "check user and password of the mail server, and whether it wants STARTTLS");
  } else if (stage_ == Stage::greeting || stage_ == Stage::sender) {
    say(ErrorCode::provider_failed, "it does not want mail from us; check the sender's address and what it allows");
  } else {
    say(ErrorCode::provider_rejected, "it refuses this address or message for good");
    outcome.permanent = true;
  }
  return outcome;
}

Error SmtpTransfer::broken(CURLcode code) const {
  const auto error = [&](ErrorCode what, std::string_view text) {
    return Error{what, fmt::format("{}: {}", server_, text)};
  };
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return error(ErrorCode::timeout, "it did not answer in time");
    case CURLE_COULDNT_RESOLVE_HOST:
      return error(ErrorCode::connection_failed, "the name does not resolve; check its spelling and the name service");
    case CURLE_COULDNT_CONNECT:
      return error(ErrorCode::connection_failed, "nothing accepts connections there; check host and port");
    case CURLE_PEER_FAILED_VERIFICATION:
      return error(ErrorCode::connection_failed,
                   "its TLS certificate is not trusted; check the host name, the clock and the authorities file");
    case CURLE_USE_SSL_FAILED:
      return error(ErrorCode::connection_failed,
                   "it offers no STARTTLS; take its smtps port, or allow mail without TLS in the configuration");
    case CURLE_LOGIN_DENIED:
      return error(ErrorCode::unauthenticated, "it knows no way to log in that we know; check what it offers");
    case CURLE_OUT_OF_MEMORY:
      return {ErrorCode::internal, "out of memory"};
    default:
      return error(ErrorCode::connection_failed, "the connection ended before the message was complete");
  }
}

}  // namespace syncwell::net
