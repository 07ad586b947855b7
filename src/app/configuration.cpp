#include "app/configuration.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace syncwell::app {
namespace {

constexpr std::size_t max_shown_name_bytes = 100;  // more than twice the longest setting

constexpr std::string_view option_origin = "option ";

std::string shown_value(const ConfigurationKey& key, const std::string& text) {
  return key.secret && !text.empty() ? "********" : text;
}

// ARCH-9: what takes effect while the server runs.
bool is_live(const ConfigurationKey& key) {
  const std::string_view name = key.name;
  return key.kind == ConfigurationKey::Kind::mode || name.starts_with("breaker.") || name == "log.level" ||
         name == "api.requests_per_minute" || name == "schedule.paused";
}

const ConfigurationKey* find_key(std::string_view name) {
  const auto keys = configuration_keys();
  const auto found = std::ranges::find_if(keys, [&](const auto& key) { return name == key.name; });
  return found == keys.end() ? nullptr : &*found;
}

// A name that a file may have made up, for a message.
std::string_view shown(std::string_view name) { return name.substr(0, max_shown_name_bytes); }

std::string environment_name(std::string_view key) {
  std::string name = "SYNCWELL_";
  for (const char c : key) name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A TOML value as the text that the environment would have.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  const auto* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::string joined;
  for (const auto& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr) return std::nullopt;
    joined += (joined.empty() ? "" : ",") + text->get();
  }
  return joined;
}

}  // namespace

Result<void> Configuration::assign(std::string_view name, std::string text, std::string origin) {
  const auto* key = find_key(name);
  if (key == nullptr)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: there is no setting \"{}\" (see syncwell config)", origin, shown(name)));
  if (key->kind == ConfigurationKey::Kind::number) {
    const auto number = parse_number(text);
    if (!number || *number < key->minimum || *number > key->maximum) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: {} must be a whole number from {} to {}", origin, name, key->minimum, key->maximum));
    }
  }
  if (key->kind == ConfigurationKey::Kind::mode && text != "normal" && text != "read_only" && text != "disabled") {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: {} must be one of normal, read_only, disabled", origin, name));
  }
  if (key->kind == ConfigurationKey::Kind::flag && text != "true" && text != "false") {
    return fail(ErrorCode::invalid_argument, fmt::format("{}: {} must be true or false", origin, name));
  }
  values_[std::string(name)] = {std::move(text), std::move(origin)};
  return {};
}

Result<void> Configuration::read_file(const std::filesystem::path& file) {
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, fmt::format("{}:{}:{}: {}", file.string(), error.source().begin.line,
                                                         error.source().begin.column, error.description()));
  }
  std::optional<Error> wrong;
  const auto visit = [&](auto& self, const toml::table& part, const std::string& prefix) -> void {
    for (const auto& [key, node] : part) {
      const std::string name = prefix + std::string(key.str());
      if (const auto* inner = node.as_table()) {
        self(self, *inner, name + ".");
        continue;
      }
      const auto text = text_of(node);
      const std::string origin = fmt::format("{}:{}", file.string(), node.source().begin.line);
      auto assigned =
          text ? assign(name, *text, origin)
               : Result<void>(fail(ErrorCode::invalid_argument,
                                   fmt::format("{}: {} has a type that no setting has", origin, shown(name))));
      if (!assigned && !wrong) wrong = assigned.error();
    }
  };
  visit(visit, table, "");
  if (wrong) return fail(*wrong);
  return {};
}

Result<Configuration> Configuration::load(const std::filesystem::path& file,
                                          const std::vector<std::string>& environment) {
  Configuration configuration;
  for (const auto& key : configuration_keys()) configuration.values_[key.name] = {key.default_value, "default"};
  if (!file.empty()) {
    auto read = configuration.read_file(file);
    if (!read) return fail(std::move(read.error()));
  }
  for (const auto& key : configuration_keys()) {
    const std::string prefix = environment_name(key.name) + "=";
    const auto found = std::ranges::find_if(environment, [&](const auto& entry) { return entry.starts_with(prefix); });
    if (found == environment.end()) continue;
    auto assigned =
        configuration.assign(key.name, found->substr(prefix.size()), "environment " + environment_name(key.name));
    if (!assigned) return fail(std::move(assigned.error()));
  }
  return configuration;
}

const Configuration::Value& Configuration::value(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw std::logic_error("no such setting: " + std::string(name));
  return found->second;
}

const std::string& Configuration::text(std::string_view name) const { return value(name).text; }
std::int64_t Configuration::number(std::string_view name) const { return parse_number(value(name).text).value_or(0); }
bool Configuration::flag(std::string_view name) const { return value(name).text == "true"; }

std::vector<std::string> Configuration::list(std::string_view name) const {
  std::vector<std::string> items;
  std::istringstream stream(value(name).text);
  for (std::string item; std::getline(stream, item, ',');) {
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

void Configuration::set(std::string_view name, std::string text, std::string origin) {
  values_[std::string(name)] = {std::move(text), std::move(origin)};
}

std::vector<Configuration::Change> Configuration::changes_to(const Configuration& newer) const {
  std::vector<Change> changes;
  for (const auto& key : configuration_keys()) {
    const std::string& before = value(key.name).text;
    const std::string& after = newer.value(key.name).text;
    if (before == after) continue;
    changes.push_back({key.name, shown_value(key, before), shown_value(key, after), is_live(key)});
  }
  return changes;
}

void Configuration::keep_options_of(const Configuration& older) {
  for (const auto& [name, old] : older.values_) {
    if (old.origin.starts_with(option_origin)) values_[name] = old;
  }
}

std::vector<Configuration::Setting> Configuration::settings() const {
  std::vector<Setting> list;
  for (const auto& key : configuration_keys()) {
    const Value& in_force = value(key.name);
    list.push_back({key.name, shown_value(key, in_force.text), in_force.origin, key.meaning, is_live(key)});
  }
  return list;
}

std::string Configuration::describe() const {
  std::string description;
  for (const auto& setting : settings()) {
    description += fmt::format("{:<42} {:<40} ({})  # {}\n", setting.name + " =", "\"" + setting.value + "\"",
                               setting.origin, setting.meaning);
  }
  return description;
}

std::filesystem::path Configuration::data_folder() const {
  if (const auto& folder = text("data_dir"); !folder.empty()) return std::filesystem::absolute(folder);
  const char* data_home = std::getenv("XDG_DATA_HOME");
  if (data_home != nullptr && *data_home == '/') return std::filesystem::path(data_home) / "syncwell";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "/var/lib" : home) /
         (home == nullptr ? "syncwell" : ".local/share/syncwell");
}

std::vector<std::string> process_environment() {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  return environment;
}

}  // namespace syncwell::app
