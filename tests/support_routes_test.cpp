// The support desk through the API, with the real engine, queue and store behind it (SUP-2 … SUP-6).
#include "api_world.hpp"

namespace syncwell::tests {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class SupportRoutesTest : public ApiWorld {
 protected:
  SupportRoutesTest() {
    for (const auto* role : {"viewer", "support", "admin"}) {
      const auto made = as_operator(
          "POST", "/admin/staff", json::serialize(json::object{{"name", std::string("ada ") + role}, {"role", role}}));
      EXPECT_EQ(made.status, 201) << made.body;
      staff_tokens_[role] = text(made, "token");
    }
  }

  net::Response as(const std::string& role, const std::string& method, const std::string& url,
                   const std::string& body = "") {
    return call(method, url, body, "", staff_tokens_.at(role));
  }
  static std::string text(const net::Response& answer, std::string_view member) {
    return std::string(body_of(answer).at(member).as_string());
  }
  static std::string type_of(const net::Response& answer) { return text(answer, "type"); }
  void look() { ASSERT_TRUE(world.complete(world.support->desk.round())); }

  // A sync whose destination refuses its record for good; its job.
  std::string dead_job() {
    auto& a = platform("a");
    a.put(weight("weight-1"));
    platform("b").push_faults.push_back(Error{ErrorCode::provider_rejected, "weight-1: out of range", {}, 400});
    const auto config = new_config();
    const auto made = call("POST", "/v1/sync-jobs", json::serialize(json::object{{"syncConfigId", config}}),
                           world.runtime.random().uuid4());
    EXPECT_EQ(made.status, 202) << made.body;
    world.work_for(10s);
    look();
    return text(made, "id");
  }
  FakePlatform& platform(const std::string& key) { return dynamic_cast<FakePlatform&>(*world.providers.find(key)); }
  model::Record weight(const std::string& id) {
    model::Record record;
    record.type = model::DataType::weight;
    record.source_id = id;
    record.origin.provider = "scale";
    record.time.start = record.time.end = Moment{world.runtime.now() - 1h, UtcOffset{1h}};
    record.modified = world.runtime.now() - 1h;
    record.payload = model::Quantity{80};
    return record;
  }

  std::map<std::string, std::string, std::less<>> staff_tokens_;
};

TEST_F(SupportRoutesTest, ACaseShowsWhatHappenedAndWhatToDo) {  // SUP-2, SUP-5
  const auto id = dead_job();
  const auto list = body_of(as("viewer", "GET", "/admin/dlq")).at("deadLetters").as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("id").as_string(), id);
  const auto opened = as("viewer", "GET", "/admin/dlq/" + id + "?purpose=ticket%204711");
  ASSERT_EQ(opened.status, 200) << opened.body;
  const auto entry = body_of(opened);
  EXPECT_EQ(entry.at("code").as_string(), "provider_rejected");
  EXPECT_EQ(entry.at("category").as_string(), "bad_data");
  EXPECT_FALSE(entry.at("playbook").as_string().empty());
  EXPECT_FALSE(entry.at("advice").as_string().empty());
  std::vector<std::string> kinds;
  for (const auto& step : entry.at("timeline").as_array()) kinds.emplace_back(step.at("kind").as_string());
  EXPECT_EQ(kinds, (std::vector<std::string>{"asked", "attempt_failed", "dead_lettered"}));
  EXPECT_EQ(opened.body.find("80"), std::string::npos) << "no health value";
}

