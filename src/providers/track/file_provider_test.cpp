#include "providers/track/file_provider.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

#include "providers/file_provider_fixture.hpp"
#include "providers/track/file_stream.hpp"

namespace syncwell::providers::track {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}};
const std::string own_a = "swaaaaaaaaaaaaaaaaaaaaaaaaaa";
const std::string own_b = "swbbbbbbbbbbbbbbbbbbbbbbbbbb";

model::Record workout(std::string id, int hour) {
  model::Record record;
  record.type = model::DataType::workout;
  record.source_id = std::move(id);
  record.time = {{start + hours{hour}, {}}, {start + hours{hour + 1}, {}}};
  record.payload = model::Workout{};
  return record;
}

// A format of lines "id hour"; "!" is damage, "?" a warning, a line without a blank has no id: an invalid record. A
// line that begins with '=' is no workout but a weight.
class LineDecoder final : public Decoder {
 public:
  explicit LineDecoder(std::string own_id) : own_id_(std::move(own_id)) {}
  bool feed(std::string_view bytes, Batch& batch) override {
    for (const char c : bytes) {
      if (c == '!') return !(damaged_ = true);
      if (c == '?') batch.warnings.emplace_back("odd");
      if (c == '\n') take_line(batch);
      if (c != '\n' && c != '?') line_ += c;
    }
    return true;
  }
  Result<void> finish(Batch& batch, const std::optional<std::string>& damage) override {
    if (damage) damaged_ = true;
    if (damaged_ && records_ == 0) return fail(ErrorCode::unreadable_input, damage.value_or("no lines in it"));
    if (damaged_) batch.warnings.emplace_back("damaged");
    batch.partial = damaged_;
    return {};
  }

 private:
  void take_line(Batch& batch) {
    int hour = 0;
    const auto blank = std::min(line_.find(' '), line_.size() - 1);
    std::from_chars(line_.data() + blank + 1, line_.data() + line_.size(), hour);
    auto record = workout(line_.substr(0, blank), hour);
    if (record.source_id.starts_with('=')) {
      record.type = model::DataType::weight;
      record.time.end = record.time.start;
      record.payload = model::Quantity{70};
    }
    if (!own_id_.empty()) record.source_id = std::exchange(own_id_, {});
    batch.records.push_back(std::move(record));
    ++records_;
    line_.clear();
  }
  std::string own_id_;
  std::string line_;
  std::size_t records_ = 0;
  bool damaged_ = false;
};

Result<std::string> encode(const model::Record& record) {
  if (record.source_id == "unsupported") return fail(ErrorCode::unsupported, "cannot be held");
  return fmt::format("{} {}\n", record.source_id,
                     std::chrono::duration_cast<hours>(record.time.start.at - start).count());
}

class FileProviderTest : public testing::Test {
 protected:
  void write(const fs::path& name, std::string_view content) const { temporary_.write(name, content); }
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder_)) result.push_back(entry.path().filename().string());
    std::ranges::sort(result);
    return result;
  }

  CallContext context() { return {http_, runtime_, Deadline::after(runtime_, hours{1})}; }

  // The records by their ids, the warnings as lines.
  struct Seen {
    std::vector<std::string> ids;
    std::vector<std::string> warnings;
    std::size_t pages = 0;
    bool partial = false;
    std::optional<Error> error;
  };

  Seen fetch(const fs::path& location, TimeRange range = all_times, bool summary_only = false) {
    const auto fetched = fetch_all(*provider_, runtime_, context(), account_at(location),
                                   {model::DataType::workout, range, summary_only});
    Seen seen{{}, {}, fetched.pages, fetched.partial, fetched.error};
    for (const auto& record : fetched.records) seen.ids.push_back(record.source_id);
    for (const auto& warning : fetched.warnings) seen.warnings.push_back(warning.where + ": " + warning.what);
    return seen;
  }

  PushResult push(std::vector<WriteOp> ops) {
    return runtime_.run(provider_->push(context(), account_at(folder_), model::DataType::workout, ops));
  }

  TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
  VirtualRuntime runtime_;
  NoNetwork http_;
  std::unique_ptr<DataProvider> provider_ = make_file_provider(
      {.key = "line",
       .display_name = "line files",
       .make_decoder = [](std::string own_id) { return std::make_unique<LineDecoder>(std::move(own_id)); },
       .encode = encode});
};

