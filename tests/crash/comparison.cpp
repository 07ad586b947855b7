#include "comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>

namespace syncwell::crash {

namespace json = boost::json;

namespace {

constexpr std::size_t shown_characters = 600;

std::string shown(const json::value& value) { return json::serialize(value).substr(0, shown_characters); }

// Objects compare whatever the order of their members.
std::optional<std::string> difference(const json::value& crashed, const json::value& undisturbed,
                                      const std::string& path) {
  if (crashed.is_object() && undisturbed.is_object()) {
    for (const auto& [name, value] : undisturbed.get_object()) {
      const auto* other = crashed.get_object().if_contains(name);
      const std::string place = fmt::format("{}.{}", path, std::string_view(name));
      if (other == nullptr) return fmt::format("{}: missing after crashes: {}", place, shown(value));
      if (auto found = difference(*other, value, place)) return found;
    }
    for (const auto& [name, value] : crashed.get_object()) {
      if (!undisturbed.get_object().contains(name)) {
        return fmt::format("{}.{}: only after crashes: {}", path, std::string_view(name), shown(value));
      }
    }
    return std::nullopt;
  }
  if (crashed.is_array() && undisturbed.is_array()) {
    const auto& left = crashed.get_array();
    const auto& right = undisturbed.get_array();
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
      if (auto found = difference(left[i], right[i], fmt::format("{}[{}]", path, i))) return found;
    }
    if (left.size() == right.size()) return std::nullopt;
    return fmt::format("{}: {} after crashes, {} without", path, left.size(), right.size());
  }
  if (crashed == undisturbed) return std::nullopt;
  return fmt::format("{}: {} after crashes, {} without", path, shown(crashed), shown(undisturbed));
}

// Equal but for what names or places them: there twice.
void look_for_repetition(const json::array& records, std::initializer_list<const char*> names, const std::string& where,
                         std::optional<std::string>& repetition) {
  std::set<std::string> known;
  for (const auto& record : records) {
    json::object content = record.as_object();
    for (const auto* name : names) content.erase(name);
    if (!known.insert(json::serialize(content)).second && !repetition) repetition = where + ": twice: " + shown(record);
  }
}

void normalise_google(json::object& accounts, Holdings& holdings) {
  for (auto& [name, account] : accounts) {
    for (auto& [type, collection] : account.as_object().at("dataTypes").as_object()) {
      const auto& points = collection.as_object().at("points").as_array();
      holdings.points += points.size();
      json::array written;
      for (const auto& point : points) {
        if (point.as_object().contains("writtenBy")) written.push_back(point);
      }
      look_for_repetition(written, {"id", "name", "dataPointName"},
                          fmt::format("google_health {}", std::string_view(type)), holdings.repetition);
    }
  }
}

void normalise_strava(json::object& accounts, Holdings& holdings) {
  for (auto& [name, account] : accounts) {
    auto& object = account.as_object();
    object.erase("uploads");  // a repeated upload ends as "duplicate of": one more upload, no more activities
    auto& activities = object.at("activities").as_array();
    holdings.activities += activities.size();
    for (auto& activity : activities) {
      activity.as_object().erase("upload_id");
      activity.as_object().erase("upload_id_str");
    }
    look_for_repetition(activities, {"id", "id_str", "name"}, "strava", holdings.repetition);
  }
}

// The time at which the sandbox took a point comes back as the time of its last change.
void remove_time_of_write(json::value& value) {
  if (value.is_array()) {
    for (auto& element : value.get_array()) remove_time_of_write(element);
  }
  if (!value.is_object()) return;
  value.get_object().erase("source_last_modification_date_time");
  for (auto& member : value.get_object()) remove_time_of_write(member.value());
}

Result<void> read_lines(const std::filesystem::path& file, Holdings& holdings) {
  auto& lines = holdings.records[file.filename().string()];
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    json::error_code error;
    json::value record = json::parse(line, error);
    if (error || !record.is_object())
      return fail(ErrorCode::unreadable_input, file.filename().string() + ": a line that is no record");
    remove_time_of_write(record);
    std::string text = json::serialize(record);
    if (lines.contains(text) && !holdings.repetition)
      holdings.repetition = file.filename().string() + ": twice: " + shown(record);
    lines.insert(std::move(text));
    ++holdings.lines;
  }
  // The same record in two forms: an edit that was added instead of put in place.
  std::set<std::string> ids;
  for (const auto& line : lines) {
    const auto record = json::parse(line);
    const auto* header = record.as_object().if_contains("header");
    const bool has_header = header != nullptr && header->is_object();
    const auto* id = has_header ? header->get_object().if_contains("source_data_point_id") : nullptr;
    if (id == nullptr) {
      return fail(ErrorCode::unreadable_input, file.filename().string() + ": a record without source_data_point_id");
    }
    if (!ids.insert(json::serialize(*id)).second && !holdings.repetition)
      holdings.repetition = file.filename().string() + ": one id twice: " + shown(record);
  }
  return {};
}

}  // namespace

Result<Holdings> read_holdings(json::value state, const std::filesystem::path& records) {
  Holdings holdings;
  auto& object = state.as_object();
  normalise_google(object.at("google_health").as_object(), holdings);
  normalise_strava(object.at("strava").as_object(), holdings);
  holdings.state = std::move(state);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(records, error)) {
    if (entry.path().extension() != ".jsonl") continue;
    auto read = read_lines(entry.path(), holdings);
    if (!read) return fail(std::move(read.error()));
  }
  if (error) return fail(ErrorCode::storage_failed, records.string() + ": " + error.message());
  return holdings;
}

std::optional<std::string> first_difference(const Holdings& crashed, const Holdings& undisturbed) {
  if (crashed.repetition && !undisturbed.repetition) return *crashed.repetition;
  if (auto found = difference(crashed.state, undisturbed.state, "sandbox")) return found;
  for (const auto& [file, lines] : undisturbed.records) {
    const auto other = crashed.records.find(file);
    if (other == crashed.records.end()) return file + ": missing after crashes";
    for (const auto& line : lines) {
      if (!other->second.contains(line))
        return fmt::format("{}: missing after crashes: {}", file, line.substr(0, shown_characters));
    }
    for (const auto& line : other->second) {
      if (!lines.contains(line))
        return fmt::format("{}: only after crashes: {}", file, line.substr(0, shown_characters));
    }
    if (lines.size() != other->second.size())
      return fmt::format("{}: {} records after crashes, {} without", file, other->second.size(), lines.size());
  }
  for (const auto& [file, lines] : crashed.records) {
    if (!undisturbed.records.contains(file)) return file + ": only after crashes";
  }
  return std::nullopt;
}

}  // namespace syncwell::crash
