// SUP-4, SUP-3: tickets, once each, whatever Zendesk answers.
#include "support/zendesk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <deque>

#include "base/utf8.hpp"
#include "base/virtual_runtime.hpp"
#include "sandbox/sandbox.hpp"

namespace syncwell::support {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

const ZendeskSettings settings{
    .base_url = "https://acme.zendesk.com/", .email = "agent@sync.example", .api_token = "syncwell-zendesk-token"};

const Ticket mapping_bug{.external_id = "case-42",
                         .subject = "Strava: mapping",
                         .body = "correlation id 7f3",
                         .priority = TicketPriority::urgent,
                         .tags = {"syncwell", "Category 2"}};

// Answers from a script; then from the sandbox's Zendesk, where there is one.
class Answers final : public net::HttpClient {
 public:
  explicit Answers(Runtime& runtime) : runtime_(runtime) {}
  Answers& then(int status, std::string body, net::Headers headers = {}) {
    script.emplace_back(net::Response{status, std::move(headers), std::move(body)});
    return *this;
  }
  Answers& then_fail(ErrorCode code) {
    script.emplace_back(fail(code, "scripted"));
    return *this;
  }
  Async<Result<net::Response>> send(net::Request request, Deadline deadline) override {
    EXPECT_GT(deadline.at, runtime_.steady_now());
    EXPECT_LE(deadline.at, runtime_.steady_now() + zendesk_timeout);
    for (const auto& [name, value] : request.headers) EXPECT_TRUE(net::is_field_value(value));
    requests.push_back(request);
    if (!script.empty()) {
      auto next = std::move(script.front());
      script.pop_front();
      co_return next;
    }
    request.url = "/zendesk" + request.url.substr(std::string_view("https://acme.zendesk.com").size());
    auto answer = sandbox.handle(request, runtime_.now());
    if (answer.wire == net::Response::Wire::reset_before_answer) co_return fail(ErrorCode::connection_failed, "reset");
    co_return answer;
  }
  std::vector<net::Request> requests;
  std::deque<Result<net::Response>> script;
  sandbox::Sandbox sandbox;

 private:
  Runtime& runtime_;
};

class ZendeskTest : public testing::Test {
 protected:
  Result<std::string> open(Ticket ticket = mapping_bug) { return runtime.run(zendesk.open(std::move(ticket))); }
  Result<void> comment(std::string id, std::string text, bool is_public = false) {
    return runtime.run(zendesk.comment(std::move(id), std::move(text), is_public));
  }
  Result<void> solve(std::string id, std::string text) {
    return runtime.run(zendesk.solve(std::move(id), std::move(text)));
  }
  const std::map<std::int64_t, sandbox::Zendesk::Ticket>& tickets() { return http.sandbox.zendesk().tickets(); }
  void break_once(const std::string& method, const std::string& fault) {
    const auto plan = R"({"rules":[{"match":{"provider":"zendesk","method":")" + method +
                      R"(","until_count":1},"fault":)" + fault + "}]}";
    const auto set = http.sandbox.handle({.method = "PUT", .url = "/_sandbox/faults", .body = plan}, runtime.now());
    ASSERT_EQ(set.status, 200) << set.body;
  }

  VirtualRuntime runtime;
  Answers http{runtime};
  Zendesk zendesk{http, runtime, settings};
};

// SUP-3: a ticket among agents.
TEST_F(ZendeskTest, OpensATicket) {
  EXPECT_EQ(open(), "1");
  ASSERT_EQ(http.requests.size(), 2U);
  EXPECT_EQ(http.requests[0].method, "GET");
  EXPECT_EQ(http.requests[0].url, "https://acme.zendesk.com/api/v2/tickets.json?external_id=case-42");
  EXPECT_EQ(http.requests[1].url, "https://acme.zendesk.com/api/v2/tickets.json");
  EXPECT_EQ(http.requests[1].headers.get("Idempotency-Key"), "syncwell-case-42");
  EXPECT_EQ(http.requests[1].headers.get("Content-Type"), "application/json");
  EXPECT_EQ(http.requests[1].headers.get("Authorization"),
            "Basic YWdlbnRAc3luYy5leGFtcGxlL3Rva2VuOnN5bmN3ZWxsLXplbmRlc2stdG9rZW4=");
  EXPECT_EQ(json::parse(http.requests[1].body), json::parse(R"({"ticket":{"external_id":"case-42",
    "subject":"Strava: mapping","comment":{"body":"correlation id 7f3","public":false},"priority":"urgent",
    "tags":["syncwell","category_2"]}})"));
  EXPECT_EQ(tickets().at(1).priority, "urgent");
}