TEST_F(FileProviderTest, SaysWhatItCan) {
  const Capabilities& capabilities = provider_->capabilities();
  EXPECT_EQ(capabilities.key, "line");
  EXPECT_EQ(capabilities.kind, ProviderKind::file);
  EXPECT_TRUE(capabilities.full_history_each_time);
  const auto* workouts = capabilities.find(model::DataType::workout);
  ASSERT_NE(workouts, nullptr);
  EXPECT_TRUE(workouts->can_read && workouts->can_write && workouts->can_delete);
  EXPECT_EQ(workouts->overwrite, Overwrite::any_record);
  EXPECT_FALSE(workouts->absence_means_deleted);
  EXPECT_EQ(capabilities.find(model::DataType::steps), nullptr);
}

TEST_F(FileProviderTest, RefusesOtherTypes) {
  const auto stream = provider_->fetch(context(), {}, {model::DataType::sleep, {}});
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::unsupported);
  const WriteOp op{};
  const auto result = runtime_.run(provider_->push(context(), account_at(folder_), model::DataType::steps, {&op, 1}));
  ASSERT_EQ(result.outcomes.size(), 1U);
  EXPECT_EQ(result.outcomes[0].error().code, ErrorCode::unsupported);
}

// One damaged file never costs the others.
TEST_F(FileProviderTest, SalvagesFileByFile) {
  write("a.line", "one 1\n");
  write("b.line", "");
  write("c.line", "!");
  write("d.line", "two 2\n!");
  write("e.line", "-\n");
  write("sub/f.line", "three 3\n?");
  const auto fetched = fetch(folder_);
  EXPECT_FALSE(fetched.error);
  EXPECT_TRUE(fetched.partial);
  EXPECT_THAT(fetched.ids, ElementsAre("one", "two", "three"));
  EXPECT_THAT(fetched.warnings, ElementsAre("b.line: empty file", "c.line: no lines in it", "d.line: damaged",
                                            HasSubstr("e.line: a workout is left out: source id"), "sub/f.line: odd"));
}

TEST_F(FileProviderTest, ASingleFileThatHoldsNothingSoundIsAnError) {
  write("bad", "!");
  const auto fetched = fetch(folder_ / "bad");
  ASSERT_TRUE(fetched.error);
  EXPECT_EQ(fetched.error->code, ErrorCode::unreadable_input);
  EXPECT_EQ(fetched.error->message, "'bad': no lines in it");
  EXPECT_EQ(fetch(folder_ / "missing").error->code, ErrorCode::not_found);
}

TEST_F(FileProviderTest, AnEmptyFolderIsAnEmptyFetch) {
  const auto fetched = fetch(folder_);
  EXPECT_FALSE(fetched.error || fetched.partial);
  EXPECT_EQ(fetched.pages, 1U);
  EXPECT_THAT(fetched.ids, IsEmpty());
}

TEST_F(FileProviderTest, ADestinationThatIsYetToBeMadeHoldsNothing) {
  const auto fetched = fetch(folder_ / "new", all_times, true);
  EXPECT_FALSE(fetched.error);
  EXPECT_THAT(fetched.ids, IsEmpty());
  EXPECT_EQ(fetch(folder_ / "new").error->code, ErrorCode::not_found) << "a source must be there";
}

TEST_F(FileProviderTest, ARecordComesOncePerFetch) {
  write("a.line", "one 1\n");
  write("copy of a.line", "one 1\n");
  const auto fetched = fetch(folder_);
  EXPECT_THAT(fetched.ids, ElementsAre("one"));
  EXPECT_THAT(fetched.warnings, ElementsAre(HasSubstr("the same workout")));
}

// PROV-8: files hold more than workouts, and a warning names what it is about.
TEST_F(FileProviderTest, AWarningCallsOnlyWorkoutsWorkouts) {
  write("a.line", "=one 1\n");
  write("b.line", "=one 1\n");
  write("c.line", "=late 9999999\n");
  const auto fetched = fetch(folder_);
  EXPECT_THAT(fetched.ids, ElementsAre("=one"));
  EXPECT_THAT(fetched.warnings, ElementsAre("b.line: the same record as in a file before: skipped",
                                            HasSubstr("c.line: a record is left out: time")));
}

