#include <boost/json.hpp>

#include "api/openapi.hpp"
#include "store/attributes.hpp"

namespace syncwell::api {

namespace json = boost::json;
using store::text_attribute;

namespace {

constexpr std::string_view style =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "code,pre{font-family:ui-monospace,monospace;font-size:.9em}h2{margin-top:2.5rem;border-bottom:1px solid "
    "#8886}details{margin:.4rem 0}summary{cursor:pointer}.verb{display:inline-block;min-width:4.5rem;font-weight:700}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}";

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '&':
        html += "&amp;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

const json::object* member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

// "SyncConfig" for what a body holds, linked to its schema.
std::string content_of(const json::object& part) {
  const auto* content = member(part, "content");
  if (content == nullptr || content->empty()) return "";
  const auto* first = content->begin()->value().if_object();
  const auto* schema = first == nullptr ? nullptr : member(*first, "schema");
  const std::string reference = schema == nullptr ? "" : text_attribute(*schema, "$ref");
  const std::string name = reference.substr(reference.rfind('/') + 1);
  if (name.empty()) return escaped(content->begin()->key());
  return "<a href=\"#" + escaped(name) + "\">" + escaped(name) + "</a>";
}

std::string parameter_row(const json::object& parameter) {
  return "<tr><td><code>" + escaped(text_attribute(parameter, "name")) + "</code></td><td>" +
         escaped(text_attribute(parameter, "in")) + "</td><td>" + escaped(text_attribute(parameter, "description")) +
         "</td></tr>";
}

std::string operation(std::string_view path, std::string method, const json::object& operation) {
  for (char& c : method) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::string html = "<details><summary><span class=verb>" + escaped(method) + "</span> <code>" + escaped(path) +
                     "</code> — " + escaped(text_attribute(operation, "summary")) + "</summary>";
  if (const auto description = text_attribute(operation, "description"); !description.empty())
    html += "<p>" + escaped(description) + "</p>";
  html += "<table>";
  if (const auto* parameters = operation.if_contains("parameters"); parameters != nullptr && parameters->is_array()) {
    for (const auto& parameter : parameters->get_array()) {
      if (parameter.is_object()) html += parameter_row(parameter.get_object());
    }
  }
  if (const auto* body = member(operation, "requestBody"))
    html += "<tr><td>body</td><td></td><td>" + content_of(*body) + "</td></tr>";
  if (const auto* responses = member(operation, "responses")) {
    for (const auto& [status, response] : *responses) {
      if (response.is_object())
        html += "<tr><td>" + escaped(status) + "</td><td></td><td>" + content_of(response.get_object()) + "</td></tr>";
    }
  }
  return html + "</table></details>\n";
}

}  // namespace

std::string openapi_page(std::string_view text) {
  json::error_code error;
  const json::value document = json::parse(text, error);
  if (error || !document.is_object()) return "";
  const auto& root = document.get_object();
  std::string html =
      "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
      "content=\"width=device-width\"><title>SyncWell API</title><style>";
  html += style;
  html += "</style><h1>SyncWell API</h1>";
  if (const auto* info = member(root, "info")) html += "<p>" + escaped(text_attribute(*info, "description")) + "</p>";
  html += "<p>As a document: <a href=\"/v1/openapi.json\">openapi.json</a></p>";
  const auto* paths = member(root, "paths");
  std::string group;
  for (const auto& [path, methods] : paths == nullptr ? json::object() : *paths) {
    for (const auto& [method, described] : methods.is_object() ? methods.get_object() : json::object()) {
      if (!described.is_object()) continue;
      const auto* tags = described.get_object().if_contains("tags");
      const std::string tag = tags != nullptr && tags->is_array() && !tags->get_array().empty()
                                  ? json::value_to<std::string>(tags->get_array().front())
                                  : "";
      if (tag != group) html += "<h2>" + escaped(tag) + "</h2>";
      group = tag;
      html += operation(path, std::string(method), described.get_object());
    }
  }
  html += "<h2>Schemas</h2>";
  const auto* components = member(root, "components");
  const auto* schemas = components == nullptr ? nullptr : member(*components, "schemas");
  for (const auto& [name, schema] : schemas == nullptr ? json::object() : *schemas) {
    html += "<h3 id=\"" + escaped(name) + "\">" + escaped(name) + "</h3><pre>" + escaped(json::serialize(schema)) +
            "</pre>";
  }
  return html + "</html>\n";
}

}  // namespace syncwell::api