TEST_F(SupportRoutesTest, NobodyLooksWithoutAPurposeAndEveryLookIsWrittenDown) {  // SUP-5, Q-06
  const auto id = dead_job();
  for (const auto* purpose : {"", "?purpose=", "?purpose=%20%20%20%20%20%20%20", "?purpose=abcd"}) {
    const auto refused = as("support", "GET", "/admin/dlq/" + id + purpose);
    EXPECT_EQ(refused.status, 400) << purpose;
    EXPECT_EQ(type_of(refused), "urn:syncwell:problem:purpose_required");
  }
  EXPECT_EQ(as("support", "GET", "/admin/dlq/" + id + "?purpose=" + std::string(201, 'p')).status, 400);
  EXPECT_EQ(as("support", "GET", "/admin/dlq/" + id + "?purpose=ticket-4711").status, 200);
  const auto audit = body_of(as("admin", "GET", "/admin/audit?limit=1")).at("audit").as_array();
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].at("who").as_string(), "ada support");
  EXPECT_EQ(audit[0].at("action").as_string(), "dlq.view");
  EXPECT_EQ(audit[0].at("target").as_string(), id);
  EXPECT_EQ(audit[0].at("purpose").as_string(), "ticket-4711");
  const auto verdict = body_of(as("admin", "GET", "/admin/audit/verify"));
  EXPECT_TRUE(verdict.at("intact").as_bool());
  EXPECT_EQ(verdict.at("entries").as_int64(), 4) << "three members of the staff, and the look";
  const std::string head(verdict.at("head").as_string());
  EXPECT_TRUE(body_of(as("admin", "GET", "/admin/audit/verify?head=" + head)).at("intact").as_bool());
  EXPECT_EQ(as("admin", "GET", "/admin/audit/verify?head=" + head.substr(1)).status, 400);
}

TEST_F(SupportRoutesTest, ARoleMayDoWhatItMayDo) {  // SUP-5
  const auto id = dead_job();
  const std::string one = "/admin/dlq/" + id;
  const std::string note = R"({"text":"known"})";
  for (const auto& [least, method, path, body] : std::vector<std::array<std::string, 4>>{
           {"viewer", "GET", "/admin/me", ""},
           {"viewer", "GET", "/admin/overview", ""},
           {"viewer", "GET", "/admin/incidents", ""},
           {"viewer", "GET", "/admin/contacts", ""},
           {"viewer", "GET", "/admin/notices", ""},
           {"support", "POST", one + "/annotations", note},
           {"support", "POST", "/admin/contacts/" + id + "/preview", R"({"template":"initial"})"},
           {"support", "POST", "/admin/break-glass", R"({"userId":"local","purpose":"ticket 4711"})"},
           {"admin", "GET", "/admin/staff", ""},
           {"admin", "GET", "/admin/audit", ""},
           {"admin", "GET", "/admin/event-subscriptions", ""},
           {"admin", "DELETE", one, ""}}) {
    EXPECT_EQ(call(method, path, body, "", "").status, 401) << path;
    EXPECT_EQ(call(method, path, body, "", "secret-token").status, 401) << path << ": a person is no staff";
    EXPECT_EQ(call(method, path, body, "", "swst_0123456789abcdef").status, 401) << path;
    bool may = false;
    for (const auto* role : {"viewer", "support", "admin"}) {
      may = may || role == least;
      const auto answer = as(role, method, path, body);
      EXPECT_EQ(answer.status == 403, !may) << role << " " << method << " " << path << ": " << answer.body;
      if (!may) EXPECT_EQ(type_of(answer), "urn:syncwell:problem:role_required");
    }
  }
}

TEST_F(SupportRoutesTest, ARedriveOfWhatIsRedrivenIsAClearConflict) {  // SUP-5
  const auto id = dead_job();
  EXPECT_EQ(as("support", "POST", "/admin/dlq/" + id + "/redrive").status, 202);
  const auto again = as("support", "POST", "/admin/dlq/" + id + "/redrive");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(type_of(again), "urn:syncwell:problem:already_redriven");
  const auto audit = body_of(as("admin", "GET", "/admin/audit?limit=3")).at("audit").as_array();
  EXPECT_EQ(audit[0].at("detail").as_string(), "refused: already_redriven");
  EXPECT_FALSE(audit[1].as_object().contains("detail")) << "written before it was tried";
  EXPECT_FALSE(audit[2].as_object().contains("detail")) << "the one that was done";
  world.work_for(1min);
  look();
  EXPECT_EQ(body_of(as("viewer", "GET", "/admin/dlq?state=resolved")).at("deadLetters").as_array().size(), 1U);
  EXPECT_EQ(type_of(as("support", "POST", "/admin/dlq/" + id + "/redrive")), "urn:syncwell:problem:case_closed");
  EXPECT_EQ(as("support", "POST", "/admin/dlq/job_unknown/redrive").status, 404);
  EXPECT_EQ(platform("b").records().size(), 1U) << "and no duplicate";
}

