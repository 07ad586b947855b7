#include "net/curl_client.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>

#include "net/loopback_test_world.hpp"

namespace syncwell::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

using Outcome = Result<Response>;

class CurlClientTest : public testing::Test {
 protected:
  CurlClientTest() { EXPECT_TRUE(server.listen("127.0.0.1", 0).has_value()); }
  void TearDown() override {
    client.reset();
    backend.open_gate();
    world.stop(server);
  }
  // A client that may call the loopback addresses of these tests.
  void make_client(CurlClientSettings settings = {}) {
    settings.allow_private_addresses = true;
    client.emplace(world.runtime, std::move(settings));
  }
  std::string url(std::string_view path = "/") { return fmt::format("http://127.0.0.1:{}{}", server.port(), path); }
  std::shared_ptr<Started<Outcome>> start(Request request, Duration timeout = 30s) {
    return world.start(client->send(std::move(request), Deadline::after(world.runtime, timeout)));
  }
  Outcome send(Request request, Duration timeout = 30s) {
    if (!client) make_client();
    return world.run(client->send(std::move(request), Deadline::after(world.runtime, timeout)));
  }
  void wait_for(const std::vector<std::shared_ptr<Started<Outcome>>>& all) {
    for (const auto& one : all) world.run_until([&] { return one->value.has_value(); });
  }

  LoopbackWorld world;
  Backend backend{world.runtime};
  HttpServer server{world.runtime, ServerLimits{.max_connections = 4096, .max_body_bytes = 8 * 1024 * 1024},
                    backend.handler()};
  std::optional<CurlClient> client;
};

ErrorCode code_of(const Outcome& outcome) {
  EXPECT_FALSE(outcome.has_value());
  return outcome ? ErrorCode::internal : outcome.error().code;
}

// --- requests and answers ------------------------------------------------------------------------------------------

TEST_F(CurlClientTest, CarriesMethodFieldsAndBodyBothWays) {
  backend.answer = [](const Request&) {
    return Response{.status = 404, .headers = {{"X-A", " 1"}, {"x-a", "2"}, {"Empty", ""}}, .body = "gone"};
  };
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    const auto answer = send({.method = method,
                              .url = url("/p?q=1#f"),
                              .headers = {{"Content-Type", "a/b"}, {"X-B", ""}, {"Content-Length", "99"}},
                              .body = std::string("\0body", 5)});
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, "gone");
    EXPECT_THAT(std::vector(answer->headers.begin(), answer->headers.end()),
                testing::ElementsAre(testing::Pair("X-A", "1"), testing::Pair("x-a", "2"), testing::Pair("Empty", ""),
                                     testing::Pair("Content-Length", "4")));
    const Request& seen = backend.seen.back();
    EXPECT_EQ(seen.method, method);
    EXPECT_EQ(seen.url, "/p?q=1");
    EXPECT_EQ(seen.body, std::string("\0body", 5));
    EXPECT_EQ(seen.headers.get("content-type"), "a/b");
    EXPECT_EQ(seen.headers.get("x-b"), "");
    EXPECT_EQ(seen.headers.get("content-length"), "5");
    EXPECT_EQ(seen.headers.get("user-agent"), "SyncWell");
    EXPECT_EQ(seen.headers.get("expect"), std::nullopt);
  }
}

TEST_F(CurlClientTest, SendsNoBodyWhereThereIsNone) {
  for (const char* method : {"GET", "DELETE", "POST", "PUT", "HEAD"}) {
    ASSERT_TRUE(send({.method = method, .url = url()}).has_value()) << method;
    EXPECT_EQ(backend.seen.back().method, method);
    EXPECT_EQ(backend.seen.back().body, "");
    EXPECT_EQ(backend.seen.back().headers.get("content-type"), std::nullopt);
  }
}

TEST_F(CurlClientTest, HeadHasNoBodyHoweverLargeItIsAnnounced) {
  make_client({.max_body_bytes = 10});
  backend.answer = [](const Request&) { return Response{.body = std::string(1000, 'x')}; };
  const auto answer = send({.method = "HEAD", .url = url()});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->headers.get("content-length"), "1000");
  EXPECT_EQ(answer->body, "");
}