// SUP-4: a person's ticket is theirs to read, and says in which language to answer.
TEST_F(ZendeskTest, OpensAPersonsTicket) {
  Ticket ticket = mapping_bug;
  ticket.requester = TicketRequester{"Alice", "alice@example.org"};
  ticket.locale = "de-AT";
  ASSERT_EQ(open(ticket), "1");
  EXPECT_EQ(tickets().at(1).requester_email, "alice@example.org");
  EXPECT_TRUE(tickets().at(1).comments.at(0).is_public);
  EXPECT_EQ(tickets().at(1).tags.back(), "locale_de-at");
}

// SUP-4: one ticket for one case, however often it is asked for, also when the answer was lost.
TEST_F(ZendeskTest, OpensOneTicketPerCase) {
  EXPECT_EQ(open(), "1");
  EXPECT_EQ(open(), "1");
  EXPECT_EQ(tickets().size(), 1U);
  Ticket other = mapping_bug;
  other.external_id = "case-43";
  break_once("POST", R"({"kind":"reset_after_commit"})");
  EXPECT_EQ(open(other).error().code, ErrorCode::connection_failed);
  EXPECT_EQ(tickets().size(), 2U);
  EXPECT_EQ(open(other), "2");
  EXPECT_EQ(tickets().size(), 2U);
}

// SUP-4: even where the list does not show it yet.
TEST_F(ZendeskTest, TheIdempotencyKeyDecidesWhereTheListIsLate) {
  EXPECT_EQ(open(), "1");
  http.then(200, R"({"tickets":[]})");
  EXPECT_EQ(open(), "1");
  EXPECT_EQ(tickets().size(), 1U);
}

// SUP-4: the list may hold others.
TEST_F(ZendeskTest, TakesNoOthersTicket) {
  http.then(200, R"({"tickets":[{"id":7,"external_id":"case-4"},{"id":8,"external_id":null},{"id":9}]})")
      .then(201, R"({"ticket":{"id":10}})");
  EXPECT_EQ(open(), "10");
}

// SUP-4
TEST_F(ZendeskTest, CommentsAndSolves) {
  ASSERT_EQ(open(), "1");
  EXPECT_TRUE(comment("1", "seen", false));
  EXPECT_TRUE(comment("1", "dear Alice", true));
  EXPECT_TRUE(solve("1", "mended"));
  EXPECT_TRUE(solve("1", "again"));
  const auto& ticket = tickets().at(1);
  EXPECT_EQ(ticket.status, "solved");
  ASSERT_EQ(ticket.comments.size(), 4U) << "solving what is solved adds nothing";
  EXPECT_FALSE(ticket.comments[1].is_public);
  EXPECT_TRUE(ticket.comments[2].is_public);
  EXPECT_EQ(ticket.comments[3].body, "mended");
}

// SUP-4: tickets that agents have closed or deleted.
TEST_F(ZendeskTest, TicketsThatAreGone) {
  ASSERT_EQ(open(), "1");
  ASSERT_TRUE(http.sandbox.zendesk().close(1));
  EXPECT_EQ(comment("1", "more").error().code, ErrorCode::provider_rejected);
  ASSERT_TRUE(http.sandbox.zendesk().remove(1));
  EXPECT_EQ(comment("1", "more").error().code, ErrorCode::not_found);
  EXPECT_EQ(solve("2", "more").error().code, ErrorCode::not_found);
}

