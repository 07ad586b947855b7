#include "base/log.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/utf8.hpp"

namespace syncwell {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

void append_json_text(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    const std::size_t bytes = utf8_character_bytes(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (bytes == 0) {
      to += "\\ufffd";
    } else if (first == '"' || first == '\\') {
      to += '\\';
      to += text[0];
    } else if (first < 0x20 || first == 0x7f) {
      fmt::format_to(std::back_inserter(to), "\\u{:04x}", first);
    } else {
      to.append(text.substr(0, bytes));
    }
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  to += '"';
}

std::string log_text(std::string_view sentence, std::initializer_list<LogField> fields) {
  std::string text = "{\"message\":";
  append_json_text(text, sentence);
  for (const auto& field : fields) {
    text += ',';
    append_json_text(text, field.name);
    text += ':';
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      text += std::to_string(*number);
    } else {
      append_json_text(text, std::get<std::string_view>(field.value));
    }
  }
  return text + '}';
}

void log(LogLevel level, std::string_view sentence, std::initializer_list<LogField> fields) {
  auto* logger = spdlog::default_logger_raw();
  if (logger == nullptr || !logger->should_log(spdlog_level(level))) return;
  logger->log(spdlog_level(level), "{}", log_text(sentence, fields));
}

}  // namespace syncwell
