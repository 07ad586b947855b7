// The one place where SQLite's result codes (sqlite.org/rescode.html, SQLite 3.40) become errors of ours.
#pragma once

#include <string_view>

#include "base/error.hpp"

struct sqlite3;

namespace syncwell::sqlite {

// `doing` says what was tried ("open the data file"). The text of SQLite's own message is left out: it may quote
// values.
[[nodiscard]] Error error_of(int extended_code, int system_errno, std::string_view doing);

// The device has no room: nothing was lost, the same write may succeed later.
[[nodiscard]] bool is_full(int extended_code, int system_errno);

// An input/output error, which may also be a full device.
[[nodiscard]] bool is_device_error(int extended_code);

// An fsync failed: the kernel has dropped dirty pages and a later fsync would report success. The process must end.
[[nodiscard]] bool is_lost_sync(int extended_code);

// Errors of opening files, by errno.
[[nodiscard]] Error error_of_errno(int system_errno, std::string_view doing);

}  // namespace syncwell::sqlite
