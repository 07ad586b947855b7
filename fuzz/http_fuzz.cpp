// The pure parts of HTTP, for what others send us: targets, forms, multipart bodies, dates, what becomes of headers.
// Input: a byte for what is read, then its text.
#include <algorithm>
#include <array>
#include <string>

#include "base/time.hpp"
#include "fuzz/input.hpp"
#include "fuzz/property.hpp"
#include "fuzz/target.hpp"
#include "net/http.hpp"
#include "net/http_wire.hpp"
#include "providers/retry_after.hpp"

namespace syncwell::fuzz {
namespace {

constexpr Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

void check_target(Input input) {
  const auto target = net::parse_target(input.rest());
  const auto again = net::parse_target(target.path + "?" + net::encode_form(target.query));
  require(again.path == target.path, "a decoded path decodes to itself: nothing is decoded twice");
  require(again.query == target.query, "a query comes back from its own encoding");
  require(target.path.find('?') == std::string::npos && target.path.find('#') == std::string::npos,
          "a path ends at the query and at the fragment");
}

void check_form(Input input) {
  const auto form = net::decode_form(input.rest());
  require(net::decode_form(net::encode_form(form)) == form, "a form comes back from its own encoding");
}

// Content type, 0xff, body.
void check_multipart(Input input) {
  const std::string_view content_type = input.part();
  const auto parts = net::decode_multipart(content_type, input.rest());
  if (!parts) return;
  require(parts->size() <= net::max_multipart_parts, "a multipart body has no more than max_multipart_parts");
  constexpr std::string_view boundary = "a-boundary-that-no-input-holds-1f0c2a";
  if (input.rest().find(boundary) != std::string_view::npos) return;
  const auto encoded = net::encode_multipart(*parts, boundary);
  const auto read = net::decode_multipart(encoded.content_type, encoded.body);
  require(read.has_value(), "what we write is a multipart body");
  require(read->size() == parts->size(), "no part is lost or forged");
  for (std::size_t i = 0; i < parts->size(); ++i) {
    require((*read)[i].name == (*parts)[i].name && (*read)[i].value == (*parts)[i].value &&
                (*read)[i].file_name == (*parts)[i].file_name,
            "a part comes back from its own encoding");
  }
}

void check_retry_after(Input input) {
  const auto wait = providers::parse_retry_after(input.rest(), now);
  if (wait) require(*wait >= Duration{0} && *wait <= providers::max_retry_after, "a wait is within its bounds");
}

void check_time(Input input) {
  const auto moment = parse_rfc3339(input.rest());
  if (!moment) return;
  const auto again = parse_rfc3339(format_rfc3339(*moment));
  require(again.has_value(), "a time that we write can be read");
  if (moment->at >= min_instant && moment->at <= max_instant) {
    require(again->at == moment->at, "a time comes back from its own text");
  }
  if (moment->offset) require(std::chrono::abs(moment->offset->east) <= max_utc_offset, "an offset is within a day");
}

// Status byte, name, 0xff, value, 0xff, name …, body.
void check_answer(Input input) {
  constexpr std::array statuses = {200, 204, 304, 404, 0, 99, 600, 503};
  net::Response response;
  response.status = statuses.at(input.choice(statuses.size()));
  const bool head_request = input.choice(2) == 1;
  std::size_t fields = 0;
  for (std::size_t i = input.choice(4); i > 0; --i, ++fields) {
    const std::string name(input.part());
    response.headers.add(name, std::string(input.part()));
  }
  response.body = input.rest();
  const auto answer = net::wire_answer(response, {.head_request = head_request});
  require(answer.head.ends_with("\r\n\r\n"), "a head ends with a blank line");
  require(answer.head.find("\r\n\r\n") == answer.head.size() - 4, "no field ends the head early");
  const auto breaks = std::ranges::count(answer.head, '\n');
  require(breaks == std::ranges::count(answer.head, '\r'), "every line break is a whole one");
  require(breaks <= static_cast<std::ptrdiff_t>(fields) + 4, "no field becomes two");
  require(!head_request || answer.body.empty(), "HEAD has no body");
}

// Status, 0xff, Retry-After, 0xff, body: what an answer of a provider means (PROV-3).
void check_classify(Input input) {
  constexpr std::array statuses = {400, 401, 403, 404, 409, 413, 429, 500, 503, 302, 100, 0};
  net::Response response;
  response.status = statuses.at(input.choice(statuses.size()));
  response.headers.add("Retry-After", std::string(input.part()));
  response.headers.add("Content-Type", "application/json");
  response.body = input.rest();
  const auto error = providers::classify(response, "provider", now);
  require(is_outward_error(error.code), "an answer's error has a code of outward calls");
  require_message(error.message, input.rest());
  if (error.retry_after) require(*error.retry_after >= Duration{0}, "a wait is not negative");
}

}  // namespace

void run(std::string_view bytes) {
  constexpr std::array checks = {check_target, check_form,   check_multipart, check_retry_after,
                                 check_time,   check_answer, check_classify};
  Input input(bytes);
  checks.at(input.choice(checks.size()))(input);
}

}  // namespace syncwell::fuzz
