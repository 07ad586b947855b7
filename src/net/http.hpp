// HTTP messages as plain values, for both directions: what the client sends, what the server and the sandbox answer.
// Everything here is a pure function of its input, may be called on any thread, and never throws on hostile input.
// Sources: RFC 9110 (fields), RFC 3986 (percent-encoding), WHATWG URL (form encoding), RFC 7578 and 2046 (multipart).
#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncwell::net {

// Field names compare without case; order and repetitions are kept.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}
  void set(std::string_view name, std::string value);  // replaces all of that name
  void add(std::string_view name, std::string value);
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;  // the first of that name
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// RFC 9110: what may be a method or a field name, and what may be a field value (no control characters but the tab, so
// that no value can start a field or a message of its own).
[[nodiscard]] bool is_token(std::string_view text);
[[nodiscard]] bool is_field_value(std::string_view text);
// Compares ASCII letters without case, as field names and schemes are compared.
[[nodiscard]] bool equal_without_case(std::string_view left, std::string_view right);

struct Request {
  std::string method = "GET";
  std::string url;  // client: absolute, http or https; server and sandbox: path and query ("/v1/x?y=z")
  Headers headers{};
  std::string body{};
};

class BodySource;  // body_source.hpp

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
  // Sandbox fault plans only: what the server does to the connection instead of a plain answer.
  enum class Wire { normal, reset_before_answer, truncated_body, slow_body } wire = Wire::normal;
  std::chrono::milliseconds delay{0};  // before the first byte
  // Server only: where the body comes from piece by piece, instead of `body`.
  std::shared_ptr<BodySource> stream{};
};

// application/x-www-form-urlencoded, RFC 3986 percent-encoding with upper-case hex. A blank is written as "%20", which
// a query and a form read alike, and read from "%20" or "+". A "%" without two hex digits stands for itself; empty
// pairs ("a=1&&b=2") are skipped; a name without "=" has an empty value.
using Parameters = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string encode_form(const Parameters& parameters);
[[nodiscard]] Parameters decode_form(std::string_view text);
[[nodiscard]] std::string percent_encode(std::string_view text);

// "/v1/x?y=z" → path "/v1/x", query {{"y","z"}}. Path segments stay percent-encoded except where decoded is safe:
// only unreserved characters (RFC 3986) are decoded, so "%2F" never becomes a separator; other escapes get upper-case
// hex, and a "%" that begins none is written "%25". "%2e%2e" does become "..": a handler that maps paths to files
// refuses ".." segments itself. An absolute target ("http://host/x") gives its path; a fragment is dropped.
struct Target {
  std::string path;
  Parameters query;
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
};
[[nodiscard]] Target parse_target(std::string_view target);

// multipart/form-data (RFC 7578).
inline constexpr std::size_t max_multipart_parts = 1000;
inline constexpr std::size_t max_part_header_bytes = 8 * 1024;
inline constexpr std::size_t max_boundary_bytes = 70;  // RFC 2046
struct FormPart {
  std::string name;
  std::string value;
  std::string file_name{};     // empty: a plain field
  std::string content_type{};  // empty: none
  bool operator==(const FormPart&) const = default;
};
struct MultipartBody {
  std::string content_type;  // with the boundary
  std::string body;
};
// `boundary` must not occur in the parts: callers draw it at random. In names, '%', '"', '\\', CR and LF are
// percent-encoded (a content type that is no field value is left out), so that no name can forge a part.
[[nodiscard]] MultipartBody encode_multipart(const std::vector<FormPart>& parts, std::string_view boundary);
// nullopt for a body that is no multipart of that content type: wrong type, no or bad boundary, no closing delimiter
// (truncated), a part without a name, or past a maximum above.
[[nodiscard]] std::optional<std::vector<FormPart>> decode_multipart(std::string_view content_type,
                                                                    std::string_view body);

}  // namespace syncwell::net
