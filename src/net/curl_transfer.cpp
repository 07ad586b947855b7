#include "net/curl_transfer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "net/address_policy.hpp"
#include "net/curl_admission.hpp"

namespace syncwell::net {

namespace {

using UrlPart = std::unique_ptr<char, decltype(&curl_free)>;

std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const UrlPart owned(text, &curl_free);
  return owned.get();
}

bool is_address_literal(std::string_view host) {
  // curl has brought "0x7f.1" and the like into dotted form by now.
  return host.starts_with('[') || std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

bool is_ours(std::string_view field) {
  return equal_without_case(field, "content-length") || equal_without_case(field, "transfer-encoding") ||
         equal_without_case(field, "expect");
}

// POST and PATCH may have an effect each time they arrive (RFC 9110, 9.2.2).
bool is_idempotent(std::string_view method) { return method != "POST" && method != "PATCH"; }

Transfer& self_of(void* self) { return *static_cast<Transfer*>(self); }

}  // namespace

Result<TransferTarget> check_request(const Request& request) {
  const auto invalid = [](const char* what) { return fail(ErrorCode::invalid_argument, what); };
  if (request.url.size() > max_url_bytes) {
    return fail(ErrorCode::invalid_argument, fmt::format("the URL is longer than {} bytes", max_url_bytes));
  }
  if (request.url.find('\0') != std::string::npos) return invalid("the URL holds a zero byte");
  if (!is_token(request.method)) return invalid("the request's method is no HTTP token");
  if (request.method == "HEAD" && !request.body.empty()) return invalid("a HEAD request has no body");
  if (request.method == "CONNECT" || request.method == "TRACE") return invalid("CONNECT and TRACE are not supported");
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || !is_field_value(value)) {
      return invalid("a request header holds characters that no HTTP field may hold (line breaks, control characters)");
    }
  }
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (!url) return fail(ErrorCode::internal, "out of memory");
  if (curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return invalid("the URL is not well-formed; it needs the shape https://host/path");
  }
  const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return invalid("the URL is neither http nor https");
  if (!url_part(url.get(), CURLUPART_USER).empty() || !url_part(url.get(), CURLUPART_PASSWORD).empty()) {
    return invalid("the URL holds a user name or password; send them in a header");
  }
  std::string host = url_part(url.get(), CURLUPART_HOST);
  std::ranges::transform(host, host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  TransferTarget target;
  target.needs_resolving = !is_address_literal(host);
  target.host_port = fmt::format("{}:{}", host, url_part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
  target.origin = fmt::format("{}://{}", scheme, target.host_port);
  return target;
}

Transfer::Transfer(std::shared_ptr<CurlAdmission> owner, Request request_, TransferTarget target_,
                   const Executor& executor)
    : admission(std::move(owner)), request(std::move(request_)), target(std::move(target_)), done(executor) {}

Transfer::~Transfer() {
  if (admission) admission->forget(*this);
  release();
}

void Transfer::release() {
  if (easy != nullptr) curl_easy_cleanup(std::exchange(easy, nullptr));
  if (fields_ != nullptr) curl_slist_free_all(std::exchange(fields_, nullptr));
}

void Transfer::finish(Result<Response> result) {
  phase = Phase::finished;
  outcome.emplace(std::move(result));
  done.cancel();
}

bool Transfer::open(const CurlClientSettings& settings) {
  easy = curl_easy_init();
  if (easy == nullptr) return false;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, settings.proxy.c_str());  // "" also hides the environment's
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_NETRC, CURL_NETRC_IGNORED);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings.certificate_authorities_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, settings.certificate_authorities_file.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_field);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Transfer::on_before_request);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  check_address_ = settings.proxy.empty() && !settings.allow_private_addresses &&
                   std::ranges::none_of(settings.private_hosts_allowed, [&](const std::string& allowed) {
                     return equal_without_case(allowed, target.host_port);
                   });
  set_limits(settings);
  set_method_and_body();
  return set_fields(settings);
}

void Transfer::set_limits(const CurlClientSettings& settings) {
  max_body_bytes_ = settings.max_body_bytes;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Without it, removing a transfer would block this thread until the system's resolver gives up.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, static_cast<long>(settings.buffer_bytes));
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16 * 1024L);  // the smallest that curl takes
  if (request.method != "HEAD") {                                 // whose answer announces a body that does not come
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(settings.max_body_bytes));
  }
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(settings.low_speed_bytes_per_second));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.low_speed_time.count()));
  curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, static_cast<long>(settings.name_cache_time.count()));
}

void Transfer::set_method_and_body() {
  const bool expects_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request.body.empty() && !expects_body) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    if (is_idempotent(request.method)) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    } else if (!request.body.empty()) {
      // A body that is read and cannot be rewound: curl gives up where it would send the request again.
      curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Transfer::on_read);
      curl_easy_setopt(easy, CURLOPT_READDATA, this);
    } else {
      // Nothing to rewind: only a new connection is never retried.
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
      curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    }
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

