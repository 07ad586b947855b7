#include "adapters/sqlite/sqlite_error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace syncwell::sqlite {

namespace {

constexpr int primary_of(int extended_code) { return extended_code & 0xff; }

bool is_full_errno(int system_errno) {
  return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
}

bool is_read_only_errno(int system_errno) {
  return system_errno == EROFS || system_errno == EACCES || system_errno == EPERM;
}

constexpr std::string_view full_advice =
    "there is no room left; free some disk space or raise the limit, nothing is lost";
constexpr std::string_view read_only_advice =
    "the data folder cannot be written; check its owner, its mode and how the disk is mounted";

}  // namespace

bool is_full(int extended_code, int system_errno) {
  if (primary_of(extended_code) == SQLITE_FULL) return true;
  const bool writing = extended_code == SQLITE_IOERR_WRITE || extended_code == SQLITE_IOERR_TRUNCATE ||
                       extended_code == SQLITE_IOERR_SHMSIZE || extended_code == SQLITE_IOERR;
  return writing && is_full_errno(system_errno);
}

bool is_device_error(int extended_code) { return primary_of(extended_code) == SQLITE_IOERR; }

bool is_lost_sync(int extended_code) {
  return extended_code == SQLITE_IOERR_FSYNC || extended_code == SQLITE_IOERR_DIR_FSYNC;
}

Error error_of(int extended_code, int system_errno, std::string_view doing) {
  if (is_full(extended_code, system_errno)) {
    return Error{ErrorCode::storage_full, fmt::format("could not {}: {}", doing, full_advice)};
  }
  switch (primary_of(extended_code)) {
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Error{ErrorCode::storage_read_only, fmt::format("could not {}: {}", doing, read_only_advice)};
    case SQLITE_CANTOPEN:
      if (system_errno != 0) return error_of_errno(system_errno, doing);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error{ErrorCode::storage_in_use,
                   fmt::format("could not {}: another program holds the data file; close it and try again", doing)};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return Error{ErrorCode::storage_failed,
                   fmt::format("could not {}: the data file is damaged or no SyncWell data file; restore a backup or "
                               "choose another data folder, the file was left as it is",
                               doing)};
    default:
      break;
  }
  return Error{ErrorCode::storage_failed, fmt::format("could not {}: {} (SQLite code {}, errno {})", doing,
                                                      sqlite3_errstr(extended_code), extended_code, system_errno)};
}

Error error_of_errno(int system_errno, std::string_view doing) {
  if (is_full_errno(system_errno)) {
    return Error{ErrorCode::storage_full, fmt::format("could not {}: {}", doing, full_advice)};
  }
  if (is_read_only_errno(system_errno)) {
    return Error{ErrorCode::storage_read_only, fmt::format("could not {}: {}", doing, read_only_advice)};
  }
  return Error{ErrorCode::storage_failed,
               fmt::format("could not {}: {} (errno {})", doing, std::strerror(system_errno), system_errno)};
}

}  // namespace syncwell::sqlite
