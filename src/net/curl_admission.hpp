// Which transfers of a CurlClient run, and which wait: the cap per host, the order of arrival, one resolution per name.
// Private to net/. One thread. Kept alive by the client and by every transfer.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "net/curl_multi.hpp"
#include "net/curl_transfer.hpp"

namespace syncwell::net {

class CurlAdmission : public std::enable_shared_from_this<CurlAdmission> {
 public:
  CurlAdmission(Runtime& runtime, CurlClientSettings settings);
  ~CurlAdmission();
  CurlAdmission(const CurlAdmission&) = delete;
  CurlAdmission& operator=(const CurlAdmission&) = delete;

  // Starts the transfer, lets it wait, or finishes it with an error.
  void submit(Transfer& transfer);
  // Takes a transfer out, wherever it is; no effect on one that has finished.
  void forget(Transfer& transfer);
  // Ends every transfer with Error{cancelled}; later ones end so at once.
  void close();

  // From inside curl: the transfer's name is resolved; the transfer has a connection, new or kept.
  void resolved(const Transfer& transfer);
  void connected(const Transfer& transfer);

  [[nodiscard]] std::size_t running() const { return running_.size(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  [[nodiscard]] Runtime& runtime() const { return runtime_; }

 private:
  struct Host {
    std::size_t running = 0;
    std::list<Transfer*> waiting;
    const Transfer* resolving = nullptr;  // the one that asks for the name
    Steady name_known_until{};
  };
  using Hosts = std::unordered_map<std::string, Host>;

  [[nodiscard]] bool may_start(const Host& host, const Transfer& transfer) const;
  void start(Host& host, Transfer& transfer);
  void stop(Host& host, Transfer& transfer);
  void admit(const std::string& origin);
  void on_done(CURL* easy, CURLcode code);
  void on_progress();

  Runtime& runtime_;
  const CurlClientSettings settings_;
  std::shared_ptr<CurlMulti> multi_;
  Hosts hosts_;  // only those with transfers
  std::list<Transfer*> running_;
  std::size_t waiting_ = 0;
  std::vector<std::string> due_;  // origins where something changed while curl was at work
  bool closed_ = false;
};

}  // namespace syncwell::net
