// The description of this API (OpenAPI 3.1): openapi.py writes it, the build makes it a constant. Served at
// /v1/openapi.json, shown as a page at /v1/docs, and held by the tests against every request and answer.
#pragma once

#include <string>
#include <string_view>

namespace syncwell::api {

extern const std::string_view openapi_document;

// The document as one page of HTML without scripts; also of any other document of this form, for tests.
[[nodiscard]] std::string openapi_page(std::string_view document);

}  // namespace syncwell::api