TEST_F(SupportRoutesTest, ACaseIsAnnotatedArchivedAndPurged) {  // SUP-5
  const auto id = dead_job();
  const std::string hostile = "<script>alert(1)</script>\x1b[2J =cmd()";
  ASSERT_EQ(as("support", "POST", "/admin/dlq/" + id + "/annotations", json::serialize(json::object{{"text", hostile}}))
                .status,
            201);
  EXPECT_EQ(as("support", "POST", "/admin/dlq/" + id + "/annotations",
               json::serialize(json::object{{"text", std::string(2001, 'x')}}))
                .status,
            400);
  const auto opened = body_of(as("viewer", "GET", "/admin/dlq/" + id + "?purpose=ticket-4711"));
  EXPECT_EQ(opened.at("timeline").as_array().back().at("text").as_string(), hostile) << "text is text";
  EXPECT_EQ(as("support", "POST", "/admin/dlq/" + id + "/archive").status, 200);
  EXPECT_TRUE(world.dead_letters().empty());
  EXPECT_EQ(as("support", "POST", "/admin/dlq/" + id + "/archive").status, 409);
  EXPECT_EQ(type_of(as("admin", "DELETE", "/admin/dlq/" + id)), "urn:syncwell:problem:confirmation_required");
  EXPECT_EQ(as("admin", "DELETE", "/admin/dlq/" + id + "?confirm=" + id).status, 204);
  EXPECT_EQ(as("viewer", "GET", "/admin/dlq/" + id + "?purpose=ticket-4711").status, 404);
}

TEST_F(SupportRoutesTest, AnIncidentIsSeenAndSentBackAsOne) {  // SUP-3, SUP-5
  (void)dead_job();
  const auto incidents = body_of(as("viewer", "GET", "/admin/incidents")).at("incidents").as_array();
  ASSERT_EQ(incidents.size(), 1U);
  const std::string id(incidents[0].at("id").as_string());
  EXPECT_EQ(incidents[0].at("open").as_int64(), 1);
  const auto overview = body_of(as("viewer", "GET", "/admin/overview"));
  EXPECT_EQ(overview.at("openEntries").as_int64(), 1);
  EXPECT_EQ(overview.at("queue").at("dead").as_int64(), 1);
  EXPECT_EQ(overview.at("alarms").as_array().size(), 1U);
  EXPECT_EQ(body_of(as("support", "POST", "/admin/incidents/" + id + "/redrive")).at("redriven").as_int64(), 1);
  EXPECT_EQ(as("support", "POST", "/admin/incidents/inc_unknown/redrive").status, 404);
  EXPECT_EQ(as("viewer", "GET", "/admin/incidents/inc_unknown").status, 404);
  world.work_for(1min);
  look();
  EXPECT_EQ(text(as("viewer", "GET", "/admin/incidents/" + id), "state"), "resolved");
}

TEST_F(SupportRoutesTest, TheGlassIsBrokenForAQuarterOfAnHour) {  // SUP-5: break-glass
  const auto job = dead_job();
  EXPECT_EQ(as("support", "POST", "/admin/break-glass", R"({"userId":"local","purpose":"x"})").status, 400);
  const auto broken = as("support", "POST", "/admin/break-glass",
                         json::serialize(json::object{{"userId", "usr_" + world.user}, {"purpose", "ticket 4711"}}));
  ASSERT_EQ(broken.status, 201) << broken.body;
  const auto jobs = body_of(broken).at("jobs").as_array();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].at("jobId").as_string(), job);
  EXPECT_FALSE(jobs[0].at("correlationId").as_string().empty());
  const std::string path = "/admin/break-glass/" + text(broken, "id");
  EXPECT_EQ(as("support", "GET", path).status, 200);
  EXPECT_EQ(as("admin", "GET", path).status, 404) << "it is somebody else's";
  world.runtime.run_for(15min + 1s);
  EXPECT_EQ(as("support", "GET", path).status, 404);
  const auto audit = body_of(as("admin", "GET", "/admin/audit?limit=2")).at("audit").as_array();
  EXPECT_EQ(audit[1].at("action").as_string(), "break_glass.open");
}

