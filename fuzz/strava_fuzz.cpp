// What Strava answers. Input: a byte for what is done (full fetch, summaries, push), then the answers
// (scripted_answers.hpp). An activity that was read is written as the FIT file of an upload.
#include <algorithm>

#include "fuzz/fetch.hpp"
#include "fuzz/input.hpp"
#include "fuzz/sample_record.hpp"
#include "fuzz/scripted_answers.hpp"
#include "fuzz/target.hpp"
#include "providers/fit/fit_writer.hpp"
#include "providers/strava/strava_provider.hpp"

namespace syncwell::fuzz {

using namespace providers;

namespace {

void check_outward(const Error& error, std::string_view input) {
  require(is_outward_error(error.code), "an outward call fails with a code of outward calls");
  require_message(error.message, input);
}

void check_push(DataProvider& provider, VirtualRuntime& runtime, CallContext context, std::string_view input) {
  const model::Record record = sample_record(model::DataType::workout);
  const std::vector<WriteOp> ops{{WriteOp::Kind::create, "swaaaaaaaaaaaaaaaaaaaaaaaaaa", "", &record},
                                 {WriteOp::Kind::create, "swbbbbbbbbbbbbbbbbbbbbbbbbbb", "", &record}};
  const auto pushed = runtime.run(provider.push(context, {}, model::DataType::workout, ops));
  require(pushed.outcomes.size() == ops.size(), "every operation has an outcome");
  for (const auto& outcome : pushed.outcomes) {
    if (!outcome) {
      check_outward(outcome.error(), input);
      continue;
    }
    const bool number = std::ranges::all_of(outcome->destination_id, [](char c) { return c >= '0' && c <= '9'; });
    require(!outcome->destination_id.empty() && number, "an activity's id is a number");
  }
}

}  // namespace

void run(std::string_view bytes) {
  static strava::StravaProvider provider({"https://api", "https://auth", "https://token", "client", "secret"},
                                         fit::encode_workout);
  Input input(bytes);
  const std::size_t what = input.choice(3);
  VirtualRuntime runtime;
  ScriptedAnswers answers(input);
  const CallContext context{answers, runtime, Deadline::after(runtime, std::chrono::minutes{5})};
  if (what == 2) {
    check_push(provider, runtime, context, bytes);
  } else {
    const FetchRequest request{
        .type = model::DataType::workout, .range = {min_instant, max_instant}, .summary_only = what == 1};
    const auto fetched = fetch_all(provider, runtime, context, {}, request, bytes);
    if (fetched.error) check_outward(*fetched.error, bytes);
    for (const auto& record : fetched.records) {
      require(fit::encode_workout(record).empty() == fit::why_not_encodable(record).has_value(),
              "an activity that was read can be written, or there is a reason");
    }
  }
  require(answers.requests_were_sound(), "what an answer says cannot break the next request");

  // Pure, and read from every answer: what the headers say about the budget.
  const std::string_view header = bytes.substr(0, bytes.find('\n'));
  const net::Response response{
      .status = 200, .headers = {{"X-RateLimit-Usage", std::string(header)}, {"X-RateLimit-Limit", "200,2000"}}};
  require(provider.rate_feedback(response).size() <= 4, "there are four budgets at most");
}

}  // namespace syncwell::fuzz