TEST_F(FileProviderTest, GivesWhatOverlapsTheRange) {
  write("a.line", "before 1\nends_in_it 4\nin_it 5\nstarts_in_it 7\nafter 8\n");
  const auto fetched = fetch(folder_, {start + hours{4} + std::chrono::minutes{30}, start + hours{8}});
  EXPECT_THAT(fetched.ids, ElementsAre("ends_in_it", "in_it", "starts_in_it"));
}

TEST_F(FileProviderTest, PagesAreBounded) {
  std::string lines;
  for (std::size_t i = 0; i < 2 * max_page_records + 1; ++i) lines += fmt::format("id{} 1\n", i);
  write("a.line", lines);
  const auto fetched = fetch(folder_);
  EXPECT_EQ(fetched.ids.size(), 2 * max_page_records + 1);
  EXPECT_GE(fetched.pages, 3U);
}

TEST_F(FileProviderTest, WarningsAreBounded) {
  write("a.line", "one 1\n" + std::string(max_warnings + 5, '?'));
  const auto fetched = fetch(folder_);
  EXPECT_EQ(fetched.warnings.size(), max_warnings);
  EXPECT_THAT(fetched.warnings.back(), HasSubstr("6 more"));
}

TEST_F(FileProviderTest, StopsAtTheDeadline) {
  write("a.line", "one 1\n");
  auto stream = provider_->fetch({http_, runtime_, Deadline{runtime_.steady_now()}}, account_at(folder_),
                                 {model::DataType::workout, all_times});
  ASSERT_TRUE(stream);
  EXPECT_EQ(runtime_.run((*stream)->next()).error().code, ErrorCode::timeout);
}

TEST_F(FileProviderTest, StopsWhenCancelled) {
  write("a.line", "one 1\n");
  auto stream = provider_->fetch(context(), account_at(folder_), {model::DataType::workout, all_times});
  ASSERT_TRUE(stream);
  boost::asio::cancellation_signal signal;
  std::optional<Result<Page>> page;
  boost::asio::co_spawn(runtime_.executor(), without_cancellation_exceptions((*stream)->next()),
                        boost::asio::bind_cancellation_slot(
                            signal.slot(), [&](std::exception_ptr, Result<Page> result) { page = result; }));
  signal.emit(boost::asio::cancellation_type::terminal);
  runtime_.run();
  ASSERT_TRUE(page);
  ASSERT_FALSE(*page);
  EXPECT_EQ(page->error().code, ErrorCode::cancelled);
  EXPECT_TRUE(runtime_.run((*stream)->next()));  // nothing was lost
}

// INT-5: the id under which we wrote is the id under which it is read.
TEST_F(FileProviderTest, WhatIsWrittenIsReadUnderTheSameId) {
  const auto record = workout("x", 5);
  const auto result =
      push({{.kind = WriteOp::Kind::create, .external_id = own_a, .destination_id = {}, .record = &record}});
  ASSERT_TRUE(result.complete());
  EXPECT_EQ(result.outcomes[0]->destination_id, own_a);
  EXPECT_FALSE(result.outcomes[0]->already_existed);
  EXPECT_THAT(names(), ElementsAre(own_a + ".line"));
  EXPECT_THAT(fetch(folder_).ids, ElementsAre(own_a));
}

// ALG-7: a repeated create makes no second one.
TEST_F(FileProviderTest, ARepeatedCreateIsRecognised) {
  const auto record = workout("x", 5);
  const WriteOp op{.kind = WriteOp::Kind::create, .external_id = own_a, .destination_id = {}, .record = &record};
  ASSERT_TRUE(push({op}).complete());
  const auto result = push({op});
  ASSERT_TRUE(result.complete());
  EXPECT_TRUE(result.outcomes[0]->already_existed);
}

