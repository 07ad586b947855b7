// A provider's answers out of a fuzz input: the far end of a cloud provider. Each part of the input is an answer:
//   one byte that chooses the status ('0' is 200), then the body.
// An answer of 400 and above takes the body up to its first line break as its Retry-After; every answer carries a rate
// limit header with the first bytes of its body. When the parts are used up, connections fail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fuzz/input.hpp"
#include "net/http_client.hpp"

namespace syncwell::fuzz {

class ScriptedAnswers final : public net::HttpClient {
 public:
  explicit ScriptedAnswers(Input input) : input_(input) {}

  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline deadline) override;

  // Whether every request was one that HTTP can carry, of a bounded length.
  [[nodiscard]] bool requests_were_sound() const { return sound_; }
  [[nodiscard]] std::size_t request_count() const { return requests_; }

 private:
  Input input_;
  std::size_t requests_ = 0;
  bool sound_ = true;
};

}  // namespace syncwell::fuzz
