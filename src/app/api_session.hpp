// A client of our own API for the command line and the demo: blocking calls, one after the other.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/value.hpp>

#include <string>

#include "base/io_runtime.hpp"
#include "net/curl_client.hpp"

namespace syncwell::app {

class ApiSession {
 public:
  // `base`: "http://127.0.0.1:8460".
  ApiSession(std::string base, std::string token);

  void set_token(std::string token) { token_ = std::move(token); }
  // Any answer with its status. Error: the server cannot be reached. A POST carries `idempotency_key`, which a caller
  // who repeats it keeps; empty: a key of its own.
  [[nodiscard]] Result<net::Response> send(std::string method, const std::string& path, std::string body,
                                           const std::string& idempotency_key = "");
  // The JSON of a 2xx answer; otherwise an error with the problem's detail and the answer's status.
  [[nodiscard]] Result<boost::json::value> call(std::string method, const std::string& path,
                                                const boost::json::value& body,
                                                const std::string& idempotency_key = "");
  [[nodiscard]] Result<boost::json::value> get(const std::string& path) { return call("GET", path, nullptr); }
  [[nodiscard]] Runtime& runtime() { return runtime_; }
  void sleep(Duration duration);

 private:
  template <class T>
  T wait_for(Async<T> task);
  boost::asio::io_context io_;
  IoRuntime runtime_;
  net::CurlClient http_;
  std::string base_;
  std::string token_;
};

}  // namespace syncwell::app
