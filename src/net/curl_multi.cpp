#include "net/curl_multi.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <stdexcept>

namespace syncwell::net {

namespace asio = boost::asio;
using boost::system::error_code;

struct CurlMulti::Watch {
  Watch(const Executor& executor, curl_socket_t fd) : descriptor(executor), socket(fd) {}
  ~Watch() {
    if (descriptor.is_open()) descriptor.release();  // the io_context went first: the socket is still curl's
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  asio::posix::stream_descriptor descriptor;
  curl_socket_t socket;
  int wanted = 0;  // CURL_POLL_IN, CURL_POLL_OUT, both; 0 when curl let go of the socket
  bool waits_to_read = false;
  bool waits_to_write = false;
};

struct CurlMulti::TimerSlot {
  explicit TimerSlot(const Executor& executor) : timer(executor) {}
  asio::steady_timer timer;
};

CurlMulti::CurlMulti(Executor executor, Callbacks callbacks)
    : executor_(std::move(executor)), callbacks_(std::move(callbacks)) {}

std::shared_ptr<CurlMulti> CurlMulti::make(Executor executor, long max_kept_connections, Callbacks callbacks) {
  // Once per process; curl's own initialisation is thread-safe since 7.84, a static makes it so with older ones.
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) throw std::runtime_error("libcurl does not start: " + std::string(curl_easy_strerror(ready)));
  std::shared_ptr<CurlMulti> self(new CurlMulti(std::move(executor), std::move(callbacks)));
  self->timer_ = std::make_unique<TimerSlot>(self->executor_);
  self->multi_ = curl_multi_init();
  if (self->multi_ == nullptr) throw std::bad_alloc();
  CURLM* multi = self->multi_;
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, self.get());
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, self.get());
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, max_kept_connections);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  return self;
}

CurlMulti::~CurlMulti() { close(); }

void CurlMulti::close() {
  if (multi_ == nullptr) return;
  curl_multi_cleanup(std::exchange(multi_, nullptr));  // may still call on_socket and on_timer
  timer_->timer.cancel();
  // A pending wait holds its Watch: release the descriptors, not only our references.
  for (auto& [socket, watch] : watches_) {
    watch->wanted = 0;
    watch->descriptor.release();
  }
  watches_.clear();
  callbacks_ = {};
}

bool CurlMulti::add(CURL* easy) { return multi_ != nullptr && curl_multi_add_handle(multi_, easy) == CURLM_OK; }

void CurlMulti::remove(CURL* easy) {
  if (multi_ != nullptr) curl_multi_remove_handle(multi_, easy);
}

int CurlMulti::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  static_cast<CurlMulti*>(self)->watch(socket, what);
  return 0;
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* self) {
  static_cast<CurlMulti*>(self)->set_timer(timeout_ms);
  return 0;
}

void CurlMulti::watch(curl_socket_t socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    const auto found = watches_.find(socket);
    if (found == watches_.end()) return;
    found->second->wanted = 0;
    found->second->descriptor.release();  // cancels the waits; their handlers see `wanted` 0
    watches_.erase(found);
    return;
  }
  auto& entry = watches_[socket];
  if (!entry) {
    entry = std::make_shared<Watch>(executor_, socket);
    error_code error;
    entry->descriptor.assign(socket, error);
    if (error) {  // out of memory or epoll watches: unwatched, the transfer ends at its deadline
      watches_.erase(socket);
      return;
    }
  }
  entry->wanted = what;
  arm(entry);
}

void CurlMulti::arm(const std::shared_ptr<Watch>& watch) {
  if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->waits_to_read) wait(watch, true);
  if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->waits_to_write) wait(watch, false);
}

void CurlMulti::wait(const std::shared_ptr<Watch>& watch, bool for_reading) {
  bool Watch::* const waiting = for_reading ? &Watch::waits_to_read : &Watch::waits_to_write;
  (*watch).*waiting = true;
  const auto kind = for_reading ? asio::posix::descriptor_base::wait_read : asio::posix::descriptor_base::wait_write;
  watch->descriptor.async_wait(kind, [self = weak_from_this(), watch, waiting, for_reading](error_code error) {
    (*watch).*waiting = false;
    const auto alive = self.lock();
    const int wanted = for_reading ? CURL_POLL_IN : CURL_POLL_OUT;
    // A wait that ends after curl lost interest is no event: curl asks again when it wants one.
    if (error || !alive || (watch->wanted & wanted) == 0) return;
    alive->act(watch->socket, for_reading ? CURL_CSELECT_IN : CURL_CSELECT_OUT);
    if (watch->wanted != 0) alive->arm(watch);
  });
}

void CurlMulti::set_timer(long timeout_ms) {
  if (timeout_ms < 0 || multi_ == nullptr) {
    timer_->timer.cancel();
    return;
  }
  // Also for 0: curl must not be called from inside its own callback.
  timer_->timer.expires_after(std::chrono::milliseconds{timeout_ms});
  timer_->timer.async_wait([self = weak_from_this()](error_code error) {
    if (error) return;
    if (const auto alive = self.lock()) alive->act(CURL_SOCKET_TIMEOUT, 0);
  });
}

void CurlMulti::act(curl_socket_t socket, int event) {
  if (multi_ == nullptr) return;
  int running = 0;
  curl_multi_socket_action(multi_, socket, event, &running);
  int left = 0;
  while (multi_ != nullptr) {
    const CURLMsg* message = curl_multi_info_read(multi_, &left);
    if (message == nullptr) break;
    if (message->msg == CURLMSG_DONE) callbacks_.on_done(message->easy_handle, message->data.result);
  }
  if (multi_ != nullptr) callbacks_.on_progress();
}

}  // namespace syncwell::net
