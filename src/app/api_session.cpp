#include "app/api_session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/json.hpp>

#include <optional>

#include "base/cancellation.hpp"
#include "store/attributes.hpp"

namespace syncwell::app {

namespace json = boost::json;

namespace {

constexpr Duration call_timeout = std::chrono::seconds{60};

net::CurlClientSettings local_settings() {
  net::CurlClientSettings settings;
  settings.allow_private_addresses = true;  // our own server is where the operator put it
  return settings;
}

}  // namespace

ApiSession::ApiSession(std::string base, std::string token)
    : io_(1), runtime_(io_), http_(runtime_, local_settings()), base_(std::move(base)), token_(std::move(token)) {}

template <class T>
T ApiSession::wait_for(Async<T> task) {
  std::optional<T> value;
  boost::asio::co_spawn(io_, without_cancellation_exceptions(std::move(task)), [&](std::exception_ptr error, T result) {
    if (error) std::rethrow_exception(error);
    value.emplace(std::move(result));
    io_.stop();
  });
  io_.restart();
  io_.run();
  return std::move(*value);
}

void ApiSession::sleep(Duration duration) { (void)wait_for(runtime_.sleep_for(duration)); }

Result<net::Response> ApiSession::send(std::string method, const std::string& path, std::string body,
                                       const std::string& idempotency_key) {
  net::Request request{std::move(method),
                       base_ + path,
                       {{"Authorization", "Bearer " + token_}, {"Content-Type", "application/json"}},
                       std::move(body)};
  if (request.method == "POST") {
    const std::string key = idempotency_key.empty() ? runtime_.random().uuid4() : idempotency_key;
    request.headers.set("Idempotency-Key", "\"" + key + "\"");
  }
  auto answer = wait_for(http_.send(std::move(request), Deadline::after(runtime_, call_timeout)));
  if (!answer) answer.error().message += " (is the server running at " + base_ + "? start it with: syncwell serve)";
  return answer;
}

Result<json::value> ApiSession::call(std::string method, const std::string& path, const json::value& body,
                                     const std::string& idempotency_key) {
  auto answer = send(std::move(method), path, body.is_null() ? std::string() : json::serialize(body), idempotency_key);
  if (!answer) return fail(std::move(answer.error()));
  json::error_code error;
  json::value value = answer->body.empty() ? json::value(json::object()) : json::parse(answer->body, error);
  if (answer->status / 100 == 2) return value;
  const std::string detail = !error && value.is_object() ? store::text_attribute(value.get_object(), "detail") : "";
  return fail(Error{answer->status == 404 ? ErrorCode::not_found : ErrorCode::provider_rejected,
                    detail.empty() ? "the server answered " + std::to_string(answer->status) : detail, std::nullopt,
                    answer->status});
}

}  // namespace syncwell::app
