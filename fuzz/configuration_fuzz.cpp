// The configuration file. Input: a line for an environment variable (NAME=value), then the TOML.
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/configuration.hpp"
#include "fuzz/input.hpp"
#include "fuzz/property.hpp"
#include "fuzz/target.hpp"

namespace syncwell::fuzz {
namespace {

constexpr std::size_t max_configuration_message_bytes = 1000;  // names the file, the line and the setting

void check_values(const app::Configuration& configuration) {
  for (const auto& key : app::configuration_keys()) {
    switch (key.kind) {
      case app::ConfigurationKey::Kind::text:
        (void)configuration.text(key.name);
        break;
      case app::ConfigurationKey::Kind::number: {
        const auto number = configuration.number(key.name);
        require(number >= key.minimum && number <= key.maximum, "a number is within its bounds");
        break;
      }
      case app::ConfigurationKey::Kind::flag: {
        const auto& text = configuration.text(key.name);
        require(text == "true" || text == "false", "a flag is true or false");
        break;
      }
      case app::ConfigurationKey::Kind::mode: {
        const auto& text = configuration.text(key.name);
        require(text == "normal" || text == "read_only" || text == "disabled", "a mode is one of three");
        break;
      }
      case app::ConfigurationKey::Kind::list:
        for (const auto& item : configuration.list(key.name)) require(!item.empty(), "a list has no empty items");
        break;
    }
    if (key.secret && configuration.text(key.name).size() > 12) {
      require(configuration.describe().find("\"" + configuration.text(key.name) + "\"") == std::string::npos,
              "secrets are masked");
    }
  }
}

}  // namespace

void run(std::string_view bytes) {
  static const int descriptor = ::memfd_create("syncwell.toml", MFD_CLOEXEC);
  const auto line_end = bytes.find('\n');
  const std::string environment(bytes.substr(0, line_end));
  const std::string_view toml = line_end == std::string_view::npos ? "" : bytes.substr(line_end + 1);
  const bool written = ::ftruncate(descriptor, 0) == 0 &&
                       ::pwrite(descriptor, toml.data(), toml.size(), 0) == static_cast<ssize_t>(toml.size());
  require(written, "the file in memory can be written");

  const auto loaded = app::Configuration::load(fmt::format("/proc/self/fd/{}", descriptor), {environment});
  if (loaded) {
    check_values(*loaded);
    return;
  }
  require(loaded.error().code == ErrorCode::invalid_argument, "a wrong configuration is an invalid argument");
  require(!loaded.error().message.empty(), "a wrong configuration is explained");
  require(loaded.error().message.size() <= max_configuration_message_bytes, "a message has an end");
}

}  // namespace syncwell::fuzz
