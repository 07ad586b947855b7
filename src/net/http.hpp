// HTTP messages as plain values, for both directions: what the client sends, what the server and the sandbox answer.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
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

struct Request {
  std::string method = "GET";
  std::string url;  // client: absolute, http or https; server and sandbox: path and query ("/v1/x?y=z")
  Headers headers{};
  std::string body{};
};

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
  // Sandbox fault plans only: what the server does to the connection instead of a plain answer.
  enum class Wire { normal, reset_before_answer, truncated_body, slow_body } wire = Wire::normal;
  std::chrono::milliseconds delay{0};  // before the first byte
};

// application/x-www-form-urlencoded, RFC 3986 percent-encoding with upper-case hex.
using Parameters = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string encode_form(const Parameters& parameters);
[[nodiscard]] Parameters decode_form(std::string_view text);
[[nodiscard]] std::string percent_encode(std::string_view text);

// "/v1/x?y=z" → path "/v1/x", query {{"y","z"}}. Path segments stay percent-encoded except where decoded is safe.
struct Target {
  std::string path;
  Parameters query;
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
};
[[nodiscard]] Target parse_target(std::string_view target);

// multipart/form-data (RFC 7578).
struct FormPart {
  std::string name;
  std::string value;
  std::string file_name{};     // empty: a plain field
  std::string content_type{};  // empty: none
};
struct MultipartBody {
  std::string content_type;  // with the boundary
  std::string body;
};
// `boundary` must not occur in the parts: callers draw it at random.
[[nodiscard]] MultipartBody encode_multipart(const std::vector<FormPart>& parts, std::string_view boundary);
// nullopt for a body that is no multipart of that content type.
[[nodiscard]] std::optional<std::vector<FormPart>> decode_multipart(std::string_view content_type, std::string_view body);

}  // namespace syncwell::net
