#include "net/curl_mail.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>

#include "net/http.hpp"
#include "net/smtp_transfer.hpp"

namespace syncwell::net {

namespace asio = boost::asio;

namespace {

constexpr Duration max_mail_deadline = std::chrono::hours{24};  // a later one counts as this far away

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return owned.get();
}

Url parse(const std::string& text) {
  Url url(curl_url(), &curl_url_cleanup);
  if (url && curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) url.reset();
  return url;
}

std::string server_of(const CurlMailSettings& settings) {
  const Url url = parse(settings.url);
  return fmt::format("the mail server {}:{}", url_part(url.get(), CURLUPART_HOST),
                     url_part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

MailOutcome not_sent(ErrorCode code, std::string message) {
  return {MailOutcome::State::not_sent, {code, std::move(message)}};
}

// What becomes of one that nobody waits for any more.
MailOutcome given_up(MailGate& gate, ErrorCode code, std::string message) {
  const bool certain = gate.give_up();
  return {certain ? MailOutcome::State::not_sent : MailOutcome::State::unknown, {code, std::move(message)}};
}

}  // namespace

Result<void> check(const CurlMailSettings& settings) {
  const auto invalid = [](const char* what) { return fail(ErrorCode::invalid_argument, what); };
  const Url url = parse(settings.url);
  const std::string scheme = url ? url_part(url.get(), CURLUPART_SCHEME) : "";
  if (scheme != "smtp" && scheme != "smtps") {
    return invalid("the mail server's URL needs the shape smtp://host:port or smtps://host:port");
  }
  for (const CURLUPart part :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!url_part(url.get(), part).empty()) {
      return invalid("the mail server's URL holds more than host, port and our name; user and password stand apart");
    }
  }
  if (!is_mail_address(settings.from.address)) return invalid("the sender is no mail address (\"name@domain\")");
  // The rest of what to_mime() would refuse for each mail.
  const Mail any{.message_id = "a@b", .to = "a@b", .subject = "a", .text = {}};
  if (auto mime = to_mime(any, settings.from, Instant{}); !mime) return fail(std::move(mime.error()));
  const std::string host = url_part(url.get(), CURLUPART_HOST);
  const bool here = host == "localhost" || host == "127.0.0.1" || host == "[::1]";
  if (!settings.user.empty() && scheme == "smtp" && settings.starttls != StartTls::required && !here) {
    return invalid("a password would be sent in clear; take smtps:// or make STARTTLS required");
  }
  return {};
}

// Lives on the runtime's thread, but for what a job's own comment says.
struct CurlMail::State {
  // Kept alive by its coroutine and, while it waits or runs, by the thread.
  struct Job : std::enable_shared_from_this<Job> {
    Job(const Executor& executor, std::string text, std::string recipient)
        : mime(std::move(text)),
          to(std::move(recipient)),
          gate([this, executor] { asio::post(executor, [job = shared_from_this()] { job->news.cancel(); }); }),
          news(executor) {}
    const std::string mime;   // both threads
    const std::string to;     // both threads
    MailGate gate;            // both threads
    asio::steady_timer news;  // expires at the deadline, cancelled when there is something to look at
    std::optional<MailOutcome> outcome;

    void finish(MailOutcome result) {
      if (outcome) return;
      outcome = std::move(result);
      news.cancel();
    }
  };

  // However its coroutine ends: nothing of the mail goes on.
  struct Waiting {
    State& state;
    const std::shared_ptr<Job>& job;
    ~Waiting() {
      (void)job->gate.give_up();
      state.jobs.erase(job);
    }
  };

  State(Runtime& runtime_, CurlMailSettings settings_)
      : runtime(runtime_), settings(std::move(settings_)), server(server_of(settings)) {}

  void submit(const std::shared_ptr<Job>& job) {
    jobs.insert(job);
    asio::post(thread, [this, job, executor = runtime.executor()] {
      // The thread ends before this object does.
      MailOutcome outcome = job->gate.given_up() ? not_sent(ErrorCode::cancelled, "the mail was given up")
                                                 : SmtpTransfer(settings, server, job->mime, job->to, job->gate).run();
      asio::post(executor, [job, result = std::move(outcome)]() mutable { job->finish(std::move(result)); });
    });
  }

  void close() {
    closed = true;
    for (const auto& job : jobs) job->finish(given_up(job->gate, ErrorCode::cancelled, "the server stops"));
    thread.join();
  }

  Runtime& runtime;
  const CurlMailSettings settings;
  const std::string server;
  std::set<std::shared_ptr<Job>> jobs;  // whose coroutine waits
  bool closed = false;
  asio::thread_pool thread{1};
};

Async<MailOutcome> CurlMail::run(std::shared_ptr<State> state, Mail mail, Deadline deadline, ConfirmMail confirm) {
  if (state->closed) co_return not_sent(ErrorCode::cancelled, "the server stops");
  auto mime = to_mime(mail, state->settings.from, state->runtime.now());
  if (!mime) co_return MailOutcome{MailOutcome::State::not_sent, std::move(mime.error()), true};
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    co_return not_sent(ErrorCode::cancelled, "the mail was cancelled");
  }
  const Steady now = state->runtime.steady_now();
  if (deadline.at <= now) co_return not_sent(ErrorCode::timeout, state->server + ": the deadline had passed");
  if (state->jobs.size() > max_waiting_mails) {
    co_return not_sent(ErrorCode::connection_failed,
                       fmt::format("{}: more than {} mails wait already", state->server, max_waiting_mails));
  }
  const auto job = std::make_shared<State::Job>(state->runtime.executor(), std::move(*mime), std::move(mail.to));
  job->news.expires_at(std::min(deadline.at, now + max_mail_deadline));
  state->submit(job);
  const State::Waiting waiting{*state, job};
  while (!job->outcome) {
    const auto [error] = co_await job->news.async_wait(asio::as_tuple(asio::use_awaitable));
    if (job->outcome) break;
    if (!error) {
      job->finish(given_up(job->gate, ErrorCode::timeout, state->server + " did not answer by the deadline"));
    } else if (cancellation.cancelled() != asio::cancellation_type::none) {
      job->finish(given_up(job->gate, ErrorCode::cancelled, "the mail was cancelled"));
    } else if (job->gate.asked()) {
      if (confirm && !co_await confirm()) {
        job->finish(given_up(job->gate, ErrorCode::cancelled, "the mail was not confirmed"));
      } else {
        job->gate.let_pass();
      }
    }
  }
  co_return std::move(*job->outcome);
}

CurlMail::CurlMail(Runtime& runtime, CurlMailSettings settings) {
  // Once per process, before the first handle; the same as in CurlMulti.
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) throw std::runtime_error("libcurl does not start: " + std::string(curl_easy_strerror(ready)));
  if (auto checked = check(settings); !checked) throw std::invalid_argument(checked.error().message);
  state_ = std::make_shared<State>(runtime, std::move(settings));
}

CurlMail::~CurlMail() {
  if (state_) state_->close();
}

Async<MailOutcome> CurlMail::send(Mail mail, Deadline deadline, ConfirmMail confirm) {
  return run(state_, std::move(mail), deadline, std::move(confirm));
}

}  // namespace syncwell::net
