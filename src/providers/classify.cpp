// PROV-3: what a status other than 2xx means. The message names the status and the provider's machine-readable reason
// words; never its prose, which may quote the request and with it a health value.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "providers/json_access.hpp"
#include "providers/provider.hpp"
#include "providers/retry_after.hpp"

namespace syncwell::providers {
namespace {

constexpr std::size_t max_reason_bytes = 64;
constexpr std::size_t max_reasons = 4;
constexpr std::size_t max_details = 16;

// Only what looks like an identifier ("INVALID_ARGUMENT", "invalid_grant", "RequestToken") is passed on.
void add_reason(const boost::json::object& object, std::string_view member, std::vector<std::string>& reasons) {
  const auto text = text_field(object, member);
  if (!text.present() || text.value.empty() || text.value.size() > max_reason_bytes) return;
  const auto is_identifier = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  if (std::isalpha(static_cast<unsigned char>(text.value.front())) == 0) return;
  if (!std::ranges::all_of(text.value, is_identifier) || reasons.size() == max_reasons) return;
  reasons.push_back(text.value);
}

void add_reasons_of_items(const boost::json::array& items, std::initializer_list<std::string_view> members,
                          std::vector<std::string>& reasons) {
  for (std::size_t i = 0; i < std::min(items.size(), max_details); ++i) {
    const auto* item = items[i].if_object();
    if (item == nullptr) continue;
    for (const std::string_view member : members) add_reason(*item, member, reasons);
  }
}

// Google: {error:{status, details:[{reason}]}}. OAuth 2.0: {error:"invalid_grant"}. Strava: {errors:[{resource, field,
// code}]}.
std::string reasons_of(const net::Response& response) {
  std::vector<std::string> reasons;
  const auto body = parse_json_object(response, "");
  if (!body) return {};
  add_reason(*body, "error", reasons);
  if (const auto error = object_field(*body, "error"); error.present()) {
    add_reason(*error.value, "status", reasons);
    const auto details = array_field(*error.value, "details");
    if (details.present()) add_reasons_of_items(*details.value, {"reason"}, reasons);
  }
  if (const auto errors = array_field(*body, "errors"); errors.present()) {
    add_reasons_of_items(*errors.value, {"resource", "field", "code"}, reasons);
  }
  return reasons.empty() ? std::string{} : fmt::format(" ({})", fmt::join(reasons, ", "));
}

struct Meaning {
  ErrorCode code;
  std::string_view advice;
};

Meaning meaning_of(int status) {
  if (status == 401) return {ErrorCode::unauthenticated, "the access was refused; the account must be connected again"};
  if (status == 403) return {ErrorCode::forbidden, "the account does not permit this; connect it again with consent"};
  if (status == 429) return {ErrorCode::rate_limited, "too many requests; it is tried again later"};
  if (status == 408 || status == 504) return {ErrorCode::timeout, "the provider was too slow; it is tried again later"};
  if (status >= 400 && status < 500) return {ErrorCode::provider_rejected, "the provider refused the request"};
  return {ErrorCode::provider_failed, "the provider failed; it is tried again later"};
}

}  // namespace

Error classify(const net::Response& response, std::string_view provider_key, Instant now) {
  const Meaning meaning = meaning_of(response.status);
  Error error{meaning.code,
              fmt::format("{}: HTTP {}{}: {}", provider_key, response.status, reasons_of(response), meaning.advice)};
  error.http_status = response.status;
  if (retry_class_of(error.code) == RetryClass::delayed || retry_class_of(error.code) == RetryClass::transient) {
    if (const auto text = response.headers.get("Retry-After")) error.retry_after = parse_retry_after(*text, now);
  }
  return error;
}

}  // namespace syncwell::providers
