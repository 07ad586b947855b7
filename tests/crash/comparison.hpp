// What the destinations hold, in a form in which two runs compare equal, and what makes them differ. Pure, apart from
// reading the JSON folder.
#pragma once

#include <boost/json/value.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/error.hpp"

namespace syncwell::crash {

struct Holdings {
  boost::json::value state;                                   // of the sandbox, normalised
  std::map<std::string, std::multiset<std::string>> records;  // of the JSON folder: file name → lines, normalised
  std::size_t points = 0;                                     // at Google Health
  std::size_t activities = 0;                                 // at Strava
  std::size_t lines = 0;
  std::optional<std::string> repetition;  // the first thing that is there twice
};

// Errors: a line that is no JSON, a state that is none of the sandbox's.
[[nodiscard]] Result<Holdings> read_holdings(boost::json::value state, const std::filesystem::path& records);

// Where `crashed` and `undisturbed` differ first, in words; nullopt: they are equal.
[[nodiscard]] std::optional<std::string> first_difference(const Holdings& crashed, const Holdings& undisturbed);

}  // namespace syncwell::crash
