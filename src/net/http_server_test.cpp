#include "net/http_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "net/loopback_test_world.hpp"

namespace syncwell::net {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  void TearDown() override {
    if (server_) {
      backend.open_gate();
      world.stop(*server_);
    }
  }
  HttpServer& serve(ServerLimits limits = {}) {
    server_.emplace(world.runtime, limits, backend.handler());
    EXPECT_TRUE(server_->listen("127.0.0.1", 0).has_value());
    return *server_;
  }
  // One request on a connection of its own, read to the connection's end.
  std::string exchange(std::string text) {
    RawConnection connection(world);
    return world.run(connection.exchange(server_->port(), std::move(text)));
  }

  LoopbackWorld world;
  Backend backend{world.runtime};
  std::optional<HttpServer> server_;
};

constexpr std::string_view last = "Host: h\r\nConnection: close\r\n\r\n";

std::string get(std::string_view target) { return "GET " + std::string(target) + " HTTP/1.1\r\n" + std::string(last); }

TEST_F(HttpServerTest, GivesTheHandlerWhatArrivedAndTheClientWhatItAnswered) {
  serve();
  backend.answer = [](const Request&) { return Response{.status = 201, .headers = {{"X-A", "b"}}, .body = "done"}; };
  EXPECT_EQ(exchange("PATCH /a%20b?c=d HTTP/1.1\r\nX-Twice: 1\r\nx-twice: 2\r\nContent-Length: 3\r\n" +
                     std::string(last) + "xyz"),
            "HTTP/1.1 201 Created\r\nX-A: b\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone");
  ASSERT_EQ(backend.seen.size(), 1u);
  EXPECT_EQ(backend.seen[0].method, "PATCH");
  EXPECT_EQ(backend.seen[0].url, "/a%20b?c=d");
  EXPECT_EQ(backend.seen[0].body, "xyz");
  EXPECT_EQ(backend.seen[0].headers.get("X-Twice"), "1");
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrderOneAtATime) {
  serve();
  std::string requests;
  for (int number = 0; number < 20; ++number) {
    requests += "POST /" + std::to_string(number) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nb";
  }
  const std::string answers = exchange(requests + get("/end"));
  std::size_t at = 0;
  for (int number = 0; number < 20; ++number) {
    at = answers.find("POST /" + std::to_string(number) + " b", at);
    ASSERT_NE(at, std::string::npos) << number;
  }
  EXPECT_THAT(answers, EndsWith("GET /end "));
  EXPECT_EQ(backend.most_in_progress, 1u);
}

