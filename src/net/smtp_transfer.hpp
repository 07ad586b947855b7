// One mail on its way: curl's callbacks, and what they let us know. Private to net/ (curl_mail.hpp). Made by one
// thread, run by another; `gate` is what both touch.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "net/curl_mail.hpp"

namespace syncwell::net {

// Who comes first: the end of the message, or whoever gives the mail up.
class MailGate {
 public:
  // `ask` is called on the sender's thread when it wants to end the message; let_pass() or give_up() answer it.
  explicit MailGate(std::function<void()> ask) : ask_(std::move(ask)) {}

  // The sender, before it ends the message; blocks until it may, or until the mail has been given up (false).
  [[nodiscard]] bool pass() {
    if (auto open = Phase::open; phase_.compare_exchange_strong(open, Phase::asked)) ask_();
    phase_.wait(Phase::asked);
    return passed();
  }
  void let_pass() {
    auto asked = Phase::asked;
    if (phase_.compare_exchange_strong(asked, Phase::passed)) phase_.notify_all();
  }
  // True: the message will never be complete. False: it is, or is about to be.
  [[nodiscard]] bool give_up() {
    given_up_ = true;
    for (Phase phase = phase_; phase != Phase::passed && phase != Phase::closed;) {
      if (!phase_.compare_exchange_strong(phase, Phase::closed)) continue;
      phase_.notify_all();
      return true;
    }
    return phase_ == Phase::closed;
  }
  [[nodiscard]] bool asked() const { return phase_ == Phase::asked; }
  [[nodiscard]] bool passed() const { return phase_ == Phase::passed; }
  [[nodiscard]] bool given_up() const { return given_up_; }

 private:
  enum class Phase { open, asked, passed, closed };
  const std::function<void()> ask_;
  std::atomic<Phase> phase_ = Phase::open;
  std::atomic<bool> given_up_ = false;
};

class SmtpTransfer {
 public:
  // `settings`, `mime` and `to` outlive it; `server` is what errors call the server.
  SmtpTransfer(const CurlMailSettings& settings, std::string_view server, std::string_view mime, const std::string& to,
               MailGate& gate)
      : settings_(settings), server_(server), mime_(mime), to_(to), gate_(gate) {}
  // Blocks until the server has answered, or the gate's given_up() has been seen (once a second).
  [[nodiscard]] MailOutcome run();

 private:
  enum class Stage { greeting, sender, recipient, data };

  void set_options(CURL* easy);
  void take_command(std::string_view line);
  void take_reply(std::string_view line);
  [[nodiscard]] MailOutcome outcome_of(CURLcode code) const;
  [[nodiscard]] MailOutcome refused() const;
  [[nodiscard]] Error broken(CURLcode code) const;
  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
  static int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  void shut_down(int how) const;
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address);
  static int on_close(void* self, curl_socket_t socket);

  const CurlMailSettings& settings_;
  std::string_view server_;
  std::string_view mime_;
  const std::string& to_;
  MailGate& gate_;
  std::size_t read_bytes_ = 0;
  std::vector<curl_socket_t> sockets_;  // those that are open
  Stage stage_ = Stage::greeting;
  int reply_ = 0;         // the last one's code
  std::string enhanced_;  // and its enhanced status code (RFC 3463), where it has one
  int last_answer_ = 0;   // to the end of the message
};

}  // namespace syncwell::net