TEST_F(CurlClientTest, DoesNotFollowRedirects) {
  backend.answer = [](const Request&) { return Response{.status = 302, .headers = {{"Location", "/elsewhere"}}}; };
  EXPECT_EQ(send({.url = url()})->status, 302);
  EXPECT_EQ(backend.seen.size(), 1u);
}

TEST_F(CurlClientTest, CarriesLargeBodies) {
  backend.answer = [](const Request& request) { return Response{.body = request.body}; };
  std::string body(5 * 1024 * 1024, 'x');
  for (std::size_t at = 0; at < body.size(); at += 997) body[at] = static_cast<char>(at);
  for (const char* method : {"POST", "PUT"}) {
    const auto answer = send({.method = method, .url = url(), .body = body});
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_TRUE(answer->body == body);
  }
}

TEST_F(CurlClientTest, KeepsItsConnection) {
  for (int count = 0; count < 10; ++count) ASSERT_TRUE(send({.method = "POST", .url = url(), .body = "x"}).has_value());
  EXPECT_EQ(server.open_connections(), 1u);
}

TEST_F(CurlClientTest, RefusesWhatIsNoRequest) {
  const std::string good = url();
  for (const Request& request : std::vector<Request>{{.url = ""},
                                                     {.url = "/relative"},
                                                     {.url = "127.0.0.1"},
                                                     {.url = "ftp://h/"},
                                                     {.url = "file:///etc/passwd"},
                                                     {.url = "gopher://127.0.0.1:1/x"},
                                                     {.url = "http://"},
                                                     {.url = "http://h:99999/"},
                                                     {.url = "http://h/a b"},
                                                     {.url = "http://h/\r\nX: y"},
                                                     {.url = std::string("http://h/\0x", 11)},
                                                     {.url = "http://user:secret@h/"},
                                                     {.url = "http://h/" + std::string(max_url_bytes, 'x')},
                                                     {.method = "", .url = good},
                                                     {.method = "GET / HTTP/1.1\r\nX:", .url = good},
                                                     {.method = "CONNECT", .url = good},
                                                     {.method = "HEAD", .url = good, .body = "x"},
                                                     {.url = good, .headers = {{"X", "a\r\nY: b"}}},
                                                     {.url = good, .headers = {{"X:", "a"}}},
                                                     {.url = good, .headers = {{"", "a"}}}}) {
    const auto outcome = send(request);
    EXPECT_EQ(code_of(outcome), ErrorCode::invalid_argument) << request.url;
    EXPECT_THAT(outcome.error().message, Not(HasSubstr("secret")));
  }
  EXPECT_TRUE(backend.seen.empty());
}

// --- the way there fails -------------------------------------------------------------------------------------------

TEST_F(CurlClientTest, ANameThatDoesNotExistFailsAllThatWaitForIt) {
  make_client();
  std::vector<std::shared_ptr<Started<Outcome>>> all;
  for (int count = 0; count < 20; ++count) all.push_back(start({.url = "http://host.invalid/secret"}, 60s));
  world.run_until([&] { return client->running() + client->waiting() == 20; });
  EXPECT_EQ(client->running(), 1u);  // one asks the name service
  wait_for(all);
  for (const auto& one : all) {
    EXPECT_EQ(code_of(*one->value), ErrorCode::connection_failed);
    EXPECT_THAT(one->value->error().message, testing::AllOf(HasSubstr("host.invalid:80"), Not(HasSubstr("secret"))));
  }
}

TEST_F(CurlClientTest, CallsNamesAndResolvesThemOnce) {
  make_client();
  std::vector<std::shared_ptr<Started<Outcome>>> all;
  for (int count = 0; count < 50; ++count) {
    all.push_back(start({.url = fmt::format("http://localhost:{}/", server.port())}));
  }
  world.run_until([&] { return client->running() + client->waiting() == 50; });
  EXPECT_EQ(client->running(), 1u);
  backend.gate_closed = true;
  world.run_until([&] { return backend.in_progress == 50; });
  backend.open_gate();
  wait_for(all);
  for (const auto& one : all) EXPECT_TRUE(one->value->has_value());
}

TEST_F(CurlClientTest, NothingListens) {
  HttpServer gone(world.runtime, {}, backend.handler());
  ASSERT_TRUE(gone.listen("127.0.0.1", 0).has_value());
  const std::string target = fmt::format("http://127.0.0.1:{}/", gone.port());
  world.stop(gone);
  EXPECT_EQ(code_of(send({.url = target})), ErrorCode::connection_failed);
}

