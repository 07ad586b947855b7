// Reading the JSON object of a request body with clear errors: which member is wrong and what it should be.
#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace syncwell::api {

class JsonBody {
 public:
  // invalid_argument: not JSON, or no object.
  [[nodiscard]] static Result<JsonBody> parse(const net::Request& request);

  // The first thing that was wrong with the members read so far; empty when all was right.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }
  [[nodiscard]] std::string required_text(std::string_view name);
  [[nodiscard]] std::string optional_text(std::string_view name);
  [[nodiscard]] std::vector<std::string> optional_texts(std::string_view name);
  [[nodiscard]] bool optional_flag(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> optional_number(std::string_view name, std::int64_t minimum,
                                                            std::int64_t maximum);
  [[nodiscard]] std::optional<Instant> optional_instant(std::string_view name);
  void refuse(std::string_view name, std::string_view what_would_be_right);

 private:
  explicit JsonBody(boost::json::object object) : object_(std::move(object)) {}
  boost::json::object object_;
  std::optional<Error> error_;
};

}  // namespace syncwell::api
