// Holds requests and answers of the API against its own description (openapi.py): paths, methods, statuses, content
// types, bodies. What is not described is a violation, as is what is described otherwise.
#pragma once

#include <boost/json.hpp>

#include <string>
#include <vector>

#include "net/http.hpp"

namespace syncwell::tests {

class OpenApiContract {
 public:
  OpenApiContract();
  // Empty: the exchange is as described. A request that was refused may be anything.
  [[nodiscard]] std::vector<std::string> violations(const net::Request& request, const net::Response& answer) const;
  // "GET /v1/connections/{id}" …
  [[nodiscard]] std::vector<std::string> operations() const;
  [[nodiscard]] const boost::json::object& document() const { return document_; }

 private:
  [[nodiscard]] const boost::json::object* operation_for(const net::Request& request) const;
  [[nodiscard]] boost::json::object schema_of(const boost::json::object& part, std::string& content_type) const;
  boost::json::object document_;
  boost::json::object definitions_;  // the schemas as "#/$defs/…"
};

}  // namespace syncwell::tests
