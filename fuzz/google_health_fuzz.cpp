// What Google Health answers. Input: a byte for the data type, one for what is done (fetch, fetch of totals, push),
// then the answers (scripted_answers.hpp).
#include <boost/json/parse.hpp>

#include "fuzz/fetch.hpp"
#include "fuzz/input.hpp"
#include "fuzz/sample_record.hpp"
#include "fuzz/scripted_answers.hpp"
#include "fuzz/target.hpp"
#include "providers/google_health/google_health_provider.hpp"
#include "providers/google_health/point_reader.hpp"
#include "providers/google_health/point_writer.hpp"

namespace syncwell::fuzz {

using namespace providers;
using namespace providers::google_health;

namespace {

constexpr std::string_view external_id = "swaaaaaaaaaaaaaaaaaaaaaaaaaa";

void check_outward(const Error& error, std::string_view input) {
  require(is_outward_error(error.code), "an outward call fails with a code of outward calls");
  require_message(error.message, input);
}

// What a point cannot hold is gone after the first writing; from then on nothing changes.
void check_written(const TypeRow& row, const model::Record& record) {
  const std::string first = write_point(row, record, std::string(external_id));
  boost::json::error_code error;
  const auto point = boost::json::parse(first, error);
  require(!error, "what we write is JSON");
  WarningList warnings;
  const auto read = read_point(row, point, UserZone{}, "written", warnings);
  require(read.has_value() && read->has_value(), "what we write can be read");
  require(warnings.take(true).empty(), "what we write reads without a warning");
  require_record(**read);
  const std::string second = write_point(row, **read, std::string(external_id));
  require(second == first, "writing again gives the same point:\n" + first + "\n" + second);
}

void check_push(DataProvider& provider, VirtualRuntime& runtime, CallContext context, model::DataType type,
                std::string_view input) {
  const model::Record record = sample_record(type);
  const std::string id(external_id);
  const std::vector<WriteOp> ops{{WriteOp::Kind::create, id, "", &record},
                                 {WriteOp::Kind::update, id, id, &record},
                                 {WriteOp::Kind::erase, "", id, nullptr},
                                 {WriteOp::Kind::erase, "", id + "b", nullptr}};
  const auto pushed = runtime.run(provider.push(context, {}, type, ops));
  require(pushed.outcomes.size() == ops.size(), "every operation has an outcome");
  for (const auto& outcome : pushed.outcomes) {
    if (!outcome) check_outward(outcome.error(), input);
  }
}

}  // namespace

void run(std::string_view bytes) {
  static const CloudSettings settings{"https://api", "https://auth", "https://token", "client", "secret"};
  static GoogleHealthProvider lists(settings, ReadMethod::list);
  static GoogleHealthProvider totals(settings, ReadMethod::reconcile);
  Input input(bytes);
  const TypeRow& row = all_rows()[input.choice(all_rows().size())];
  const std::size_t what = input.choice(3);
  VirtualRuntime runtime;
  ScriptedAnswers answers(input);
  const CallContext context{answers, runtime, Deadline::after(runtime, std::chrono::minutes{5})};
  if (what == 2) {
    check_push(lists, runtime, context, row.type, bytes);
  } else {
    GoogleHealthProvider& provider = what == 0 ? lists : totals;
    const FetchRequest request{.type = row.type, .range = {min_instant, max_instant}};
    const auto fetched = fetch_all(provider, runtime, context, {}, request, bytes);
    if (fetched.error) check_outward(*fetched.error, bytes);
    if (row.writable) {
      for (const auto& record : fetched.records) check_written(row, record);
    }
  }
  require(answers.requests_were_sound(), "what an answer says cannot break the next request");
}

}  // namespace syncwell::fuzz