TEST_F(CurlClientTest, AResetOrATruncatedAnswerIsAFailedConnection) {
  for (const auto wire : {Response::Wire::reset_before_answer, Response::Wire::truncated_body}) {
    backend.answer = [&](const Request&) { return Response{.body = "abcdef", .wire = wire}; };
    EXPECT_EQ(code_of(send({.url = url()})), ErrorCode::connection_failed);
  }
  backend.answer = [](const Request&) { return Response{}; };  // and it recovers
  EXPECT_TRUE(send({.url = url()}).has_value());
}

// INT-5
TEST_F(CurlClientTest, NeverSendsAPostTwice) {
  for (const char* body : {"", "body"}) {
    for (const char* method : {"POST", "PATCH"}) {
      backend.answer = [](const Request&) { return Response{}; };
      ASSERT_TRUE(send({.url = url()}).has_value());  // there is a connection to keep now
      backend.seen.clear();
      backend.answer = [](const Request&) { return Response{.wire = Response::Wire::reset_before_answer}; };
      EXPECT_EQ(code_of(send({.method = method, .url = url(), .body = body})), ErrorCode::connection_failed);
      EXPECT_EQ(backend.seen.size(), 1u) << method << body;
    }
  }
}

TEST_F(CurlClientTest, ServerStopsWhileRequestsRun) {
  make_client();
  backend.gate_closed = true;
  std::vector<std::shared_ptr<Started<Outcome>>> all;
  for (int count = 0; count < 20; ++count) all.push_back(start({.method = "POST", .url = url(), .body = "x"}));
  world.run_until([&] { return backend.in_progress == 20; });
  world.stop(server, 1ms);
  wait_for(all);
  for (const auto& one : all) EXPECT_EQ(code_of(*one->value), ErrorCode::connection_failed);
}

// --- limits --------------------------------------------------------------------------------------------------------

TEST_F(CurlClientTest, ReadsNoMoreThanTheLargestBody) {
  make_client({.max_body_bytes = 1000});
  backend.answer = [](const Request& request) {
    return Response{.body = std::string(static_cast<std::size_t>(std::stoi(request.body)), 'x')};
  };
  EXPECT_EQ(send({.method = "POST", .url = url(), .body = "1000"})->body.size(), 1000u);
  EXPECT_EQ(code_of(send({.method = "POST", .url = url(), .body = "1001"})), ErrorCode::too_large);
}

TEST_F(CurlClientTest, AThousandRequestsShareTheConnectionsOfTheHost) {
  make_client({.max_transfers_per_host = 64});
  std::vector<std::shared_ptr<Started<Outcome>>> all;
  for (int count = 0; count < 1000; ++count) all.push_back(start({.url = url(fmt::format("/{}", count))}));
  world.run_until([&] { return client->running() + client->waiting() == 1000; });
  EXPECT_EQ(client->running(), 64u);
  wait_for(all);
  for (int count = 0; count < 1000; ++count) EXPECT_EQ((*all[count]->value)->body, fmt::format("GET /{} ", count));
  EXPECT_LE(backend.most_in_progress, 64u);
  EXPECT_LE(server.open_connections(), 64u);
  EXPECT_EQ(client->running() + client->waiting(), 0u);
}

TEST_F(CurlClientTest, AThousandRequestsRunAtTheSameTime) {
  make_client({.max_transfers_per_host = 1000});
  backend.gate_closed = true;
  std::vector<std::shared_ptr<Started<Outcome>>> all;
  for (int count = 0; count < 1000; ++count) all.push_back(start({.method = "POST", .url = url(), .body = "x"}, 60s));
  world.run_until([&] { return backend.in_progress == 1000; });
  backend.open_gate();
  wait_for(all);
  for (const auto& one : all) EXPECT_TRUE(one->value->has_value());
}

TEST_F(CurlClientTest, WaitingRequestsRunInOrderOfArrival) {
  make_client({.max_transfers_per_host = 1});
  std::vector<std::shared_ptr<Started<Outcome>>> all;
  for (int count = 0; count < 10; ++count) all.push_back(start({.url = url(fmt::format("/{}", count))}));
  wait_for(all);
  for (std::size_t count = 0; count < 10; ++count) EXPECT_EQ(backend.seen[count].url, fmt::format("/{}", count));
}

