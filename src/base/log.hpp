// Structured log lines (OBS): a sentence for people and fields for machines. Never a user id, a token or a health
// value: callers pass ids of jobs and connections, codes and counts. Goes to spdlog's default logger as one JSON object
// without time and level, which the program's formatter adds (app/json_log.hpp). Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/log_level.hpp"

namespace syncwell {

struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};

void log(LogLevel level, std::string_view sentence, std::initializer_list<LogField> fields = {});

// {"message":"…","name":"value",…}: what log() hands over. Control characters, quotes and what is no UTF-8 are escaped,
// so that no value can forge a line.
[[nodiscard]] std::string log_text(std::string_view sentence, std::initializer_list<LogField> fields);
void append_json_text(std::string& to, std::string_view text);

}  // namespace syncwell
