#include "app/json_log.hpp"

#include <spdlog/spdlog.h>

#include "base/log.hpp"
#include "base/time.hpp"

namespace syncwell::app {

void JsonLogFormatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) {
  const auto level = spdlog::level::to_string_view(message.level);
  const Instant time = std::chrono::floor<std::chrono::milliseconds>(message.time);
  std::string line =
      "{\"time\":\"" + format_rfc3339(time) + "\",\"level\":\"" + std::string(level.data(), level.size()) + "\",";
  const std::string_view payload(message.payload.data(), message.payload.size());
  if (payload.starts_with("{\"message\":") && payload.ends_with('}')) {
    line += payload.substr(1);
  } else {
    line += "\"message\":";
    append_json_text(line, payload);
    line += '}';
  }
  line += '\n';
  to.append(line.data(), line.data() + line.size());
}

void log_as_json() { spdlog::default_logger()->set_formatter(std::make_unique<JsonLogFormatter>()); }

}  // namespace syncwell::app