TEST_F(CurlClientTest, OneTooManyWaitingIsRefused) {
  make_client({.max_transfers_per_host = 1, .max_waiting_transfers = 2});
  backend.gate_closed = true;
  const auto running = start({.url = url()});
  const auto first = start({.url = url()});
  const auto second = start({.url = url()});
  world.run_until([&] { return client->waiting() == 2; });
  EXPECT_EQ(code_of(send({.url = url()})), ErrorCode::connection_failed);
  backend.open_gate();
  wait_for({running, first, second});
  EXPECT_TRUE(second->value->has_value());
}

// --- time ----------------------------------------------------------------------------------------------------------

TEST_F(CurlClientTest, TheDeadlineEndsEveryKindOfWaiting) {
  make_client({.max_transfers_per_host = 1});
  EXPECT_EQ(code_of(send({.url = url()}, 0ms)), ErrorCode::timeout);
  EXPECT_TRUE(backend.seen.empty());
  backend.gate_closed = true;
  const auto running = start({.url = url("/first")}, 80ms);
  const auto waiting = start({.url = url("/never")}, 40ms);
  wait_for({waiting});
  EXPECT_FALSE(running->value.has_value());
  wait_for({running});
  EXPECT_EQ(code_of(*waiting->value), ErrorCode::timeout);
  EXPECT_EQ(code_of(*running->value), ErrorCode::timeout);
  backend.open_gate();
  EXPECT_TRUE(send({.url = url("/next")}).has_value());
  EXPECT_EQ(backend.seen.back().url, "/next");
  EXPECT_EQ(backend.seen.size(), 2u);
}

TEST_F(CurlClientTest, ADeadlineInTheFarFutureIsOne) {
  make_client();
  EXPECT_TRUE(world.run(client->send({.url = url()}, Deadline{Steady::max()})).has_value());
}

