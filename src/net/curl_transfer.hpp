// One transfer of CurlClient: the request, the easy handle while it runs, and the answer as it arrives. Private to
// net/. Knows nothing about other transfers: when it may run is CurlAdmission's business (curl_admission.hpp). One
// thread. The object does not move while it has an easy handle: curl holds pointers into it.
#pragma once

#include <curl/curl.h>

#include <boost/asio/steady_timer.hpp>

#include <list>
#include <optional>
#include <string>

#include "net/curl_client.hpp"

namespace syncwell::net {

// What a request's URL says about where it goes.
struct TransferTarget {
  std::string origin;     // "https://api.example:443": what the cap per host counts
  std::string host_port;  // "api.example:443": for messages and the settings' allow list
  bool needs_resolving = true;
};

// Checks all that curl would put on the wire unseen: URL, method, field names and values. Error: invalid_argument.
[[nodiscard]] Result<TransferTarget> check_request(const Request& request);

class CurlAdmission;

struct Transfer {
  enum class Phase { fresh, waiting, running, finished };

  Transfer(std::shared_ptr<CurlAdmission> owner, Request request_, TransferTarget target_, const Executor& executor);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Makes the easy handle. False: out of memory.
  [[nodiscard]] bool open(const CurlClientSettings& settings);
  // Frees the easy handle; it is in no multi handle any more.
  void release();
  // Sets the outcome and wakes the waiting coroutine (it resumes later, never from inside this call).
  void finish(Result<Response> result);
  // The outcome of a transfer that curl reports as ended.
  [[nodiscard]] Result<Response> outcome_of(CURLcode code);

  std::shared_ptr<CurlAdmission> admission;
  Request request;
  TransferTarget target;
  Phase phase = Phase::fresh;
  boost::asio::steady_timer done;  // expires at the deadline, cancelled by finish()
  std::optional<Result<Response>> outcome;
  std::list<Transfer*>::iterator position{};  // among the waiting ones
  CURL* easy = nullptr;

 private:
  void set_method_and_body();
  [[nodiscard]] bool set_fields(const CurlClientSettings& settings);
  void set_limits(const CurlClientSettings& settings);
  [[nodiscard]] Error broken(const char* what) const;
  static std::size_t on_field(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_before_request(void* self, char*, char*, int, int);
  bool take_field(std::string_view line);

  curl_slist* fields_ = nullptr;
  Response response_{};
  std::size_t header_bytes_ = 0;
  std::size_t sent_bytes_ = 0;
  std::size_t max_body_bytes_ = 0;
  bool check_address_ = true;
  bool header_complete_ = false;
  bool too_large_ = false;
  bool refused_an_address_ = false;
  bool opened_a_socket_ = false;
};

}  // namespace syncwell::net
