#include "api/versions.hpp"

#include <charconv>

#include "api/problem.hpp"

namespace syncwell::api {

net::Response with_version(net::Response answer, std::uint64_t version) {
  answer.headers.set("ETag", "\"" + std::to_string(version) + "\"");
  return answer;
}

Result<std::optional<std::uint64_t>> expected_version(const net::Request& request) {
  const auto header = request.headers.get("If-Match");
  if (!header || *header == "*") return std::nullopt;
  std::string_view tag = *header;
  std::uint64_t version = 0;
  if (tag.size() > 2 && tag.starts_with('"') && tag.ends_with('"')) {
    tag = tag.substr(1, tag.size() - 2);
    const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
    if (error == std::errc{} && end == tag.data() + tag.size()) return version;
  }
  return fail(ErrorCode::invalid_argument, "If-Match must be the ETag that an earlier answer gave");
}

net::Response changed_meanwhile(std::string_view what) {
  return problem(412, "version_conflict", "The " + std::string(what) + " was changed since: read it again.");
}

}  // namespace syncwell::api
