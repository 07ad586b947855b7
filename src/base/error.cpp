#include "base/error.hpp"

#include <utility>

namespace syncwell {

std::string_view name_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::already_exists:
      return "already_exists";
    case ErrorCode::version_conflict:
      return "version_conflict";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::unauthenticated:
      return "unauthenticated";
    case ErrorCode::forbidden:
      return "forbidden";
    case ErrorCode::rate_limited:
      return "rate_limited";
    case ErrorCode::circuit_open:
      return "circuit_open";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::provider_rejected:
      return "provider_rejected";
    case ErrorCode::provider_failed:
      return "provider_failed";
    case ErrorCode::mapping:
      return "mapping";
    case ErrorCode::timeout:
      return "timeout";
    case ErrorCode::connection_failed:
      return "connection_failed";
    case ErrorCode::refused_address:
      return "refused_address";
    case ErrorCode::unreadable_input:
      return "unreadable_input";
    case ErrorCode::storage_full:
      return "storage_full";
    case ErrorCode::storage_read_only:
      return "storage_read_only";
    case ErrorCode::storage_in_use:
      return "storage_in_use";
    case ErrorCode::storage_newer:
      return "storage_newer";
    case ErrorCode::storage_failed:
      return "storage_failed";
    case ErrorCode::sealed_by_other_key:
      return "sealed_by_other_key";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::lease_lost:
      return "lease_lost";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

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

RetryClass retry_class_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
      return RetryClass::permanent_auth;
    case ErrorCode::rate_limited:
    case ErrorCode::circuit_open:
    case ErrorCode::busy:
      return RetryClass::delayed;
    case ErrorCode::cancelled:
    case ErrorCode::lease_lost:
      return RetryClass::cancelled;
    case ErrorCode::mapping:
      return RetryClass::mapping;
    case ErrorCode::invalid_argument:
    case ErrorCode::unsupported:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
    case ErrorCode::too_large:
    case ErrorCode::provider_rejected:
    case ErrorCode::refused_address:
    case ErrorCode::unreadable_input:
    case ErrorCode::sealed_by_other_key:
      return RetryClass::permanent_request;
    case ErrorCode::version_conflict:
    case ErrorCode::provider_failed:
    case ErrorCode::timeout:
    case ErrorCode::connection_failed:
    case ErrorCode::storage_full:
    case ErrorCode::storage_read_only:
    case ErrorCode::storage_in_use:
    case ErrorCode::storage_newer:
    case ErrorCode::storage_failed:
    case ErrorCode::internal:
      return RetryClass::transient;
  }
  return RetryClass::transient;
}

}  // namespace syncwell
