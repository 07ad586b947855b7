// The configuration (12-factor): defaults, overridden by one TOML file, overridden by the environment
// (SYNCWELL_SERVER_PORT for server.port). Read once at start-up; every key, its default and its meaning stand in one
// table (configuration_keys.cpp), from which `syncwell config` prints the one in force with the origin of each value.
// Errors: invalid_argument, naming file, key and what would be right; an unknown key is an error, not a surprise.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace syncwell::app {

struct ConfigurationKey {
  enum class Kind { text, number, flag, list, mode } kind;  // mode: normal, read_only or disabled
  const char* name;                                         // "server.port"
  const char* default_value;                                // lists: comma separated
  const char* meaning;
  std::int64_t minimum = 0;
  std::int64_t maximum = INT64_MAX;
  bool secret = false;
};

[[nodiscard]] std::span<const ConfigurationKey> configuration_keys();

class Configuration {
 public:
  // `file`: the TOML file, empty for none. `environment`: as in envp, "NAME=value".
  [[nodiscard]] static Result<Configuration> load(const std::filesystem::path& file,
                                                  const std::vector<std::string>& environment);

  // Throw std::logic_error for a name that is not in the table: a mistake of ours.
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] std::int64_t number(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
  void set(std::string_view name, std::string value, std::string origin);  // command-line options

  // What `newer` says otherwise; secrets masked. `live`: it takes effect without a restart (ARCH-9).
  struct Change {
    std::string name;
    std::string before;
    std::string after;
    bool live = false;
  };
  [[nodiscard]] std::vector<Change> changes_to(const Configuration& newer) const;
  // Takes over what the command line had said.
  void keep_options_of(const Configuration& older);
  // Every setting as it is in force, in the order of the table; secrets masked. `live`: as in Change.
  struct Setting {
    std::string name;
    std::string value;
    std::string origin;  // "default", "<file>:<line>", "environment <NAME>", "option --…"
    std::string meaning;
    bool live = false;
  };
  [[nodiscard]] std::vector<Setting> settings() const;
  // "server.port = 8460    (default)" a line each; secrets masked.
  [[nodiscard]] std::string describe() const;
  // The folder for everything that is kept; made absolute.
  [[nodiscard]] std::filesystem::path data_folder() const;

 private:
  struct Value {
    std::string text;
    std::string origin;
  };
  [[nodiscard]] const Value& value(std::string_view name) const;
  [[nodiscard]] Result<void> read_file(const std::filesystem::path& file);
  [[nodiscard]] Result<void> assign(std::string_view name, std::string text, std::string origin);
  std::map<std::string, Value, std::less<>> values_;
};

// The environment of this process in the form that load() takes.
[[nodiscard]] std::vector<std::string> process_environment();

}  // namespace syncwell::app
