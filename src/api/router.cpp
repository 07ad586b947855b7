#include "api/router.hpp"

#include <ranges>

namespace syncwell::api {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  for (const auto part : std::views::split(path, '/')) segments.emplace_back(part.begin(), part.end());
  return segments;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path,
          std::map<std::string, std::string, std::less<>>& named) {
  if (pattern.size() != path.size()) return false;
  named.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      if (path[i].empty()) return false;
      named[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

void Router::add(std::string method, std::string pattern, Access access, RouteHandler handler) {
  auto segments = split(pattern);
  routes_.push_back({std::move(method), std::move(pattern), std::move(segments), access, std::move(handler)});
}

std::vector<std::string> Router::routes() const {
  std::vector<std::string> list;
  list.reserve(routes_.size());
  for (const Route& route : routes_) list.push_back(route.method + " " + route.pattern);
  return list;
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  const auto segments = split(path);
  for (const Route& route : routes_) {
    std::map<std::string, std::string, std::less<>> named;
    if (!fits(route.segments, segments, named)) continue;
    if (route.method == method || (method == "HEAD" && route.method == "GET")) {
      return {&route.handler, route.access, std::move(named), route.pattern, {}};
    }
    match.allowed += (match.allowed.empty() ? "" : ", ") + route.method;
  }
  return match;
}

}  // namespace syncwell::api
