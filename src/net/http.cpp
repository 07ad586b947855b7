#include "net/http.hpp"

#include <algorithm>
#include <array>

namespace syncwell::net {

namespace {

constexpr std::string_view upper_hex = "0123456789ABCDEF";

constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_unreserved(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_escape(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += upper_hex[byte >> 4];
  out += upper_hex[byte & 15];
}

// The byte that "%XY" at `at` stands for; nullopt when there is no complete escape.
std::optional<char> escape_at(std::string_view text, std::size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return std::nullopt;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

std::string decode_form_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (const auto byte = escape_at(text, at)) {
      out += *byte;
      at += 2;
    } else {
      out += text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

std::string normalise_path(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (std::size_t at = 0; at < path.size(); ++at) {
    const auto byte = escape_at(path, at);
    if (!byte) {
      // A "%" that begins no escape must not become the beginning of one: "%e%61" is not "%ea".
      if (path[at] == '%') {
        append_escape(out, '%');
      } else {
        out += path[at];
      }
      continue;
    }
    if (is_unreserved(*byte)) {
      out += *byte;
    } else {
      append_escape(out, *byte);
    }
    at += 2;
  }
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// --- multipart -----------------------------------------------------------------------------------------------------

constexpr bool needs_quoting(char c) { return c == '%' || c == '"' || c == '\\' || c == '\r' || c == '\n'; }

std::string quote_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (needs_quoting(c)) {
      append_escape(out, c);
    } else {
      out += c;
    }
  }
  return out;
}

std::string unquote_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const auto byte = escape_at(name, at);
    if (byte && needs_quoting(*byte)) {
      out += *byte;
      at += 2;
    } else {
      out += name[at];
    }
  }
  return out;
}

// A field value of the shape `form-data; name="a"; filename="b"`: the part before the first ';', and the parameters.
struct ParameterisedValue {
  std::string value;
  Parameters parameters;
};

// The quoted string that starts at text[0] == '"', without quotes and with \" and \\ resolved; nullopt when it has no
// end. `length` receives the bytes it takes.
std::optional<std::string> quoted_string(std::string_view text, std::size_t& length) {
  std::string out;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      length = at + 1;
      return out;
    }
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
    out += text[at];
  }
  return std::nullopt;
}

std::optional<ParameterisedValue> parse_parameterised(std::string_view text) {
  ParameterisedValue result;
  const std::size_t first = text.find(';');
  result.value = trim(text.substr(0, first));
  text.remove_prefix(std::min(first, text.size()));
  while (!text.empty()) {
    text = trim(text.substr(1));  // the ';'
    if (text.empty()) break;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = trim(text.substr(0, equals));
    text = trim(text.substr(equals + 1));
    if (!is_token(name)) return std::nullopt;
    if (text.starts_with('"')) {
      std::size_t length = 0;
      auto value = quoted_string(text, length);
      if (!value) return std::nullopt;
      result.parameters.emplace_back(name, std::move(*value));
      text = trim(text.substr(length));
      if (!text.empty() && !text.starts_with(';')) return std::nullopt;
    } else {
      const std::size_t end = text.find(';');
      result.parameters.emplace_back(name, trim(text.substr(0, end)));
      text.remove_prefix(std::min(end, text.size()));
    }
  }
  return result;
}

std::optional<std::string> boundary_of(std::string_view content_type) {
  const auto parsed = parse_parameterised(content_type);
  if (!parsed || !equal_without_case(parsed->value, "multipart/form-data")) return std::nullopt;
  for (const auto& [name, value] : parsed->parameters) {
    if (!equal_without_case(name, "boundary")) continue;
    if (value.empty() || value.size() > max_boundary_bytes || !is_field_value(value)) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

// A delimiter line found in a body: [start, end) is the line with the line break before and after it.
struct Delimiter {
  std::size_t start = 0;
  std::size_t end = 0;
  bool closing = false;
};

std::optional<Delimiter> find_delimiter(std::string_view body, std::string_view dash_boundary, std::size_t from) {
  for (std::size_t at = body.find(dash_boundary, from); at != std::string_view::npos;
       at = body.find(dash_boundary, at + 1)) {
    const bool at_line_start = at == 0 || (at >= from + 2 && body.substr(at - 2, 2) == "\r\n");
    if (!at_line_start) continue;
    const std::size_t start = at == 0 ? 0 : at - 2;
    std::size_t end = at + dash_boundary.size();
    if (body.substr(end, 2) == "--") return Delimiter{start, end + 2, true};
    while (end < body.size() && (body[end] == ' ' || body[end] == '\t')) ++end;
    if (body.substr(end, 2) == "\r\n") return Delimiter{start, end + 2, false};
  }
  return std::nullopt;
}

// Reads the fields of one part; nullopt when they do not name the part.
std::optional<FormPart> parse_part_header(std::string_view header) {
  FormPart part;
  bool named = false;
  while (!header.empty()) {
    const std::size_t line_end = std::min(header.find("\r\n"), header.size());
    const std::string_view line = header.substr(0, line_end);
    header.remove_prefix(std::min(line_end + 2, header.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return std::nullopt;
    const std::string_view value = trim(line.substr(colon + 1));
    if (equal_without_case(line.substr(0, colon), "content-type")) {
      part.content_type = value;
    } else if (equal_without_case(line.substr(0, colon), "content-disposition")) {
      const auto disposition = parse_parameterised(value);
      if (!disposition || !equal_without_case(disposition->value, "form-data")) return std::nullopt;
      for (const auto& [name, text] : disposition->parameters) {
        if (equal_without_case(name, "name")) {
          part.name = unquote_name(text);
          named = true;
        } else if (equal_without_case(name, "filename")) {
          part.file_name = unquote_name(text);
        }
      }
    }
  }
  if (!named) return std::nullopt;
  return part;
}

}  // namespace

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_alpha(c) || is_digit(c) || others.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool equal_without_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, to_lower, to_lower);
}

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const auto& field) { return equal_without_case(field.first, name); });
  fields_.emplace_back(name, std::move(value));
}

