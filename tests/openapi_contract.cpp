#include "openapi_contract.hpp"

#include <algorithm>
#include <ranges>

#include "api/openapi.hpp"
#include "model/schema_subset_validator.hpp"

namespace syncwell::tests {

namespace json = boost::json;

namespace {

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  for (const auto part : std::views::split(path, '/')) segments.emplace_back(part.begin(), part.end());
  return segments;
}

bool fits(std::string_view pattern, std::string_view path) {
  const auto wanted = split(pattern);
  const auto given = split(path);
  return std::ranges::equal(wanted, given, [](const auto& one, const auto& other) {
    return one == other || (one.starts_with('{') && !other.empty());
  });
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

OpenApiContract::OpenApiContract()
    : document_(json::parse(replace_all(std::string(api::openapi_document), "#/components/schemas/", "#/$defs/"))
                    .as_object()),
      definitions_(document_.at("components").at("schemas").as_object()) {}

std::vector<std::string> OpenApiContract::operations() const {
  std::vector<std::string> list;
  for (const auto& [path, methods] : document_.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      std::string name(method);
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      list.push_back(name + " " + std::string(path));
    }
  }
  return list;
}

const json::object* OpenApiContract::operation_for(const net::Request& request) const {
  const auto target = net::parse_target(request.url);
  for (const bool literal : {true, false}) {
    for (const auto& [path, methods] : document_.at("paths").as_object()) {
      const bool same = literal ? std::string_view(path) == target.path : fits(path, target.path);
      if (!same) continue;
      if (const auto* operation = methods.as_object().if_contains(lower(request.method)))
        return &operation->as_object();
    }
  }
  return nullptr;
}

json::object OpenApiContract::schema_of(const json::object& part, std::string& content_type) const {
  const auto& [type, described] = *part.at("content").as_object().begin();
  content_type = type;
  json::object schema = described.at("schema").as_object();
  schema["$defs"] = definitions_;
  return schema;
}

std::vector<std::string> OpenApiContract::violations(const net::Request& request, const net::Response& answer) const {
  const auto* operation = operation_for(request);
  if (operation == nullptr) {
    if (answer.status == 404 || answer.status == 405) return {};
    return {request.method + " " + request.url + " is not described"};
  }
  std::vector<std::string> found;
  const auto report = [&](const std::string& what, const std::vector<std::string>& violations) {
    for (const auto& each : violations) found.push_back(request.method + " " + request.url + ", " + what + ": " + each);
  };
  const auto* response = operation->at("responses").as_object().if_contains(std::to_string(answer.status));
  if (response == nullptr)
    return {request.method + " " + request.url + " does not describe status " + std::to_string(answer.status)};
  const bool has_content = response->as_object().contains("content");
  if (has_content) {
    std::string content_type;
    const auto schema = schema_of(response->as_object(), content_type);
    const std::string given(answer.headers.get("Content-Type").value_or(""));
    if (!given.starts_with(content_type)) report("content type", {given + " instead of " + content_type});
    if (content_type.ends_with("json") && schema.if_contains("$ref") != nullptr)
      report("answer", model::schema_violations(schema, json::parse(answer.body)));
  } else if (!answer.body.empty() && answer.status == 204) {
    report("answer", {"has a body"});
  }
  if (answer.status / 100 != 2) return found;
  if (const auto* body = operation->if_contains("requestBody")) {
    std::string content_type;
    const auto schema = schema_of(body->as_object(), content_type);
    report("request", model::schema_violations(schema, json::parse(request.body)));
  }
  return found;
}

}  // namespace syncwell::tests