TEST_F(FileProviderTest, UpdatesAndErasesItsOwn) {
  const auto record = workout("x", 5);
  ASSERT_TRUE(push({{WriteOp::Kind::create, own_a, {}, &record}}).complete());
  const auto edited = workout("x", 7);
  ASSERT_TRUE(push({{WriteOp::Kind::update, own_a, own_a, &edited}}).complete());
  EXPECT_THAT(fetch(folder_, {start + hours{7}, start + hours{8}}).ids, ElementsAre(own_a));
  ASSERT_TRUE(push({{WriteOp::Kind::erase, own_a, own_a, nullptr}}).complete());
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_TRUE(push({{WriteOp::Kind::erase, own_a, own_a, nullptr}}).complete());  // gone is gone
}

// CON-2 with any_record: a foreign file is replaced by ours.
TEST_F(FileProviderTest, OverwritesAForeignFileAndTakesItAway) {
  write("ride.line", "foreign 5\n");
  write("other.line", "other 6\n");
  const auto record = workout("x", 5);
  const WriteOp op{WriteOp::Kind::update, own_a, "foreign", &record};
  auto result = push({op});
  ASSERT_TRUE(result.complete()) << result.outcomes[0].error().message;
  EXPECT_EQ(result.outcomes[0]->destination_id, own_a);
  EXPECT_THAT(names(), ElementsAre("other.line", own_a + ".line"));
  result = push({op});  // again, after a crash: the foreign one is gone already
  ASSERT_TRUE(result.complete());
  EXPECT_THAT(names(), ElementsAre("other.line", own_a + ".line"));
  ASSERT_TRUE(push({{WriteOp::Kind::erase, own_b, "other", nullptr}}).complete());
  EXPECT_THAT(names(), ElementsAre(own_a + ".line"));
}

TEST_F(FileProviderTest, FindsItsOwnFileInASubfolder) {
  write("2026/" + own_a + ".line", "x 5\n");
  const auto record = workout("x", 6);
  ASSERT_TRUE(push({{WriteOp::Kind::update, own_a, own_a, &record}}).complete());
  EXPECT_FALSE(fs::exists(folder_ / "2026" / (own_a + ".line")));
  EXPECT_THAT(fetch(folder_).ids, ElementsAre(own_a));
}

TEST_F(FileProviderTest, LeavesAFileWithSeveralWorkoutsAlone) {
  write("two.line", "one 1\ntwo 2\n");
  const auto record = workout("x", 1);
  const auto result =
      push({{WriteOp::Kind::update, own_a, "one", &record}, {WriteOp::Kind::erase, own_b, "two", nullptr}});
  EXPECT_EQ(result.outcomes[0].error().code, ErrorCode::unsupported);
  EXPECT_EQ(result.outcomes[1].error().code, ErrorCode::unsupported);
  EXPECT_THAT(names(), ElementsAre("two.line"));
}

TEST_F(FileProviderTest, OneFailureStandsAtItsOwnOperation) {
  const auto record = workout("x", 1);
  const auto held = workout("unsupported", 1);
  const auto result = push({{WriteOp::Kind::create, own_a, {}, &held},
                            {WriteOp::Kind::create, "../escape", {}, &record},
                            {WriteOp::Kind::create, own_a, {}, nullptr},
                            {WriteOp::Kind::create, own_b, {}, &record}});
  ASSERT_EQ(result.outcomes.size(), 4U);
  EXPECT_EQ(result.outcomes[0].error().code, ErrorCode::unsupported);
  EXPECT_EQ(result.outcomes[1].error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(result.outcomes[2].error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(result.outcomes[3]);
  EXPECT_THAT(names(), ElementsAre(own_b + ".line"));
}

TEST_F(FileProviderTest, TheDestinationMustBeAFolder) {
  write("file", "x");
  const auto record = workout("x", 1);
  const WriteOp op{WriteOp::Kind::create, own_a, {}, &record};
  const auto result = runtime_.run(
      provider_->push(context(), {.connection_id = {}, .location = (folder_ / "file").string(), .provider_user_id = {}},
                      model::DataType::workout, {&op, 1}));
  ASSERT_EQ(result.outcomes.size(), 1U);
  EXPECT_EQ(result.outcomes[0].error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace syncwell::providers::track
