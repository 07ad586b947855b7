#include "figure.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdio>

namespace syncwell::bench {
namespace {

std::string rounded(double value) {
  const double size = std::abs(value);
  if (size >= 1000) return fmt::format("{:.0f}", value);
  if (size >= 10) return fmt::format("{:.1f}", value);
  return fmt::format("{:.3f}", value);
}

std::string target_text(const Figure& figure) {
  if (!figure.target) return "";
  return fmt::format("{} {}", figure.better == Better::higher ? "≥" : "≤", rounded(*figure.target));
}

boost::json::object json_of(const std::string& benchmark, const Figure& figure) {
  boost::json::array limits;
  for (const RawLimit& limit : figure.raw_limits) {
    limits.push_back({{"name", limit.name}, {"value", limit.value}, {"unit", limit.unit}});
  }
  boost::json::object object{{"benchmark", benchmark},
                             {"figure", figure.name},
                             {"value", figure.value},
                             {"unit", figure.unit},
                             {"better", figure.better == Better::higher ? "higher" : "lower"}};
  if (figure.target) {
    object["target"] = *figure.target;
    object["met"] = figure.met();
  }
  object["raw_limits"] = std::move(limits);
  return object;
}

}  // namespace

bool Figure::met() const {
  if (!target) return true;
  return better == Better::higher ? value >= *target : value <= *target;
}

void Report::begin(std::string_view benchmark, std::string_view subject) {
  benchmark_ = benchmark;
  if (as_json_) return;
  fmt::print("\n{}: {}\n", benchmark, subject);
  std::fflush(stdout);
}

void Report::add(const Figure& figure) {
  if (as_json_) {
    fmt::print("{}\n", boost::json::serialize(json_of(benchmark_, figure)));
  } else {
    const char* verdict = !figure.target ? "" : figure.met() ? "met" : "MISSED";
    fmt::print("  {:<34} {:>10} {:<9} {:>9}  {:<6}", figure.name, rounded(figure.value), figure.unit,
               target_text(figure), verdict);
    const char* separator = "  ";
    for (const RawLimit& limit : figure.raw_limits) {
      fmt::print("{}{:.2f} × {} ({} {})", separator, figure.value / limit.value, limit.name, rounded(limit.value),
                 limit.unit);
      separator = ", ";
    }
    fmt::print("\n");
  }
  std::fflush(stdout);
}

void Report::add_error(std::string_view benchmark, std::string_view message) {
  if (as_json_) {
    fmt::print("{}\n", boost::json::serialize(boost::json::object{{"benchmark", benchmark}, {"error", message}}));
  } else {
    fmt::print(stderr, "syncwell_bench: {}: {}\n", benchmark, message);
  }
  std::fflush(stdout);
}

}  // namespace syncwell::bench
