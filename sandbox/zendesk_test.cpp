// SUP-4: the imposter that our tickets are tried against.
#include "sandbox/zendesk.hpp"

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using testing::json_of;
using testing::World;

// base64 of "agent@sync.example/token:syncwell-zendesk-token"
constexpr auto login = "Basic YWdlbnRAc3luYy5leGFtcGxlL3Rva2VuOnN5bmN3ZWxsLXplbmRlc2stdG9rZW4=";

net::Response ask(World& world, std::string method, const std::string& path, std::string body = {},
                  std::string key = {}) {
  net::Request request{.method = std::move(method),
                       .url = "/zendesk" + path,
                       .headers = {{"Authorization", login}, {"Content-Type", "application/json"}},
                       .body = std::move(body)};
  if (!key.empty()) request.headers.set("Idempotency-Key", std::move(key));
  return world.call(std::move(request));
}

const std::string printer =
    R"({"ticket":{"external_id":"c-1","subject":"Printer","priority":"high","tags":["a"],"comment":{"body":"on fire"}}})";

// SUP-4
TEST(ZendeskImposter, TicketsAreOpenedFoundAndSolved) {
  World world;
  const auto made = ask(world, "POST", "/api/v2/tickets.json", printer);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(json_of(made).at("ticket").at("id").as_int64(), 1);
  EXPECT_EQ(json_of(ask(world, "GET", "/api/v2/tickets.json?external_id=c-1")).at("count").as_int64(), 1);
  EXPECT_EQ(json_of(ask(world, "GET", "/api/v2/tickets.json?external_id=c")).at("count").as_int64(), 0);
  EXPECT_EQ(ask(world, "PUT", "/api/v2/tickets/1.json",
                R"({"ticket":{"status":"solved","comment":{"body":"out","public":false}}})")
                .status,
            200);
  const auto& ticket = world.sandbox.zendesk().tickets().at(1);
  EXPECT_EQ(ticket.status, "solved");
  ASSERT_EQ(ticket.comments.size(), 2U);
  EXPECT_FALSE(ticket.comments[1].is_public);
  const auto state = json_of(world.control("GET", "state?provider=zendesk"));
  EXPECT_EQ(state.at("tickets").at(0).at("comments").at(1).at("body").as_string(), "out");
}

// SUP-4: a key means one ticket for two hours.
TEST(ZendeskImposter, IdempotencyKeysAreRemembered) {
  World world;
  const auto create = [&](const std::string& body) { return ask(world, "POST", "/api/v2/tickets.json", body, "k"); };
  EXPECT_EQ(create(printer).headers.get("x-idempotency-lookup"), "miss");
  const auto again = create(printer);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.headers.get("x-idempotency-lookup"), "hit");
  EXPECT_EQ(world.sandbox.zendesk().tickets().size(), 1U);
  EXPECT_EQ(create(R"({"ticket":{"comment":{"body":"another"}}})").status, 400);
  world.now += std::chrono::hours{2};
  EXPECT_EQ(create(printer).headers.get("x-idempotency-lookup"), "miss");
  EXPECT_EQ(world.sandbox.zendesk().tickets().size(), 2U);
}

// SUP-4
TEST(ZendeskImposter, RefusesWhatZendeskRefuses) {
  World world;
  EXPECT_EQ(world.call({.method = "GET", .url = "/zendesk/api/v2/tickets.json"}).status, 401);
  EXPECT_EQ(world
                .call({.method = "GET",
                       .url = "/zendesk/api/v2/tickets.json",
                       .headers = {{"Authorization", "Basic bm9ib2R5"}}})
                .status,
            401);
  for (const char* bad : {"no json", "{}", R"({"ticket":7})"}) {
    EXPECT_EQ(ask(world, "POST", "/api/v2/tickets.json", bad).status, 400) << bad;
  }
  for (const char* bad : {R"({"ticket":{"subject":"a"}})", R"({"ticket":{"comment":{"body":""}}})",
                          R"({"ticket":{"comment":{"body":"a"},"priority":"P1"}})",
                          R"({"ticket":{"comment":{"body":"a"},"tags":["a b"]}})",
                          R"({"ticket":{"comment":{"body":"a"},"requester":{"name":"A","email":"nobody"}}})"}) {
    EXPECT_EQ(ask(world, "POST", "/api/v2/tickets.json", bad).status, 422) << bad;
  }
  EXPECT_TRUE(world.sandbox.zendesk().tickets().empty());
  EXPECT_EQ(ask(world, "PUT", "/api/v2/tickets/1.json", printer).status, 404);
  EXPECT_EQ(ask(world, "POST", "/api/v2/tickets.json", printer).status, 201);
  EXPECT_TRUE(world.sandbox.zendesk().close(1));
  EXPECT_EQ(ask(world, "PUT", "/api/v2/tickets/1.json", printer).status, 422);
  EXPECT_TRUE(world.sandbox.zendesk().remove(1));
  EXPECT_EQ(ask(world, "GET", "/api/v2/tickets/1.json").status, 404);
}

}  // namespace
}  // namespace syncwell::sandbox