TEST_F(CurlClientTest, SlowBytesMeetTheDeadline) {
  backend.answer = [](const Request&) {
    return Response{.body = std::string(10'000, 'x'), .wire = Response::Wire::slow_body};
  };
  EXPECT_EQ(code_of(send({.url = url()}, 200ms)), ErrorCode::timeout);
}

TEST_F(CurlClientTest, SlowBytesMeetTheLowestSpeed) {
  make_client({.low_speed_bytes_per_second = 100'000, .low_speed_time = 1s});
  backend.answer = [](const Request&) {
    return Response{.body = std::string(100'000, 'x'), .wire = Response::Wire::slow_body};
  };
  EXPECT_EQ(code_of(send({.url = url()}, 1h)), ErrorCode::timeout);
}

TEST_F(CurlClientTest, CancellationEndsRunningAndWaitingRequests) {
  make_client({.max_transfers_per_host = 1});
  backend.gate_closed = true;
  const auto running = start({.url = url("/running")});
  const auto waiting = start({.url = url("/waiting")});
  const auto last = start({.url = url("/last")});
  world.run_until([&] { return backend.in_progress == 1; });
  waiting->cancel();
  wait_for({waiting});
  EXPECT_EQ(code_of(*waiting->value), ErrorCode::cancelled);
  running->cancel();
  wait_for({running});
  EXPECT_EQ(code_of(*running->value), ErrorCode::cancelled);
  backend.open_gate();
  wait_for({last});
  EXPECT_TRUE(last->value->has_value());
  EXPECT_EQ(backend.seen.size(), 2u);
  EXPECT_EQ(client->running() + client->waiting(), 0u);
}

TEST_F(CurlClientTest, CancellationDoesNotWaitForTheNameService) {
  make_client();
  const auto resolving = start({.url = "http://host.invalid/"});
  world.run_until([&] { return client->running() == 1; });
  resolving->cancel();
  wait_for({resolving});
  // A name service that knows at once that there is no such host may be faster than we are.
  EXPECT_THAT(code_of(*resolving->value), testing::AnyOf(ErrorCode::cancelled, ErrorCode::connection_failed));
}

Async<Outcome> cancel_and_send(std::shared_ptr<boost::asio::cancellation_signal> signal, CurlClient& client,
                               Request request, Deadline deadline) {
  signal->emit(boost::asio::cancellation_type::terminal);
  co_return co_await client.send(std::move(request), deadline);
}

TEST_F(CurlClientTest, ACoroutineThatIsCancelledAlreadySendsNothing) {
  make_client();
  auto signal = std::make_shared<boost::asio::cancellation_signal>();
  std::optional<Outcome> outcome;
  boost::asio::co_spawn(world.context.get_executor(),
                        without_cancellation_exceptions(
                            cancel_and_send(signal, *client, {.url = url()}, Deadline::after(world.runtime, 10s))),
                        boost::asio::bind_cancellation_slot(
                            signal->slot(), [&](std::exception_ptr, Outcome value) { outcome = std::move(value); }));
  world.run_until([&] { return outcome.has_value(); });
  EXPECT_EQ(code_of(*outcome), ErrorCode::cancelled);
  EXPECT_TRUE(backend.seen.empty());
}

TEST_F(CurlClientTest, DestructionCancelsWhatRunsAndWaits) {
  make_client({.max_transfers_per_host = 1});
  backend.gate_closed = true;
  const auto running = start({.url = url()});
  const auto waiting = start({.url = url()});
  world.run_until([&] { return backend.in_progress == 1; });
  client.reset();
  wait_for({running, waiting});
  EXPECT_EQ(code_of(*running->value), ErrorCode::cancelled);
  EXPECT_EQ(code_of(*waiting->value), ErrorCode::cancelled);
}

TEST(CurlClientLifetime, CoroutinesMayBeDestroyedWithTheIoContext) {
  LoopbackWorld world;
  Backend backend(world.runtime);
  backend.gate_closed = true;
  HttpServer server(world.runtime, {}, backend.handler());
  ASSERT_TRUE(server.listen("127.0.0.1", 0).has_value());
  CurlClient client(world.runtime, {.max_transfers_per_host = 1, .allow_private_addresses = true});
  const Request request{.url = fmt::format("http://127.0.0.1:{}/", server.port())};
  (void)world.start(client.send(request, Deadline::after(world.runtime, 1h)));
  (void)world.start(client.send(request, Deadline::after(world.runtime, 1h)));
  world.run_until([&] { return backend.in_progress == 1; });
}

// --- addresses that are not called (DESIGN 4, SSRF) ----------------------------------------------------------------

TEST_F(CurlClientTest, RefusesPrivateAddressesHoweverTheyAreSpelt) {
  client.emplace(world.runtime, CurlClientSettings{});
  const auto port = server.port();
  for (const std::string& host :
       {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "0.0.0.0", "0", "[::1]",
        "[::ffff:127.0.0.1]", "[::]", "10.0.0.1", "169.254.169.254", "[fe80::1]", "[64:ff9b::7f00:1]"}) {
    const auto outcome = send({.url = fmt::format("http://{}:{}/", host, port)}, 20s);
    EXPECT_EQ(code_of(outcome), ErrorCode::refused_address) << host << " " << outcome.error().message;
  }
  EXPECT_EQ(server.open_connections(), 0u);
  EXPECT_TRUE(backend.seen.empty());
}

TEST_F(CurlClientTest, AllowsTheNamedPrivateHostAndNoOther) {
  const auto port = server.port();
  client.emplace(world.runtime, CurlClientSettings{.private_hosts_allowed = {fmt::format("LOCALHOST:{}", port)}});
  EXPECT_TRUE(send({.url = fmt::format("http://localhost:{}/", port)}).has_value());
  // Not through the connection that is kept for the allowed name either.
  EXPECT_EQ(code_of(send({.url = url()})), ErrorCode::refused_address);
}

TEST_F(CurlClientTest, IgnoresProxiesOfTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  EXPECT_TRUE(send({.url = url()}).has_value());
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST_F(CurlClientTest, UsesTheConfiguredProxy) {
  client.emplace(world.runtime, CurlClientSettings{.proxy = url("")});
  const auto answer = send({.url = "http://host.invalid/x"});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(backend.seen.back().url, "http://host.invalid/x");
}

// --- answers that are none -----------------------------------------------------------------------------------------

// Accepts one connection, reads a request's header, writes `answer` and closes.
Async<bool> answer_raw(boost::asio::ip::tcp::acceptor& acceptor, std::string answer) {
  auto [error, socket] = co_await acceptor.async_accept(test_awaiting);
  if (error) co_return false;
  std::string received;
  co_await boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(received), "\r\n\r\n", test_awaiting);
  co_await boost::asio::async_write(socket, boost::asio::buffer(answer), test_awaiting);
  socket.shutdown(boost::asio::socket_base::shutdown_send, error);
  co_await socket.async_wait(boost::asio::socket_base::wait_read, test_awaiting);
  co_return true;
}

class RawAnswer : public testing::Test {
 protected:
  Outcome send(std::string answer, CurlClientSettings settings = {}) {
    settings.allow_private_addresses = true;
    auto client = std::make_unique<CurlClient>(world.runtime, std::move(settings));
    const auto served = world.start(answer_raw(acceptor, std::move(answer)));
    auto outcome =
        world.run(client->send({.url = fmt::format("http://127.0.0.1:{}/", acceptor.local_endpoint().port())},
                               Deadline::after(world.runtime, 10s)));
    client.reset();  // ends a connection that it keeps
    world.run_until([&] { return served->value.has_value(); });
    return outcome;
  }
  LoopbackWorld world;
  boost::asio::ip::tcp::acceptor acceptor{world.context, {boost::asio::ip::make_address("127.0.0.1"), 0}};
};

TEST_F(RawAnswer, SkipsInterimAnswersTrailersAndFoldedLines) {
  const auto answer = send(
      "HTTP/1.1 100 Continue\r\nX: interim\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b \t\r\n\r\n3\r\nabc\r\n0\r\nB: trailer\r\n\r\n");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "abc");
  EXPECT_EQ(answer->headers.get("A"), "b");
  EXPECT_EQ(answer->headers.get("X"), std::nullopt);
  EXPECT_EQ(answer->headers.get("B"), std::nullopt);
}

TEST_F(RawAnswer, SkipsFieldsThatAreNone) {  // found by fuzzing
  const auto answer = send("HTTP/1.1 200 OK\r\nA\xe8 : b\r\nC: d\x01\r\nE: f\r\n: g\r\n\r\n");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(std::ranges::distance(answer->headers), 1);
  EXPECT_EQ(answer->headers.get("E"), "f");
}

TEST_F(RawAnswer, ReadsABodyUpToTheEndOfTheConnection) {
  EXPECT_EQ(send("HTTP/1.1 200 OK\r\n\r\nabc")->body, "abc");
  EXPECT_EQ(send("HTTP/1.1 200 OK\r\n\r\n" + std::string(10, 'x'), {.max_body_bytes = 10})->body.size(), 10u);
  EXPECT_EQ(code_of(send("HTTP/1.1 200 OK\r\n\r\n" + std::string(11, 'x'), {.max_body_bytes = 10})),
            ErrorCode::too_large);
}

TEST_F(RawAnswer, RefusesAnEndlessHeader) {
  std::string fields;
  while (fields.size() < max_response_header_bytes) fields += "A: " + std::string(1000, 'x') + "\r\n";
  EXPECT_EQ(code_of(send("HTTP/1.1 200 OK\r\n" + fields + "\r\n")), ErrorCode::too_large);
}

TEST_F(RawAnswer, WhatIsNoHttpIsAFailedConnection) {
  for (const char* text :
       {"", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1", "HTTP/1.1 200 OK\r\nA: b", "<html></html>\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "HTTP/1.1 100 Continue\r\n\r\n"}) {
    EXPECT_EQ(code_of(send(text)), ErrorCode::connection_failed) << text;
  }
}

RC_GTEST_FIXTURE_PROP(RawAnswer, AnythingIsAnAnswerOrAnError, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::oneOf(rc::gen::arbitrary<std::string>(),
                     rc::gen::element<std::string>("HTTP/1.1 200 OK\r\n", "HTTP/1.0 ", "\r\n", "Content-Length: 2\r\n",
                                                   ": ", "\r\n\r\n", "Transfer-Encoding: chunked\r\n",
                                                   "Connection: close\r\n", "1\r\n", "ab")));
  std::string text = "HTTP/1.1 ";
  for (const auto& piece : pieces) text += piece;
  const auto outcome = send(text);
  if (!outcome) RC_ASSERT(!outcome.error().message.empty());
}

}  // namespace
}  // namespace syncwell::net
