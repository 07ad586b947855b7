#include "fuzz/property.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace syncwell::fuzz {
namespace {

constexpr std::size_t max_identifier_bytes = 64 * 1024;
constexpr std::size_t quoted_piece_bytes = 72;  // longer than the reason words that errors may pass on

// Without coverage, or the fuzzer would learn to write our own sentences into its input.
__attribute__((no_sanitize("coverage"), noinline)) bool quotes(const char* text, std::size_t text_bytes,
                                                               const char* input, std::size_t input_bytes) {
  for (std::size_t i = 0; i + quoted_piece_bytes <= text_bytes; i += quoted_piece_bytes) {
    for (std::size_t j = 0; j + quoted_piece_bytes <= input_bytes; ++j) {
      std::size_t length = 0;
      while (length < quoted_piece_bytes && text[i + length] == input[j + length]) ++length;
      if (length == quoted_piece_bytes) return true;
    }
  }
  return false;
}

void require_identifier(std::string_view text, std::string_view property) {
  require(text.size() <= max_identifier_bytes, property);
}

}  // namespace

void require(bool holds, std::string_view property) {
  if (holds) return;
  fmt::print(stderr, "\nproperty does not hold: {}\n", property);
  std::abort();
}

void require_message(std::string_view text, std::string_view input) {
  const auto shown = [&] { return fmt::format(": \"{}\"", text.substr(0, 2 * max_message_bytes)); };
  if (text.empty()) require(false, "a message says something");
  if (text.size() > max_message_bytes) require(false, "a message has an end" + shown());
  const bool one_line = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (!one_line) require(false, "a message is one line" + shown());
  if (quotes(text.data(), text.size(), input.data(), input.size())) {
    require(false, "a message does not repeat what was sent" + shown());
  }
}

void require_error(const Error& error, std::initializer_list<ErrorCode> allowed, std::string_view input) {
  if (std::ranges::find(allowed, error.code) == allowed.end()) {
    require(false, fmt::format("the code is one that the port names: {}: {}", name_of(error.code), error.message));
  }
  require_message(error.message, input);
}

void require_none(const std::optional<Error>& error, std::string_view property) {
  if (error) require(false, fmt::format("{}: {}: {}", property, name_of(error->code), error->message));
}

void require_record(const model::Record& record) {
  if (const auto reason = model::why_invalid(record)) require(false, "a record is valid: " + *reason);
  require_identifier(record.source_id, "source_id is bounded");
  require_identifier(record.external_id, "external_id is bounded");
  require_identifier(record.origin.application, "application is bounded");
}

void require_page(const providers::Page& page, model::DataType type, std::string_view input) {
  require(page.records.size() <= providers::max_page_records, "a page is no longer than max_page_records");
  require(page.warnings.size() <= providers::max_warnings + 1, "a page has no more than max_warnings");
  for (const auto& record : page.records) {
    require(record.type == type, "a record has the type that was asked for");
    require_record(record);
  }
  for (const auto& warning : page.warnings) require_message(warning.what, input);
}

bool is_outward_error(ErrorCode code) {
  switch (code) {
    case ErrorCode::timeout:
    case ErrorCode::connection_failed:
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
    case ErrorCode::rate_limited:
    case ErrorCode::not_found:
    case ErrorCode::provider_rejected:
    case ErrorCode::provider_failed:
    case ErrorCode::mapping:
    case ErrorCode::unsupported:
    case ErrorCode::too_large:
      return true;
    default:
      return false;
  }
}

}  // namespace syncwell::fuzz