TEST_F(SupportRoutesTest, APersonsAddressIsSealedAndNeverShown) {  // SUP-4, DEC-11
  const std::string address = "jane.doe@example.org";
  const auto set = call("PUT", "/v1/users/me/settings",
                        json::serialize(json::object{{"contactEmail", address}, {"locale", "de-DE"}}));
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(set.body.find("jane"), std::string::npos);
  EXPECT_TRUE(body_of(set).at("hasContactEmail").as_bool());
  EXPECT_EQ(call("PUT", "/v1/users/me/settings", R"({"contactEmail":"no address"})").status, 400);
  EXPECT_TRUE(body_of(call("PUT", "/v1/users/me/settings", R"({"locale":"de-DE"})")).at("hasContactEmail").as_bool())
      << "left out: kept";
  const auto id = dead_job();
  const auto preview = as("support", "POST", "/admin/contacts/" + id + "/preview", R"({"template":"initial"})");
  EXPECT_EQ(text(preview, "locale"), "de");
  EXPECT_EQ(preview.body.find("jane"), std::string::npos);
  EXPECT_EQ(type_of(as("support", "POST", "/admin/contacts/" + id + "/send", R"({"template":"initial"})")),
            "urn:syncwell:problem:no_mail_server");
  EXPECT_EQ(as("support", "POST", "/admin/contacts/" + id + "/send", R"({"template":"love letter"})").status, 400);
  EXPECT_FALSE(body_of(call("PUT", "/v1/users/me/settings", R"({"contactEmail":""})")).at("hasContactEmail").as_bool());
  EXPECT_EQ(type_of(as("support", "POST", "/admin/contacts/" + id + "/send", R"({"template":"initial"})")),
            "urn:syncwell:problem:no_address");
  EXPECT_EQ(body_of(call("PUT", "/v1/users/me/settings", R"({"contactOptOut":true})")).at("contactOptOut").as_bool(),
            true);
  EXPECT_EQ(type_of(as("support", "POST", "/admin/contacts/" + id + "/send", R"({"template":"initial"})")),
            "urn:syncwell:problem:opted_out");
  const auto contacts = body_of(as("viewer", "GET", "/admin/contacts")).at("contacts").as_array();
  ASSERT_EQ(contacts.size(), 1U);
  EXPECT_EQ(contacts[0].at("state").as_string(), "running");
}

TEST_F(SupportRoutesTest, WhoIsRemovedFromTheStaffIsOut) {  // SUP-5
  const auto staff = body_of(as("admin", "GET", "/admin/staff")).at("staff").as_array();
  ASSERT_EQ(staff.size(), 3U);
  for (const auto& member : staff) {
    if (member.at("role").as_string() == "viewer")
      EXPECT_EQ(as("admin", "DELETE", "/admin/staff/" + std::string(member.at("id").as_string())).status, 204);
  }
  EXPECT_EQ(as("viewer", "GET", "/admin/me").status, 401);
  EXPECT_EQ(text(as("support", "GET", "/admin/me"), "role"), "support");
  EXPECT_EQ(as("admin", "POST", "/admin/staff", R"({"name":"<b>","role":"admin"})").status, 400);
  EXPECT_EQ(as("admin", "POST", "/admin/staff", R"({"name":"eve","role":"god"})").status, 400);
}

}  // namespace
}  // namespace syncwell::tests
