#include "net/http_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "net/loopback_test_world.hpp"

namespace syncwell::net {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// What a source does, seen from outside.
struct Script {
  explicit Script(Runtime& runtime) : more(runtime.executor(), std::chrono::steady_clock::time_point::max()) {}
  std::deque<std::string> pieces;  // what it gives; when there are none, it waits
  bool repeats = false;            // the first piece for ever
  bool ends_soundly = true;        // when cancelled
  bool throws = false;
  std::optional<Error> error;  // instead of a piece
  std::size_t asked = 0;
  std::size_t cancelled = 0;
  std::size_t alive = 0;
  boost::asio::steady_timer more;

  void give(std::string piece) {
    pieces.push_back(std::move(piece));
    more.cancel();
  }
};

class ScriptedSource final : public BodySource {
 public:
  explicit ScriptedSource(Script& script) : script_(script) { ++script_.alive; }
  ~ScriptedSource() override { --script_.alive; }
  ScriptedSource(const ScriptedSource&) = delete;
  ScriptedSource& operator=(const ScriptedSource&) = delete;

  Async<Result<std::string>> next() override {
    ++script_.asked;
    if (script_.throws) throw std::runtime_error("secret");
    if (script_.error) co_return fail(*script_.error);
    while (script_.pieces.empty()) {
      if (!co_await is_cancelled()) co_await script_.more.async_wait(test_awaiting);
      if (!co_await is_cancelled()) continue;
      ++script_.cancelled;
      if (script_.ends_soundly) co_return std::string();
      co_return fail(ErrorCode::cancelled, "the stream was cancelled");
    }
    std::string piece = script_.pieces.front();
    if (!script_.repeats) script_.pieces.pop_front();
    co_return piece;
  }

 private:
  Script& script_;
};

class HttpStreamTest : public testing::Test {
 protected:
  void TearDown() override {
    if (server_) world.stop(*server_);
    EXPECT_EQ(script.alive, 0u) << "a source that nobody reads any more";
  }
  HttpServer& serve(ServerLimits limits = {}) {
    backend.answer = [this](const Request& request) {
      if (request.url != "/stream") return Response{.body = "plain " + request.url};
      return Response{.headers = {{"X", "y"}}, .stream = std::make_shared<ScriptedSource>(script)};
    };
    server_.emplace(world.runtime, limits, backend.handler());
    EXPECT_TRUE(server_->listen("127.0.0.1", 0).has_value());
    return *server_;
  }
  std::string exchange(std::string text) {
    RawConnection connection(world);
    return world.run(connection.exchange(server_->port(), std::move(text)));
  }
  // Connects and reads the head and the first piece of a stream.
  std::string open(RawConnection& connection, const std::string& first_piece) {
    EXPECT_TRUE(world.run(connection.connect(server_->port())));
    EXPECT_TRUE(world.run(connection.write("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")));
    return world.run(connection.read_until(first_piece));
  }

