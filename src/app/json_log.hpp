// How the server's log looks: one JSON object a line on stderr, {"time","level","message",…fields}. Lines that are not
// structured (a library's, a plain sentence) become the message.
#pragma once

#include <spdlog/formatter.h>

namespace syncwell::app {

class JsonLogFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override;
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonLogFormatter>();
  }
};

// From now on, for the default logger.
void log_as_json();

}  // namespace syncwell::app