TEST_F(HttpServerTest, ClosesAfterHttp10UnlessAskedToKeep) {
  serve();
  EXPECT_THAT(exchange("GET / HTTP/1.0\r\n\r\n"), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(exchange("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get("/b")),
              testing::AllOf(HasSubstr("Connection: keep-alive\r\n"), HasSubstr("GET /b")));
}

TEST_F(HttpServerTest, HeadGetsTheLengthWithoutTheBody) {
  serve();
  backend.answer = [](const Request&) { return Response{.body = "12345"}; };
  EXPECT_EQ(exchange("HEAD / HTTP/1.1\r\n" + std::string(last)),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST_F(HttpServerTest, ReadsAChunkedBodyAndKeepsTrailersOutOfTheFields) {
  serve();
  EXPECT_THAT(exchange("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + std::string(last) +
                       "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nAuthorization: forged\r\n\r\n"),
              EndsWith("POST / abcde"));
  EXPECT_EQ(backend.seen[0].headers.get("authorization"), std::nullopt);
}

Async<std::string> send_after_continue(RawConnection& connection, std::uint16_t port) {
  (void)co_await connection.connect(port);
  (void)co_await connection.write("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n" +
                                  std::string(last));
  const std::string interim = co_await connection.read_until("\r\n\r\n");
  (void)co_await connection.write("body");
  co_return interim + co_await connection.read_all();
}

TEST_F(HttpServerTest, AsksForTheBodyThatWaitsForIt) {
  serve();
  RawConnection connection(world);
  const std::string all = world.run(send_after_continue(connection, server_->port()));
  EXPECT_THAT(all, StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(all, EndsWith("POST / body"));
}

TEST_F(HttpServerTest, RefusesOtherExpectationsAndBodiesThatWouldBeTooLargeWithoutReadingThem) {
  serve({.max_body_bytes = 10});
  EXPECT_THAT(exchange("POST / HTTP/1.1\r\nExpect: 200-ok\r\nContent-Length: 4\r\n" + std::string(last)),
              StartsWith("HTTP/1.1 417 "));
  EXPECT_THAT(exchange("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 11\r\n" + std::string(last)),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, RefusesMalformedRequestsAndCloses) {
  serve();
  for (const std::string& text : std::vector<std::string>{
           "\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\n\nHost: h\n\n", "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nHost h\r\n\r\n", "GET / HTTP/1.1\r\n: h\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nX Y: z\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\x01\r\n\r\n",
           "GET / HTTP/1.1\r\nX: no host\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
           "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "\x16\x03\x01\x02\x05\x01\r\n\r\n",  // TLS
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1x\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
           // request smuggling
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"}) {
    EXPECT_THAT(exchange(text),
                testing::AllOf(StartsWith("HTTP/1.1 400 Bad Request\r\n"), HasSubstr("Connection: close")))
        << text;
  }
  EXPECT_TRUE(backend.seen.empty());
}

TEST_F(HttpServerTest, SurvivesAClientThatGoesAwayInTheMiddle) {
  HttpServer& server = serve();
  for (const char* text :
       {"", "GET / HT", "GET / HTTP/1.1\r\nHost:", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx"}) {
    RawConnection connection(world);
    ASSERT_TRUE(world.run(connection.connect(server.port())));
    ASSERT_TRUE(world.run(connection.write(text)));
    connection.half_close();
    EXPECT_EQ(world.run(connection.read_all()), "") << text;
  }
  EXPECT_TRUE(backend.seen.empty());
  EXPECT_THAT(exchange(get("/alive")), HasSubstr("GET /alive"));
}

RC_GTEST_FIXTURE_PROP(HttpServerTest, GarbageNeverReachesTheHandlerAsMoreThanARequest, ()) {
  if (!server_) serve({.header_timeout = 2s});
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
      rc::gen::arbitrary<std::string>(),
      rc::gen::element<std::string>("GET / HTTP/1.1\r\n", "\r\n", "Host: h\r\n", "Content-Length: 2\r\n", ": ",
                                    "Transfer-Encoding: chunked\r\n", "POST ", " HTTP/1.1", "1\r\n", "ab")));
  std::string text;
  for (const auto& piece : pieces) text += piece;
  RawConnection connection(world);
  RC_ASSERT(world.run(connection.connect(server_->port())));
  (void)world.run(connection.write(text));
  boost::system::error_code ignored;
  connection.socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
  const std::string answers = world.run(connection.read_all());
  RC_ASSERT(answers.empty() || answers.starts_with("HTTP/1.1 "));
}

// --- limits, each one past -----------------------------------------------------------------------------------------

std::string request_with_header_of(std::size_t bytes, std::size_t fields) {
  std::string text = "GET / HTTP/1.1\r\n";
  for (std::size_t count = 1; count < fields; ++count) text += "A: b\r\n";
  return text + "X: " + std::string(bytes - text.size() - 5 - last.size(), 'y') + "\r\n" + std::string(last);
}

TEST_F(HttpServerTest, LimitsTheHeader) {
  constexpr std::size_t limit = 10'000;
  serve({.max_header_bytes = limit});
  for (const std::size_t fields : {1u, 1000u}) {
    EXPECT_THAT(exchange(request_with_header_of(limit, fields)), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(exchange(request_with_header_of(limit + 1, fields)), StartsWith("HTTP/1.1 431 "));
  }
  const std::size_t rest = get("/").size();
  EXPECT_THAT(exchange(get("/" + std::string(limit - rest, 'x'))), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(exchange(get("/" + std::string(limit - rest + 1, 'x'))), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(exchange("GET /" + std::string(1024 * 1024, 'x')), StartsWith("HTTP/1.1 431 "));
  // What is pipelined behind a header does not count for it.
  EXPECT_THAT(exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + request_with_header_of(limit, 1)),
              testing::AllOf(StartsWith("HTTP/1.1 200 "), Not(HasSubstr("431"))));
}

TEST_F(HttpServerTest, LimitsTheBody) {
  constexpr std::size_t limit = 1000;
  serve({.max_body_bytes = limit});
  const auto post = [&](std::size_t bytes) {
    return exchange("POST / HTTP/1.1\r\nContent-Length: " + std::to_string(bytes) + "\r\n" + std::string(last) +
                    std::string(bytes, 'x'));
  };
  const auto post_chunked = [&](std::size_t bytes) {
    return exchange("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + std::string(last) + "1\r\nx\r\n" +
                    fmt::format("{:x}", bytes - 1) + "\r\n" + std::string(bytes - 1, 'x') + "\r\n0\r\n\r\n");
  };
  EXPECT_THAT(post(limit), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(post(limit + 1), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(post_chunked(limit), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(post_chunked(limit + 1), StartsWith("HTTP/1.1 413 "));
  // The answer reaches a client that is still sending.
  EXPECT_THAT(post(512 * 1024), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, OneConnectionTooManyWaitsUntilAnotherEnds) {
  constexpr std::size_t limit = 64;
  HttpServer& server = serve({.max_connections = limit});
  backend.gate_closed = true;
  std::vector<std::shared_ptr<Started<std::string>>> answers;
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (std::size_t count = 0; count < limit + 1; ++count) {
    connections.push_back(std::make_unique<RawConnection>(world));
    answers.push_back(world.start(connections.back()->exchange(server.port(), get("/"))));
  }
  world.run_until([&] { return backend.in_progress == limit; });
  EXPECT_EQ(server.open_connections(), limit);
  backend.open_gate();
  for (const auto& answer : answers) {
    world.run_until([&] { return answer->value.has_value(); });
    EXPECT_THAT(*answer->value, StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_EQ(backend.most_in_progress, limit);
}

TEST_F(HttpServerTest, AnIdleConnectionMakesRoomForANewOne) {
  HttpServer& server = serve({.max_connections = 2, .header_timeout = 1h});
  RawConnection idle(world);
  RawConnection busy(world);
  ASSERT_TRUE(world.run(idle.connect(server.port())));
  ASSERT_TRUE(world.run(idle.write("GET /idle HTTP/1.1\r\nHost: h\r\n\r\n")));
  EXPECT_THAT(world.run(idle.read_until("/idle ")), StartsWith("HTTP/1.1 200 "));
  backend.gate_closed = true;
  const auto running = world.start(busy.exchange(server.port(), get("/busy")));
  world.run_until([&] { return backend.in_progress == 1; });
  RawConnection third(world);
  const auto waiting = world.start(third.exchange(server.port(), get("/third")));
  world.run_until([&] { return backend.in_progress == 2; });
  EXPECT_EQ(world.run(idle.read_all()), "");
  backend.open_gate();
  world.run_until([&] { return running->value && waiting->value; });
  EXPECT_THAT(*running->value, EndsWith("GET /busy "));
}

TEST_F(HttpServerTest, ClientsThatAreSlowOnPurposeLockNobodyOut) {  // API: slow clients cannot hold a worker
  constexpr std::size_t limit = 32;
  HttpServer& server =
      serve({.max_connections = limit, .crowded_patience = 10ms, .header_timeout = 1h, .body_timeout = 1h});
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (std::size_t i = 0; i < limit; ++i) {
    slow.push_back(std::make_unique<RawConnection>(world));
    ASSERT_TRUE(world.run(slow.back()->connect(server.port())));
    const bool in_body = i % 2 == 0;
    ASSERT_TRUE(world.run(slow.back()->write(in_body ? "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx"
                                                     : "GET /slow HTTP/1.1\r\nHos")));
  }
  world.run_until([&] { return server.open_connections() == limit; });
  for (int i = 0; i < 3; ++i) {
    RawConnection honest(world);
    EXPECT_THAT(world.run(honest.exchange(server.port(), get("/honest"))), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_EQ(world.run(slow.front()->read_all()), "") << "the one that has taken longest made room";
  EXPECT_LE(server.open_connections(), limit);
}

// --- time ----------------------------------------------------------------------------------------------------------

Async<std::string> trickle(LoopbackWorld& world, RawConnection& connection, std::uint16_t port, std::string text) {
  (void)co_await connection.connect(port);
  for (const char c : text) {
    if (!co_await connection.write(std::string(1, c))) break;
    (void)co_await world.runtime.sleep_for(5ms);
  }
  co_return co_await connection.read_all();
}

TEST_F(HttpServerTest, ASilentOrTricklingClientIsDisconnected) {
  HttpServer& server = serve({.header_timeout = 50ms});
  EXPECT_EQ(exchange(""), "");
  EXPECT_EQ(exchange("GET / HTTP/1.1\r\nHost: h\r\n"), "");
  RawConnection slow(world);
  EXPECT_EQ(world.run(trickle(world, slow, server.port(), "GET / HTTP/1.1\r\nX: " + std::string(100, 'y'))), "");
  EXPECT_TRUE(backend.seen.empty());
  // A kept connection may idle no longer than that either.
  EXPECT_THAT(exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), EndsWith("GET / "));
  world.run_until([&] { return server.open_connections() == 0; });
}

TEST_F(HttpServerTest, ABodyThatDoesNotComeIsNotWaitedFor) {
  HttpServer& server = serve({.body_timeout = 50ms});
  EXPECT_EQ(exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc"), "");
  RawConnection slow(world);
  EXPECT_EQ(world.run(trickle(world, slow, server.port(),
                              "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n" + std::string(99, 'x'))),
            "");
  EXPECT_TRUE(backend.seen.empty());
}

TEST_F(HttpServerTest, AClientThatDoesNotReadItsAnswerIsDisconnected) {
  HttpServer& server = serve({.answer_timeout = 50ms});
  backend.answer = [](const Request&) { return Response{.body = std::string(32 * 1024 * 1024, 'x')}; };
  RawConnection connection(world);
  ASSERT_TRUE(world.run(connection.connect(server.port())));
  ASSERT_TRUE(world.run(connection.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")));
  world.run_until([&] { return backend.seen.size() == 1; });
  world.run_until([&] { return server.open_connections() == 0; });
}

TEST_F(HttpServerTest, AHandlerThatTakesTooLongIsCancelledAndAnswered503) {
  serve({.handler_timeout = 20ms});
  backend.gate_closed = true;
  const std::string answer = exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(backend.cancelled, 1u);
}

// --- handlers ------------------------------------------------------------------------------------------------------

TEST_F(HttpServerTest, AnExceptionBecomes500WithoutItsText) {
  serve();
  backend.answer = [](const Request&) -> Response { throw std::runtime_error("secret"); };
  EXPECT_EQ(exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  backend.answer = [](const Request&) -> Response { throw 1; };
  EXPECT_THAT(exchange(get("/")), StartsWith("HTTP/1.1 500 "));
}

TEST_F(HttpServerTest, AnAnswerThatHttpCannotCarryBecomes500) {
  serve();
  backend.answer = [](const Request&) { return Response{.headers = {{"X", "a\r\nY: b"}}, .body = "secret"}; };
  EXPECT_EQ(exchange(get("/")), "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

// --- faults on the wire (sandbox) ----------------------------------------------------------------------------------

TEST_F(HttpServerTest, ResetsBeforeTheAnswer) {
  serve();
  backend.answer = [](const Request&) { return Response{.wire = Response::Wire::reset_before_answer}; };
  RawConnection connection(world);
  EXPECT_EQ(world.run(connection.exchange(server_->port(), get("/"))), "");
  EXPECT_EQ(connection.last_error(), boost::asio::error::connection_reset);
  EXPECT_EQ(backend.seen.size(), 1u);
}

TEST_F(HttpServerTest, TruncatesTheBody) {
  serve();
  backend.answer = [](const Request&) { return Response{.body = "abcdef", .wire = Response::Wire::truncated_body}; };
  RawConnection connection(world);
  EXPECT_THAT(world.run(connection.exchange(server_->port(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n")),
              testing::AllOf(HasSubstr("Content-Length: 6\r\n"), EndsWith("\r\n\r\nabc")));
  EXPECT_EQ(connection.last_error(), boost::asio::error::eof);
}

TEST_F(HttpServerTest, SendsTheBodySlowlyOrTheAnswerLate) {
  serve();
  backend.answer = [](const Request&) { return Response{.body = "0123456789", .wire = Response::Wire::slow_body}; };
  auto before = world.runtime.steady_now();
  EXPECT_THAT(exchange(get("/")), EndsWith("\r\n\r\n0123456789"));
  EXPECT_GE(world.runtime.steady_now() - before, 90ms);
  backend.answer = [](const Request&) { return Response{.body = "x", .delay = 30ms}; };
  before = world.runtime.steady_now();
  EXPECT_THAT(exchange(get("/")), EndsWith("\r\n\r\nx"));
  EXPECT_GE(world.runtime.steady_now() - before, 29ms);
}

// --- start and stop ------------------------------------------------------------------------------------------------

TEST_F(HttpServerTest, ListenSaysWhatIsWrong) {
  HttpServer& server = serve();
  HttpServer other(world.runtime, {}, backend.handler());
  EXPECT_EQ(other.port(), 0);
  const auto in_use = other.listen("127.0.0.1", server.port());
  ASSERT_FALSE(in_use.has_value());
  EXPECT_EQ(in_use.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(in_use.error().message,
              testing::AllOf(HasSubstr("127.0.0.1:" + std::to_string(server.port())), HasSubstr("in use")));
  EXPECT_EQ(other.listen("localhost", 0).error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(other.listen("127.0.0.1", 0).has_value());  // after a failure, it may try again
  EXPECT_FALSE(other.listen("127.0.0.1", 0).has_value());
  world.stop(other);
  EXPECT_FALSE(other.listen("127.0.0.1", 0).has_value());
}

TEST_F(HttpServerTest, StopClosesIdleConnectionsAndLetsRequestsFinish) {
  HttpServer& server = serve();
  RawConnection idle(world);
  ASSERT_TRUE(world.run(idle.connect(server.port())));
  ASSERT_TRUE(world.run(idle.write("GET /idle HTTP/1.1\r\nHost: h\r\n\r\n")));
  (void)world.run(idle.read_until("/idle "));
  backend.gate_closed = true;
  RawConnection busy(world);
  const auto answer = world.start(busy.exchange(server.port(), "GET /busy HTTP/1.1\r\nHost: h\r\n\r\n"));
  world.run_until([&] { return backend.in_progress == 1; });
  boost::asio::post(world.context, [&] { backend.open_gate(); });
  world.stop(server, 30s);
  EXPECT_EQ(world.run(idle.read_all()), "");
  world.run_until([&] { return answer->value.has_value(); });
  EXPECT_THAT(*answer->value, testing::AllOf(HasSubstr("Connection: close"), EndsWith("GET /busy ")));
  EXPECT_EQ(backend.cancelled, 0u);
  RawConnection late(world);
  EXPECT_FALSE(world.run(late.connect(server.port())));
}

Async<bool> stop_and_tell(HttpServer& server, Duration grace) {
  co_await server.stop(grace);
  co_return true;
}

TEST_F(HttpServerTest, StopCancelsWhatDoesNotFinishInTimeAndMayBeCalledAgain) {
  HttpServer& server = serve();
  backend.gate_closed = true;
  RawConnection busy(world);
  const auto answer = world.start(busy.exchange(server.port(), get("/")));
  world.run_until([&] { return backend.in_progress == 1; });
  const auto first = world.start(stop_and_tell(server, 1h));
  const auto second = world.start(stop_and_tell(server, 20ms));
  world.run_until([&] { return first->value && second->value; });
  EXPECT_EQ(backend.cancelled, 1u);
  EXPECT_EQ(server.open_connections(), 0u);
  world.run_until([&] { return answer->value.has_value(); });
  EXPECT_EQ(*answer->value, "");
  world.stop(server, 1h);  // nothing left: returns at once
}

TEST_F(HttpServerTest, CancellingStopEndsItsGrace) {
  HttpServer& server = serve();
  backend.gate_closed = true;
  RawConnection busy(world);
  const auto answer = world.start(busy.exchange(server.port(), get("/")));
  world.run_until([&] { return backend.in_progress == 1; });
  const auto stop = world.start(stop_and_tell(server, 1h));
  boost::asio::post(world.context, [&] { stop->cancel(); });
  world.run_until([&] { return stop->value && answer->value; });
  EXPECT_EQ(backend.cancelled, 1u);
}

TEST_F(HttpServerTest, StopEndsDelaysSlowBodiesAndUnfinishedRequests) {
  HttpServer& server = serve();
  backend.answer = [](const Request& request) {
    return request.url == "/late" ? Response{.delay = 1h}
                                  : Response{.body = std::string(100'000, 'x'), .wire = Response::Wire::slow_body};
  };
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (const std::string& text : {get("/late"), get("/slow"), std::string("GET / HT"), std::string()}) {
    connections.push_back(std::make_unique<RawConnection>(world));
    ASSERT_TRUE(world.run(connections.back()->connect(server.port())));
    ASSERT_TRUE(world.run(connections.back()->write(text)));
  }
  world.run_until([&] { return backend.seen.size() == 2 && server.open_connections() == 4; });
  world.stop(server, 5ms);
  EXPECT_EQ(server.open_connections(), 0u);
}

TEST_F(HttpServerTest, StopBeforeListenReturnsAtOnce) {
  HttpServer server(world.runtime, {}, backend.handler());
  world.stop(server, 1h);
}

TEST_F(HttpServerTest, DestructionClosesEverything) {
  auto server = std::make_unique<HttpServer>(world.runtime, ServerLimits{}, backend.handler());
  ASSERT_TRUE(server->listen("127.0.0.1", 0).has_value());
  backend.gate_closed = true;
  RawConnection connection(world);
  const auto answer = world.start(connection.exchange(server->port(), get("/")));
  world.run_until([&] { return backend.in_progress == 1; });
  server.reset();
  world.run_until([&] { return answer->value && backend.cancelled == 1; });
  EXPECT_EQ(*answer->value, "");
}

}  // namespace
}  // namespace syncwell::net