void Headers::add(std::string_view name, std::string value) { fields_.emplace_back(name, std::move(value)); }

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equal_without_case(key, name)) return value;
  }
  return std::nullopt;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      append_escape(out, c);
    }
  }
  return out;
}

std::string encode_form(const Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out += percent_encode(name);
    out += '=';
    out += percent_encode(value);
  }
  return out;
}

Parameters decode_form(std::string_view text) {
  Parameters parameters;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    parameters.emplace_back(decode_form_text(pair.substr(0, equals)), equals == std::string_view::npos
                                                                          ? std::string{}
                                                                          : decode_form_text(pair.substr(equals + 1)));
  }
  return parameters;
}

std::optional<std::string> Target::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Target parse_target(std::string_view target) {
  target = target.substr(0, target.find('#'));
  for (const std::string_view scheme : {std::string_view{"http://"}, std::string_view{"https://"}}) {
    if (!equal_without_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    break;
  }
  const std::size_t question = target.find('?');
  Target result;
  result.path = normalise_path(target.substr(0, question));
  if (result.path.empty()) result.path = "/";
  if (question != std::string_view::npos) result.query = decode_form(target.substr(question + 1));
  return result;
}

MultipartBody encode_multipart(const std::vector<FormPart>& parts, std::string_view boundary) {
  MultipartBody result;
  result.content_type = "multipart/form-data; boundary=\"";
  result.content_type += boundary;
  result.content_type += '"';
  std::string& body = result.body;
  for (const FormPart& part : parts) {
    body.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
    body.append(quote_name(part.name)).append("\"");
    if (!part.file_name.empty()) body.append("; filename=\"").append(quote_name(part.file_name)).append("\"");
    body.append("\r\n");
    if (!part.content_type.empty() && is_field_value(part.content_type)) {
      body.append("Content-Type: ").append(part.content_type).append("\r\n");
    }
    body.append("\r\n").append(part.value).append("\r\n");
  }
  body.append("--").append(boundary).append("--\r\n");
  return result;
}

std::optional<std::vector<FormPart>> decode_multipart(std::string_view content_type, std::string_view body) {
  const auto boundary = boundary_of(content_type);
  if (!boundary) return std::nullopt;
  const std::string dash_boundary = "--" + *boundary;
  auto delimiter = find_delimiter(body, dash_boundary, 0);
  std::vector<FormPart> parts;
  while (delimiter && !delimiter->closing) {
    if (parts.size() == max_multipart_parts) return std::nullopt;
    // The blank line ends the header; a part without any field would start with it, and has no name.
    const std::size_t header_start = delimiter->end;
    const std::size_t header_end = body.substr(0, header_start + max_part_header_bytes).find("\r\n\r\n", header_start);
    if (header_end == std::string_view::npos) return std::nullopt;
    auto part = parse_part_header(body.substr(header_start, header_end - header_start));
    if (!part) return std::nullopt;
    const std::size_t value_start = header_end + 4;
    // An empty value is followed by its delimiter's own line break: look for it from just behind the header.
    delimiter = find_delimiter(body, dash_boundary, value_start);
    if (!delimiter) return std::nullopt;
    part->value = body.substr(value_start, delimiter->start - value_start);
    parts.push_back(std::move(*part));
  }
  if (!delimiter) return std::nullopt;
  return parts;
}

}  // namespace syncwell::net
