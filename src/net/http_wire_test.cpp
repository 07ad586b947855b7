#include "net/http_wire.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "net/body_source.hpp"

namespace syncwell::net {
namespace {

TEST(WireAnswer, AddsLengthAndLeavesTheRestAlone) {
  const auto answer = wire_answer({.status = 200, .headers = {{"Content-Type", "a/b"}}, .body = "xyz"}, {});
  EXPECT_EQ(answer.head, "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(answer.body, "xyz");
  EXPECT_TRUE(answer.keep_connection);
}

TEST(WireAnswer, OwnsTheFieldsThatFrameTheMessage) {
  const auto answer = wire_answer(
      {.status = 200, .headers = {{"content-length", "99"}, {"Transfer-Encoding", "chunked"}}, .body = "x"}, {});
  EXPECT_EQ(answer.head, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
}

TEST(WireAnswer, HeadAnnouncesTheBodyWithoutSendingIt) {
  const auto answer = wire_answer({.status = 200, .body = "xyz"}, {.head_request = true});
  EXPECT_NE(answer.head.find("Content-Length: 3\r\n"), std::string::npos);
  EXPECT_EQ(answer.body, "");
}

TEST(WireAnswer, NoContentHasNeitherLengthNorBody) {
  for (const int status : {204, 304}) {
    const auto answer = wire_answer({.status = status, .body = "xyz"}, {});
    EXPECT_EQ(answer.head.find("Content-Length"), std::string::npos);
    EXPECT_EQ(answer.body, "");
  }
}

TEST(WireAnswer, SaysWhetherTheConnectionIsKept) {
  EXPECT_EQ(wire_answer({}, {.keep_connection = false}).head,
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(wire_answer({}, {.http_1_0 = true}).head,
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_FALSE(wire_answer({.headers = {{"connection", "Close"}}}, {}).keep_connection);
}

TEST(WireAnswer, WhatHttpCannotCarryBecomesABare500) {
  const std::string bare = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(wire_answer({.status = 99, .body = "secret"}, {}).head, bare);
  EXPECT_EQ(wire_answer({.status = 101}, {}).head, bare);
  EXPECT_EQ(wire_answer({.status = 600}, {}).head, bare);
  EXPECT_EQ(wire_answer({.headers = {{"X", "a\r\nSet-Cookie: b"}}}, {}).head, bare);
  EXPECT_EQ(wire_answer({.headers = {{"X y", "a"}}}, {}).head, bare);
  EXPECT_EQ(wire_answer({.status = 99, .body = "secret"}, {}).body, "");
}

TEST(WireAnswer, ATruncatedBodyAnnouncesTheWhole) {
  const auto answer = wire_answer({.body = "abcd", .wire = Response::Wire::truncated_body}, {});
  EXPECT_NE(answer.head.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_EQ(answer.body, "ab");
  EXPECT_FALSE(answer.keep_connection);
  const auto empty = wire_answer({.wire = Response::Wire::truncated_body}, {});
  EXPECT_NE(empty.head.find("Content-Length: 1\r\n"), std::string::npos);
}

class NoSource final : public BodySource {
 public:
  Async<Result<std::string>> next() override { co_return std::string(); }
};

TEST(WireAnswer, AStreamHasChunksInsteadOfALength) {
  const auto source = std::make_shared<NoSource>();
  const auto answer = wire_answer({.headers = {{"Content-Length", "5"}}, .stream = source}, {});
  EXPECT_EQ(answer.head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(answer.stream, source);
  EXPECT_EQ(wire_answer({.stream = source}, {.head_request = true}).stream, nullptr);
  EXPECT_EQ(wire_answer({.status = 304, .stream = source}, {}).stream, nullptr);
  const auto old = wire_answer({.stream = source}, {.http_1_0 = true});
  EXPECT_EQ(old.head, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
  EXPECT_FALSE(old.keep_connection);
  EXPECT_EQ(wire_answer({.headers = {{"X", "\n"}}, .stream = source}, {}).stream, nullptr);
  EXPECT_EQ(wire_chunk(std::string(255, 'x')), "ff\r\n" + std::string(255, 'x') + "\r\n");
  EXPECT_EQ(wire_chunk(""), "0\r\n\r\n");
}

RC_GTEST_PROP(WireAnswer, NoFieldEverEndsTheHeadEarly, (std::string name, std::string value)) {
  const auto answer = wire_answer({.headers = {{name, value}}, .body = "x"}, {});
  RC_ASSERT(answer.head.find("\r\n\r\n") == answer.head.size() - 4);
}

}  // namespace
}  // namespace syncwell::net
