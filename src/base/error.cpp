#include "base/error.hpp"

#include <algorithm>
#include <array>

namespace syncwell {

namespace {

constexpr std::array dictionary{
#define SYNCWELL_ERROR(code, retry_class, log_level, status, meaning, advice) \
  ErrorEntry{#code, RetryClass::retry_class, LogLevel::log_level, status, meaning, advice},
#include "base/error_codes.inc"
};

}  // namespace

std::span<const ErrorEntry> error_dictionary() noexcept { return dictionary; }

const ErrorEntry& entry_of(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < dictionary.size() ? dictionary[index] : dictionary.back();
}

const ErrorEntry* find_error(std::string_view name) noexcept {
  const auto* found = std::ranges::find(dictionary, name, &ErrorEntry::name);
  return found == dictionary.end() ? nullptr : found;
}

std::string_view name_of(ErrorCode code) noexcept { return entry_of(code).name; }

RetryClass retry_class_of(ErrorCode code) noexcept { return entry_of(code).retry_class; }

std::string_view name_of(RetryClass retry_class) noexcept {
  switch (retry_class) {
    case RetryClass::permanent_auth:
      return "permanent_auth";
    case RetryClass::delayed:
      return "delayed";
    case RetryClass::transient:
      return "transient";
    case RetryClass::permanent_request:
      return "permanent_request";
    case RetryClass::mapping:
      return "mapping";
    case RetryClass::cancelled:
      return "cancelled";
  }
  return "transient";
}

}  // namespace syncwell
