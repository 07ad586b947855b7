// The HttpClient on libcurl. One client per Runtime, that is per thread; all its transfers share one multi handle, with
// its kept connections and its cache of resolved names.
//
// What it guarantees beyond HttpClient:
//  - Admission is ours: at most `max_transfers_per_host` run against one scheme, host and port; the others wait in
//  order
//    of arrival, as small values without a curl handle, until their own deadline.
//  - A name that is not in the cache is resolved by one transfer; the others of that host wait for its outcome.
//  - No connection is opened to an address that is not public (address_policy.hpp), whatever name led there, unless the
//    settings allow that host and port. The check is made on the address that is about to be connected to.
//  - Redirects, cookies, .netrc and proxies from the environment are not followed or used. TLS certificates are
//    verified. HTTP/1.1 with kept connections.
//  - A POST or PATCH is never sent twice. (libcurl repeats a request when a kept connection breaks before the first
//    byte of the answer; for these methods that is connection_failed here. Others are idempotent and may be repeated.)
//  - "Content-Length", "Transfer-Encoding" and "Expect" of the request are ours: the caller's are ignored.
//
// Cancellation: send() returns Error{cancelled} at once, the transfer is removed and its connection closed.
// Destruction: transfers that still run end with Error{cancelled}. The client goes before its io_context.
// Errors' messages name host and port only: paths and queries may hold identifiers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/http_client.hpp"

namespace syncwell::net {

inline constexpr std::size_t max_url_bytes = 16 * 1024;
inline constexpr std::size_t max_response_header_bytes = 256 * 1024;
inline constexpr Duration max_deadline = std::chrono::hours{24};  // a later deadline counts as this far away

struct CurlClientSettings {
  std::size_t max_transfers_per_host = 256;
  std::size_t max_waiting_transfers = 100'000;  // over all hosts; one more is connection_failed
  // Kept and running connections together. Less than what runs at the same time costs reuse.
  std::size_t max_kept_connections = 1024;
  std::size_t max_body_bytes = max_response_bytes;
  // libcurl's receive buffer, held by every running transfer (1 KB – 512 KB).
  std::size_t buffer_bytes = 16 * 1024;
  Duration connect_timeout = std::chrono::seconds{10};
  // A transfer slower than this for that long is a timeout, the wait for the first byte included. 0: only the deadline.
  std::size_t low_speed_bytes_per_second = 1;
  std::chrono::seconds low_speed_time{60};
  std::chrono::seconds name_cache_time{60};
  // Addresses that are not public: all of them, or those of the named "host:port" (as the URL spells the host).
  bool allow_private_addresses = false;
  std::vector<std::string> private_hosts_allowed{};
  // Empty: none. With a proxy, the proxy resolves and connects: the address check does not apply.
  std::string proxy{};
  std::string certificate_authorities_file{};  // empty: the system's
  std::string user_agent = "SyncWell";         // where the request names none
};

class CurlClient final : public HttpClient {
 public:
  // `runtime` is one whose executor belongs to an io_context (IoRuntime), and outlives the client.
  CurlClient(Runtime& runtime, CurlClientSettings settings);
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  [[nodiscard]] Async<Result<Response>> send(Request request, Deadline deadline) override;

  // For metrics: transfers that curl has, and transfers that wait for their turn.
  [[nodiscard]] std::size_t running() const;
  [[nodiscard]] std::size_t waiting() const;

 private:
  std::shared_ptr<class CurlAdmission> admission_;
};

}  // namespace syncwell::net
