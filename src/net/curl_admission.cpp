#include "net/curl_admission.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace syncwell::net {

namespace {

Error cancelled() { return {ErrorCode::cancelled, "the request was cancelled"}; }

}  // namespace

CurlAdmission::CurlAdmission(Runtime& runtime, CurlClientSettings settings)
    : runtime_(runtime), settings_(std::move(settings)) {
  multi_ = CurlMulti::make(runtime.executor(), static_cast<long>(settings_.max_kept_connections),
                           {.on_done = [this](CURL* easy, CURLcode code) { on_done(easy, code); },
                            .on_progress = [this] { on_progress(); }});
}

CurlAdmission::~CurlAdmission() { multi_->close(); }

bool CurlAdmission::may_start(const Host& host, const Transfer& transfer) const {
  if (host.running >= settings_.max_transfers_per_host) return false;
  if (!transfer.target.needs_resolving || runtime_.steady_now() < host.name_known_until) return true;
  return host.resolving == nullptr;
}

void CurlAdmission::submit(Transfer& transfer) {
  if (closed_) return transfer.finish(fail(cancelled()));
  Host& host = hosts_[transfer.target.origin];
  if (host.waiting.empty() && may_start(host, transfer)) {
    start(host, transfer);
    if (transfer.phase == Transfer::Phase::finished) admit(transfer.target.origin);
    return;
  }
  if (waiting_ >= settings_.max_waiting_transfers) {
    transfer.finish(
        fail(ErrorCode::connection_failed, fmt::format("{}: more than {} requests wait for their turn already",
                                                       transfer.target.host_port, settings_.max_waiting_transfers)));
    return;
  }
  transfer.phase = Transfer::Phase::waiting;
  transfer.position = host.waiting.insert(host.waiting.end(), &transfer);
  ++waiting_;
}

void CurlAdmission::start(Host& host, Transfer& transfer) {
  if (!transfer.open(settings_) || !multi_->add(transfer.easy)) {
    transfer.release();
    transfer.finish(fail(ErrorCode::internal, "out of memory"));
    return;
  }
  transfer.phase = Transfer::Phase::running;
  transfer.position = running_.insert(running_.end(), &transfer);
  ++host.running;
  if (transfer.target.needs_resolving && runtime_.steady_now() >= host.name_known_until) host.resolving = &transfer;
}

void CurlAdmission::stop(Host& host, Transfer& transfer) {
  multi_->remove(transfer.easy);
  transfer.release();
  running_.erase(transfer.position);
  --host.running;
  if (host.resolving == &transfer) host.resolving = nullptr;
}

void CurlAdmission::forget(Transfer& transfer) {
  if (transfer.phase != Transfer::Phase::running && transfer.phase != Transfer::Phase::waiting) return;
  Host& host = hosts_.at(transfer.target.origin);
  if (transfer.phase == Transfer::Phase::running) {
    stop(host, transfer);
  } else {
    host.waiting.erase(transfer.position);
    --waiting_;
  }
  transfer.phase = Transfer::Phase::finished;
  admit(transfer.target.origin);
}

// Starts what may start now, and drops the entry of a host without transfers.
void CurlAdmission::admit(const std::string& origin) {
  const auto found = hosts_.find(origin);
  if (found == hosts_.end()) return;
  Host& host = found->second;
  while (!closed_ && !host.waiting.empty() && may_start(host, *host.waiting.front())) {
    Transfer& next = *host.waiting.front();
    host.waiting.pop_front();
    --waiting_;
    start(host, next);
  }
  if (host.running == 0 && host.waiting.empty()) hosts_.erase(found);
}

void CurlAdmission::on_done(CURL* easy, CURLcode code) {
  char* found = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &found);
  Transfer& transfer = *reinterpret_cast<Transfer*>(found);
  Host& host = hosts_.at(transfer.target.origin);
  auto outcome = transfer.outcome_of(code);
  stop(host, transfer);
  if (code == CURLE_COULDNT_RESOLVE_HOST) {
    // Those that waited for this name asked the same question: they get the same answer, instead of asking in turn.
    waiting_ -= host.waiting.size();
    for (Transfer* other : std::exchange(host.waiting, {})) other->finish(fail(outcome.error()));
  }
  transfer.finish(std::move(outcome));
  due_.push_back(transfer.target.origin);
}

void CurlAdmission::on_progress() {
  for (const std::string& origin : std::exchange(due_, {})) admit(origin);
}

void CurlAdmission::resolved(const Transfer& transfer) {
  Host& host = hosts_.at(transfer.target.origin);
  // Half of curl's own cache time: what starts while we take the name for known finds it in curl's cache.
  host.name_known_until = runtime_.steady_now() + std::chrono::duration_cast<Duration>(settings_.name_cache_time) / 2;
  connected(transfer);
}

void CurlAdmission::connected(const Transfer& transfer) {
  Host& host = hosts_.at(transfer.target.origin);
  if (host.resolving != &transfer) return;
  host.resolving = nullptr;
  if (!host.waiting.empty()) due_.push_back(transfer.target.origin);
}

void CurlAdmission::close() {
  if (closed_) return;
  closed_ = true;
  while (!running_.empty()) {
    Transfer& transfer = *running_.front();
    stop(hosts_.at(transfer.target.origin), transfer);
    transfer.finish(fail(cancelled()));
  }
  for (auto& [origin, host] : hosts_) {
    for (Transfer* transfer : host.waiting) transfer->finish(fail(cancelled()));
  }
  hosts_.clear();
  waiting_ = 0;
  multi_->close();
}

}  // namespace syncwell::net
