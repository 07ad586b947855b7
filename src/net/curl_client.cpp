#include "net/curl_client.hpp"

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "net/curl_admission.hpp"

namespace syncwell::net {

namespace asio = boost::asio;

namespace {

Async<Result<Response>> run_transfer(std::shared_ptr<CurlAdmission> admission, Request request, Deadline deadline) {
  auto target = check_request(request);
  if (!target) co_return fail(std::move(target.error()));
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    co_return fail(ErrorCode::cancelled, "the request was cancelled");
  }
  const Steady now = admission->runtime().steady_now();
  const auto late = [&] {
    return fail(ErrorCode::timeout, fmt::format("{} did not answer by the deadline", target->host_port));
  };
  if (deadline.at <= now) co_return late();

  Transfer transfer(admission, std::move(request), *target, admission->runtime().executor());
  transfer.done.expires_at(std::min(deadline.at, now + max_deadline));
  admission->submit(transfer);
  if (transfer.phase != Transfer::Phase::finished) {
    const auto [error] = co_await transfer.done.async_wait(asio::as_tuple(asio::use_awaitable));
    if (transfer.phase != Transfer::Phase::finished) {
      if (error) co_return fail(ErrorCode::cancelled, "the request was cancelled");
      co_return late();
    }
  }
  co_return std::move(*transfer.outcome);
}

}  // namespace

CurlClient::CurlClient(Runtime& runtime, CurlClientSettings settings)
    : admission_(std::make_shared<CurlAdmission>(runtime, std::move(settings))) {}

CurlClient::~CurlClient() { admission_->close(); }

Async<Result<Response>> CurlClient::send(Request request, Deadline deadline) {
  return run_transfer(admission_, std::move(request), deadline);
}

std::size_t CurlClient::running() const { return admission_->running(); }
std::size_t CurlClient::waiting() const { return admission_->waiting(); }

}  // namespace syncwell::net