// SUP-4: what to do about each refusal.
TEST_F(ZendeskTest, RefusalsSayWhatToDo) {
  http.then(401, R"({"error":"Couldn't authenticate you"})");
  auto error = open().error();
  EXPECT_EQ(error.code, ErrorCode::unauthenticated);
  EXPECT_EQ(error.http_status, 401);
  EXPECT_THAT(error.message, HasSubstr("API token"));
  EXPECT_THAT(error.message, Not(HasSubstr("syncwell-zendesk-token")));
  http.then(429, "", {{"Retry-After", "93"}});
  error = open().error();
  EXPECT_EQ(error.code, ErrorCode::rate_limited);
  EXPECT_EQ(error.retry_after, std::chrono::seconds{93});
  const std::vector<std::pair<int, ErrorCode>> cases{
      {302, ErrorCode::provider_rejected}, {400, ErrorCode::provider_rejected}, {403, ErrorCode::forbidden},
      {404, ErrorCode::provider_rejected}, {409, ErrorCode::version_conflict},  {422, ErrorCode::provider_rejected},
      {500, ErrorCode::provider_failed},   {503, ErrorCode::provider_failed}};
  for (const auto& [status, code] : cases) {
    http.then(status, "alice@example.org");
    EXPECT_EQ(open().error().code, code) << status;
    http.then(200, R"({"tickets":[]})").then(status, "alice@example.org");
    error = open().error();
    EXPECT_EQ(error.code, code) << status;
    EXPECT_THAT(error.message, Not(HasSubstr("alice")));
  }
  for (const ErrorCode code : {ErrorCode::timeout, ErrorCode::connection_failed, ErrorCode::cancelled}) {
    http.then_fail(code);
    EXPECT_EQ(open().error().code, code);
    http.then_fail(code);
    EXPECT_EQ(comment("1", "a").error().code, code);
  }
  EXPECT_TRUE(tickets().empty());
  EXPECT_EQ(open(), "1");  // and then it works again
}

// SUP-4: an answer that cannot be read opens no ticket, and crashes nothing.
TEST_F(ZendeskTest, HostileAnswersAreRefused) {
  const std::string deep(100'000, '[');
  const std::string huge = R"({"tickets":[],"x":")" + std::string(max_zendesk_answer_bytes, 'x') + "\"}";
  for (const std::string& bad :
       {std::string(), std::string("<html>Sign in</html>"), std::string("[]"), std::string("7"), std::string("{}"),
        std::string(R"({"tickets":7})"), std::string(R"({"tickets":[7]})"), std::string(R"({"tickets":[{"id":"x"}]})"),
        std::string(R"({"tickets":[{"id":-1}]})"), std::string(R"({"tickets":[{"id":1e99}]})"),
        std::string(R"({"tickets":[{"id":1,"external_id":"case-42"},)"), std::string("\xff\xfe"), deep, huge}) {
    http.then(200, bad);
    const auto opened = open();
    ASSERT_FALSE(opened) << bad.substr(0, 50);
    EXPECT_EQ(opened.error().code, ErrorCode::provider_failed);
    EXPECT_EQ(http.requests.back().method, "GET");
    http.then(200, R"({"tickets":[]})").then(201, bad);
    EXPECT_EQ(open().error().code, ErrorCode::provider_failed) << bad.substr(0, 50);
    http.then(200, bad);
    EXPECT_EQ(comment("1", "a").error().code, ErrorCode::provider_failed) << bad.substr(0, 50);
  }
  http.then(200, R"({"ticket":{"id":2}})");  // another one's
  EXPECT_EQ(comment("1", "a").error().code, ErrorCode::provider_failed);
}

// SUP-4: hostile text in a ticket is text.
TEST_F(ZendeskTest, HostileTextIsInert) {
  Ticket ticket = mapping_bug;
  ticket.subject = "a\r\nb\",\"status\":\"closed";
  ticket.body = "\"}}\xff\x01 {{ticket.id}} <script>";
  ticket.tags = {"a b\",", std::string(1000, 'T'), ""};
  ticket.requester = TicketRequester{"x\r\ny", "\"@example.org"};
  ASSERT_EQ(open(ticket), "1");
  EXPECT_TRUE(is_utf8(http.requests.back().body));
  const auto& made = tickets().at(1);
  EXPECT_EQ(made.subject, "a  b\",\"status\":\"closed");
  EXPECT_EQ(made.status, "new");
  EXPECT_EQ(made.comments.at(0).body, "\"}}\xef\xbf\xbd\x01 {{ticket.id}} <script>");
  EXPECT_EQ(made.tags.at(0), "a_b__");
  EXPECT_EQ(made.tags.at(1).size(), 80U);
  EXPECT_EQ(made.tags.size(), 2U);
}

// SUP-4: one past each maximum; what is no id asks nobody.
TEST_F(ZendeskTest, TheMaximumsHold) {
  Ticket ticket = mapping_bug;
  ticket.external_id = std::string(max_external_id_bytes, 'e');
  ticket.subject = std::string(max_ticket_subject_bytes + 1, 's');
  ticket.body = std::string(max_ticket_text_bytes + 1, 'b');
  ticket.tags.assign(max_ticket_tags + 1, "t");
  ASSERT_EQ(open(ticket), "1");
  EXPECT_EQ(tickets().at(1).subject.size(), max_ticket_subject_bytes);
  EXPECT_EQ(tickets().at(1).comments.at(0).body.size(), max_ticket_text_bytes);
  EXPECT_EQ(tickets().at(1).tags.size(), max_ticket_tags);
  http.requests.clear();
  for (const std::string& bad : {std::string(max_external_id_bytes + 1, 'e'), std::string(), std::string("a,b"),
                                 std::string("a b"), std::string("a\r\nb"), std::string("\xc3\xa4")}) {
    ticket.external_id = bad;
    EXPECT_EQ(open(ticket).error().code, ErrorCode::invalid_argument) << bad;
  }
  for (const char* bad : {"", "1/../2", "-1", "1.json?", "12345678901234567890"}) {
    EXPECT_EQ(comment(bad, "a").error().code, ErrorCode::invalid_argument) << bad;
    EXPECT_EQ(solve(bad, "a").error().code, ErrorCode::invalid_argument) << bad;
  }
  EXPECT_TRUE(http.requests.empty());
}

}  // namespace
}  // namespace syncwell::support
