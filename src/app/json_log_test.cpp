#include "app/json_log.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/log.hpp"

namespace syncwell::app {
namespace {

boost::json::object line_of(std::string_view payload) {
  spdlog::memory_buf_t buffer;
  JsonLogFormatter().format(
      spdlog::details::log_msg("", spdlog::level::warn, spdlog::string_view_t(payload.data(), payload.size())), buffer);
  const std::string line(buffer.data(), buffer.size());
  EXPECT_TRUE(line.ends_with("}\n"));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  return boost::json::parse(line).as_object();
}

TEST(JsonLog, AStructuredLineKeepsItsFields) {  // OBS
  const auto line = line_of(log_text("job succeeded", {{"correlationId", "c-1"}}));
  EXPECT_EQ(line.at("level").as_string(), "warning");
  EXPECT_EQ(line.at("message").as_string(), "job succeeded");
  EXPECT_EQ(line.at("correlationId").as_string(), "c-1");
  EXPECT_TRUE(line.contains("time"));
}

TEST(JsonLog, APlainLineIsTheMessage) {  // OBS
  EXPECT_EQ(line_of("something\n\"odd\"").at("message").as_string(), "something\n\"odd\"");
}

}  // namespace
}  // namespace syncwell::app
