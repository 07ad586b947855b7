// Drives one libcurl multi handle from an Asio executor: curl says which sockets and which timer it waits for
// (CURLMOPT_SOCKETFUNCTION, CURLMOPT_TIMERFUNCTION), Asio waits, and curl_multi_socket_action is called for exactly the
// socket that is ready. So the cost of an event does not depend on how many transfers there are.
//
// One thread: everything happens on the executor's thread. Private to net/: CurlClient is the client to use.
// Sockets belong to curl, always. Asio only watches them: a descriptor is assigned when curl starts to wait and
// released when curl says CURL_POLL_REMOVE, which it does before it closes any socket (also the resolver's own), so no
// descriptor is ever closed twice or watched after its number was given to another file.
// Source: libcurl 7.88 "libcurl-multi", "multi_socket interface" (2023-02).
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <unordered_map>

#include "base/async.hpp"

namespace syncwell::net {

class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
 public:
  // `on_done` gets every transfer that ended, after curl returned from its own work: it may remove and add handles.
  // `on_progress` is called when a batch of curl's work is over, after all `on_done`.
  struct Callbacks {
    std::function<void(CURL*, CURLcode)> on_done;
    std::function<void()> on_progress;
  };
  static std::shared_ptr<CurlMulti> make(Executor executor, long max_kept_connections, Callbacks callbacks);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  // False when curl refuses the handle (out of memory). The handle must be removed before it is cleaned up.
  [[nodiscard]] bool add(CURL* easy);
  void remove(CURL* easy);
  // Closes kept connections and stops waiting; all handles have been removed before. Nothing is called back any more.
  void close();

 private:
  struct Watch;
  struct TimerSlot;
  CurlMulti(Executor executor, Callbacks callbacks);
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watch);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  void watch(curl_socket_t socket, int what);
  void arm(const std::shared_ptr<Watch>& watch);
  void wait(const std::shared_ptr<Watch>& watch, bool for_reading);
  void set_timer(long timeout_ms);
  void act(curl_socket_t socket, int event);

  Executor executor_;
  Callbacks callbacks_;
  CURLM* multi_ = nullptr;
  std::unique_ptr<TimerSlot> timer_;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
};

}  // namespace syncwell::net