bool Transfer::set_fields(const CurlClientSettings& settings) {
  const auto append = [this](const std::string& line) {
    curl_slist* longer = curl_slist_append(fields_, line.c_str());
    if (longer == nullptr) return false;
    fields_ = longer;
    return true;
  };
  // "Name:" takes a field away that curl would add by itself.
  bool complete = append("Expect:");
  if (!request.headers.get("content-type")) complete = complete && append("Content-Type:");
  for (const auto& [name, value] : request.headers) {
    if (is_ours(name)) continue;
    complete = complete && append(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields_);
  if (!request.headers.get("user-agent")) curl_easy_setopt(easy, CURLOPT_USERAGENT, settings.user_agent.c_str());
  return complete;
}

std::size_t Transfer::on_field(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return self_of(self).take_field({data, bytes}) ? bytes : 0;
}

// One line of the answer's header, its line break included. False ends the transfer.
bool Transfer::take_field(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > max_response_header_bytes) {
    too_large_ = true;
    return false;
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.empty()) {
    header_complete_ = true;
    return true;
  }
  if (line.starts_with("HTTP/")) {  // also after an interim answer (100, 103): what came before is not the answer's
    response_.headers = {};
    header_complete_ = false;
    return true;
  }
  if (header_complete_) return true;  // a trailer
  const std::size_t colon = line.find(':');
  // Lines without a colon and folded lines (obsolete, RFC 9112 5.2) are nothing that we read.
  if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') return true;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  // curl takes any bytes for a field; what is none is nothing that we read either.
  if (is_token(line.substr(0, colon)) && is_field_value(value)) {
    response_.headers.add(line.substr(0, colon), std::string(value));
  }
  return true;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  Transfer& transfer = self_of(self);
  const std::size_t bytes = size * count;
  if (bytes > transfer.max_body_bytes_ - transfer.response_.body.size()) {
    transfer.too_large_ = true;
    return CURL_WRITEFUNC_ERROR;
  }
  transfer.response_.body.append(data, bytes);
  return bytes;
}

std::size_t Transfer::on_read(char* data, std::size_t size, std::size_t count, void* self) {
  Transfer& transfer = self_of(self);
  const std::size_t bytes = std::min(size * count, transfer.request.body.size() - transfer.sent_bytes_);
  std::copy_n(transfer.request.body.data() + transfer.sent_bytes_, bytes, data);
  transfer.sent_bytes_ += bytes;
  return bytes;
}

curl_socket_t Transfer::on_open(void* self, curlsocktype purpose, curl_sockaddr* address) {
  Transfer& transfer = self_of(self);
  transfer.admission->resolved(transfer);
  if (purpose != CURLSOCKTYPE_IPCXN || (transfer.check_address_ && !is_public(address->addr, address->addrlen))) {
    transfer.refused_an_address_ = true;
    return CURL_SOCKET_BAD;
  }
  transfer.opened_a_socket_ = true;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Transfer::on_before_request(void* self, char*, char*, int, int) {
  Transfer& transfer = self_of(self);
  transfer.admission->connected(transfer);
  return CURL_PREREQFUNC_OK;
}

Error Transfer::broken(const char* what) const {
  return {ErrorCode::connection_failed, fmt::format("{}: {}", target.host_port, what)};
}

Result<Response> Transfer::outcome_of(CURLcode code) {
  if (code == CURLE_OK && header_complete_) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED) {
    return fail(ErrorCode::too_large, fmt::format("the answer of {} is larger than the {} bytes that are read of one",
                                                  target.host_port, max_body_bytes_));
  }
  if (refused_an_address_ && !opened_a_socket_) {
    return fail(ErrorCode::refused_address,
                fmt::format("{} leads to an address inside a private network, which is not called; "
                            "allow this host and port in the configuration if that is intended",
                            target.host_port));
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return fail(ErrorCode::timeout, fmt::format("{} did not answer in time, or too slowly", target.host_port));
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return fail(broken("the name does not resolve; check its spelling and the system's name service"));
    case CURLE_COULDNT_CONNECT:
      return fail(broken("nothing accepts connections there"));
    case CURLE_PEER_FAILED_VERIFICATION:
      return fail(
          broken("its TLS certificate is not trusted; check the host name, the clock and the authorities file"));
    case CURLE_OK:  // curl is content with half a header
    case CURLE_PARTIAL_FILE:
      return fail(broken("the connection ended in the middle of the answer"));
    case CURLE_SEND_FAIL_REWIND:
      return fail(
          broken("a kept connection broke before the answer; the request may have arrived and is not repeated"));
    case CURLE_OUT_OF_MEMORY:
      return fail(ErrorCode::internal, "out of memory");
    case CURLE_URL_MALFORMAT:
      return fail(ErrorCode::invalid_argument, "the URL is not well-formed; it needs the shape https://host/path");
    default:
      return fail(broken(curl_easy_strerror(code)));
  }
}

}  // namespace syncwell::net
