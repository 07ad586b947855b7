#include "fuzz/scripted_answers.hpp"

#include <algorithm>
#include <array>

namespace syncwell::fuzz {
namespace {

constexpr std::size_t max_target_bytes = 64 * 1024;
constexpr std::size_t max_rate_header_bytes = 32;
// '0' % 16 == 0.
constexpr std::array statuses = {200, 201, 204, 301, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504, 200, 418};

std::string printable(std::string_view text) {
  std::string kept(text);
  std::ranges::replace_if(kept, [](char c) { return !net::is_field_value(std::string_view(&c, 1)); }, ' ');
  return kept;
}

bool is_sound(const net::Request& request) {
  const bool printable_url =
      std::ranges::all_of(request.url, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>'; });
  const bool fields = std::ranges::all_of(request.headers, [](const auto& field) {
    return net::is_token(field.first) && net::is_field_value(field.second);
  });
  return net::is_token(request.method) && printable_url && request.url.size() <= max_target_bytes && fields;
}

}  // namespace

Async<Result<net::Response>> ScriptedAnswers::send(net::Request request, Deadline) {
  ++requests_;
  sound_ = sound_ && is_sound(request);
  if (input_.empty()) co_return fail(ErrorCode::connection_failed, "the answers are used up");
  Input part(input_.part());
  net::Response response;
  response.status = statuses.at(part.choice(statuses.size()));
  response.body = part.rest();
  response.headers.set("Content-Type", "application/json");
  response.headers.set("X-RateLimit-Limit", "200,2000");
  response.headers.set("X-RateLimit-Usage", printable(part.rest().substr(0, max_rate_header_bytes)));
  if (response.status >= 400) {
    response.headers.set("Retry-After", printable(part.rest().substr(0, part.rest().find('\n'))));
  }
  co_return response;
}

}  // namespace syncwell::fuzz
