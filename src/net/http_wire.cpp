#include "net/http_wire.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace syncwell::net {

namespace {

bool can_be_carried(const Response& response) {
  return response.status >= 200 && response.status <= 599 &&
         std::ranges::all_of(response.headers,
                             [](const auto& field) { return is_token(field.first) && is_field_value(field.second); });
}

bool is_ours(std::string_view field) {
  return equal_without_case(field, "content-length") || equal_without_case(field, "transfer-encoding") ||
         equal_without_case(field, "connection") || equal_without_case(field, "keep-alive");
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";
  }
}

WireAnswer wire_answer(Response response, AnswerContext context) {
  if (!can_be_carried(response)) {
    response = Response{.status = 500};
    context.keep_connection = false;
  }
  WireAnswer answer;
  answer.keep_connection = context.keep_connection && response.wire != Response::Wire::truncated_body;
  if (const auto connection = response.headers.get("connection");
      connection && equal_without_case(*connection, "close")) {
    answer.keep_connection = false;
  }

  if (response.stream != nullptr && context.http_1_0) answer.keep_connection = false;

  answer.head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.headers) {
    if (!is_ours(name)) answer.head.append(name).append(": ").append(value).append("\r\n");
  }
  const bool has_content = response.status != 204 && response.status != 304;
  const bool truncated = response.wire == Response::Wire::truncated_body;
  if (has_content && response.stream != nullptr) {
    if (!context.http_1_0) answer.head += "Transfer-Encoding: chunked\r\n";
  } else if (has_content) {
    const std::size_t announced = truncated ? std::max<std::size_t>(response.body.size(), 1) : response.body.size();
    answer.head += fmt::format("Content-Length: {}\r\n", announced);
  }
  if (!answer.keep_connection) {
    answer.head += "Connection: close\r\n";
  } else if (context.http_1_0) {
    answer.head += "Connection: keep-alive\r\n";
  }
  answer.head += "\r\n";
  if (!has_content || context.head_request) return answer;
  if (response.stream != nullptr) {
    answer.stream = std::move(response.stream);
  } else {
    if (truncated) response.body.resize(response.body.size() / 2);
    answer.body = std::move(response.body);
  }
  return answer;
}

std::string wire_chunk(std::string_view piece) {
  if (piece.empty()) return "0\r\n\r\n";
  return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

}  // namespace syncwell::net