  LoopbackWorld world;
  Backend backend{world.runtime};
  Script script{world.runtime};
  std::optional<HttpServer> server_;
};

const std::string get_stream = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string get_and_close = "GET /after HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

TEST_F(HttpStreamTest, SendsEachPieceAsAChunkAndGoesOnWithTheConnection) {  // API: streams
  serve();
  script.pieces = {"one", std::string(17, 'x'), ""};
  const std::string all = exchange(get_stream + get_and_close);
  EXPECT_THAT(all, StartsWith("HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "3\r\none\r\n11\r\nxxxxxxxxxxxxxxxxx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(all, EndsWith("plain /after"));
  EXPECT_EQ(script.asked, 3u);
}

TEST_F(HttpStreamTest, APieceArrivesWhenItIsThereHoweverLongTheHandlerMayTake) {  // API: streams
  serve({.handler_timeout = 20ms, .answer_timeout = 20ms});
  script.pieces = {"first"};
  RawConnection connection(world);
  EXPECT_THAT(open(connection, "first\r\n"), EndsWith("5\r\nfirst\r\n"));
  (void)world.run(world.runtime.sleep_for(100ms));
  script.give("second");
  EXPECT_EQ(world.run(connection.read_until("second\r\n")), "6\r\nsecond\r\n");
  script.give("");
  EXPECT_EQ(world.run(connection.read_until("\r\n\r\n")), "0\r\n\r\n");
}

TEST_F(HttpStreamTest, AnOldClientGetsThePiecesUpToTheEndOfTheConnection) {  // HTTP/1.0
  serve();
  script.pieces = {"one", "two", ""};
  EXPECT_EQ(exchange("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nX: y\r\nConnection: close\r\n\r\nonetwo");
  script.pieces = {"one"};
  script.error = Error{ErrorCode::storage_failed, "later"};
  RawConnection connection(world);
  (void)world.run(connection.exchange(server_->port(), "GET /stream HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(connection.last_error(), boost::asio::error::connection_reset) << "that was not the end of the body";
}

TEST_F(HttpStreamTest, HeadAsksForNoPiece) {
  serve();
  EXPECT_EQ(exchange("HEAD /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(script.asked, 0u);
}

// --- limits, each one past -----------------------------------------------------------------------------------------

TEST_F(HttpStreamTest, OneStreamTooManyIsRefusedUntilAnotherEnds) {
  serve({.max_streams = 2});
  std::vector<std::unique_ptr<RawConnection>> readers;
  for (int count = 0; count < 2; ++count) {
    script.pieces = {"a"};
    readers.push_back(std::make_unique<RawConnection>(world));
    EXPECT_THAT(open(*readers.back(), "a\r\n"), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_THAT(exchange(get_stream + get_and_close),
              AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\nRetry-After: "), HasSubstr("plain /after")));
  readers.front()->close();
  world.run_until([&] { return script.alive == 1; });
  script.pieces = {"b"};
  RawConnection third(world);
  EXPECT_THAT(open(third, "b\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpStreamTest, APieceThatIsTooLargeCutsTheStream) {
  serve({.max_chunk_bytes = 1000});
  script.pieces = {std::string(1000, 'x'), ""};
  EXPECT_THAT(exchange(get_stream + get_and_close), HasSubstr("x\r\n0\r\n\r\n"));
  script.pieces = {std::string(1001, 'x'), ""};
  const std::string cut = exchange(get_stream + get_and_close);
  EXPECT_THAT(cut, AllOf(EndsWith("chunked\r\n\r\n"), Not(HasSubstr("x\r\n0"))));
}

TEST_F(HttpStreamTest, ASlowReaderMakesTheSourceWaitAndIsDisconnectedInTheEnd) {  // API: no unbounded memory
  HttpServer& server = serve({.answer_timeout = 50ms});
  script.pieces = {std::string(64 * 1024, 'x')};
  script.repeats = true;
  RawConnection connection(world);
  ASSERT_TRUE(world.run(connection.connect(server.port())));
  ASSERT_TRUE(world.run(connection.write(get_stream)));
  world.run_until([&] { return backend.seen.size() == 1; });
  world.run_until([&] { return server.open_connections() == 0; });
  EXPECT_LT(script.asked, 1000u) << "what the system's buffers take, and one piece more";
  EXPECT_EQ(script.alive, 0u);
}

// --- faults --------------------------------------------------------------------------------------------------------

TEST_F(HttpStreamTest, AClientThatGoesAwayCancelsItsSourceAtOnce) {
  HttpServer& server = serve();
  for (const bool resets : {false, true}) {
    script.pieces = {"a"};
    script.cancelled = 0;
    RawConnection connection(world);
    (void)open(connection, "a\r\n");
    if (resets) connection.socket().set_option(boost::asio::socket_base::linger(true, 0));
    connection.close();
    world.run_until([&] { return server.open_connections() == 0; });
    EXPECT_EQ(script.cancelled, 1u);
    EXPECT_EQ(script.alive, 0u);
  }
  EXPECT_THAT(exchange(get_and_close), EndsWith("plain /after")) << "the server goes on";
}

TEST_F(HttpStreamTest, WhatAClientSendsAheadIsKeptForLater) {
  serve();
  script.pieces = {"a"};
  RawConnection connection(world);
  (void)open(connection, "a\r\n");
  ASSERT_TRUE(world.run(connection.write(get_and_close)));
  world.context.restart();
  world.context.poll();  // the server reads it while the stream waits
  script.give("b");
  script.give("");
  EXPECT_THAT(world.run(connection.read_all()), AllOf(StartsWith("1\r\nb\r\n0\r\n\r\n"), EndsWith("plain /after")));
}

TEST_F(HttpStreamTest, AClientThatSendsTooMuchAheadIsNotListenedToAndGetsItsStream) {
  serve();
  script.pieces = {"a"};
  RawConnection connection(world);
  (void)open(connection, "a\r\n");
  ASSERT_TRUE(world.run(connection.write("GET /" + std::string(8000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n")));
  script.give("b");
  script.give("");
  EXPECT_EQ(world.run(connection.read_until("0\r\n\r\n")), "1\r\nb\r\n0\r\n\r\n");
  EXPECT_THAT(world.run(connection.read_until("xxx")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpStreamTest, AFailingSourceCutsTheConnectionWithoutTheLastChunk) {
  serve();
  script.error = Error{ErrorCode::storage_failed, "secret"};
  EXPECT_THAT(exchange(get_stream + get_and_close), EndsWith("chunked\r\n\r\n"));
  script.error.reset();
  script.throws = true;
  EXPECT_THAT(exchange(get_stream + get_and_close), AllOf(EndsWith("chunked\r\n\r\n"), Not(HasSubstr("secret"))));
  script.throws = false;
  script.pieces = {"sound", ""};
  EXPECT_THAT(exchange(get_stream + get_and_close), HasSubstr("sound")) << "the server goes on";
}

// --- stop ----------------------------------------------------------------------------------------------------------

TEST_F(HttpStreamTest, StopEndsStreamsAtOnceWhateverTheGrace) {
  for (const bool sound : {true, false}) {
    HttpServer& server = serve();
    script.ends_soundly = sound;
    script.pieces = {"a"};
    RawConnection connection(world);
    (void)open(connection, "a\r\n");
    const auto began = world.runtime.steady_now();
    world.stop(server, 1h);
    EXPECT_LT(world.runtime.steady_now() - began, 30s);
    EXPECT_EQ(world.run(connection.read_all()), sound ? "0\r\n\r\n" : "") << "whole as it is, or cut";
    EXPECT_EQ(script.alive, 0u);
  }
}

TEST_F(HttpStreamTest, StopCutsASourceThatGoesOn) {
  HttpServer& server = serve();
  script.pieces = {"a"};
  script.repeats = true;
  RawConnection connection(world);
  (void)open(connection, "a\r\n");
  const auto rest = world.start(connection.read_all());
  world.stop(server, 1h);
  world.run_until([&] { return rest->value.has_value(); });
  EXPECT_THAT(*rest->value, Not(EndsWith("0\r\n\r\n")));
}

TEST_F(HttpStreamTest, StopGivesASlowReaderNoMoreThanItsGrace) {
  HttpServer& server = serve({.max_chunk_bytes = 64 * 1024 * 1024});
  script.pieces = {std::string(32 * 1024 * 1024, 'x')};  // more than the system's buffers take
  RawConnection connection(world);
  ASSERT_TRUE(world.run(connection.connect(server.port())));
  ASSERT_TRUE(world.run(connection.write(get_stream)));
  world.run_until([&] { return script.asked == 1; });
  world.stop(server, 10ms);
  EXPECT_EQ(server.open_connections(), 0u);
}

TEST_F(HttpStreamTest, DestructionEndsStreams) {
  serve();
  script.pieces = {"a"};
  RawConnection connection(world);
  (void)open(connection, "a\r\n");
  server_.reset();
  world.run_until([&] { return script.alive == 0; });
}

}  // namespace
}  // namespace syncwell::net
