// The provider "fit": folders, what it skips, what it writes, and that it recognises its own files. PROV-1, PROV-8.
#include "providers/fit/fit_provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <set>

#include "providers/file_provider_fixture.hpp"
#include "providers/fit/fit_files.hpp"
#include "providers/fit/fit_writer.hpp"

namespace syncwell::providers::fit {
namespace {

namespace fs = std::filesystem;
using model::DataType;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string own_id = "swabcdefghijklmnopqrstuvwx23";

class FitProviderTest : public testing::Test {
 protected:
  void add(const std::string& name, std::string_view content) const { temporary_.write(name, content); }
  void copy(const std::string& recorded, const std::string& name) {
    const auto bytes = recorded_file(recorded);
    add(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  CallContext context() { return {http_, runtime_, Deadline::after(runtime_, std::chrono::minutes{5})}; }
  Fetched fetch(DataType type, const fs::path& location, TimeRange range = all_times) {
    return fetch_all(*provider_, runtime_, context(), account_at(location), {type, range});
  }
  Result<WriteDone> push(WriteOp op) {
    const std::vector<WriteOp> ops{std::move(op)};
    auto result = runtime_.run(provider_->push(context(), account_at(folder_), DataType::workout, ops));
    return result.outcomes.at(0);
  }

  VirtualRuntime runtime_;
  NoNetwork http_;
  std::unique_ptr<DataProvider> provider_ = make_provider();
  TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(FitProviderTest, SaysWhatItCan) {  // PROV-7
  const Capabilities& capabilities = provider_->capabilities();
  EXPECT_EQ(capabilities.key, "fit");
  EXPECT_EQ(capabilities.kind, ProviderKind::file);
  EXPECT_TRUE(capabilities.full_history_each_time);
  EXPECT_TRUE(capabilities.find(DataType::workout)->can_write);
  EXPECT_EQ(capabilities.find(DataType::workout)->overwrite, Overwrite::any_record);
  for (const TypeCapability& type : capabilities.types) {
    EXPECT_TRUE(type.can_read);
    EXPECT_FALSE(type.absence_means_deleted);
    EXPECT_EQ(type.can_write, type.type == DataType::workout);
  }
  EXPECT_EQ(fetch(DataType::hrv_sdnn, folder_).error->code, ErrorCode::unsupported);
}

TEST_F(FitProviderTest, ReadsAFolderAndGoesOnPastWhatItCannotRead) {  // PROV-3
  copy("garmin-fenix-5-bike.fit", "b/bike.FIT");
  copy("garmin-fenix-5-run.fit", "a.fit");
  copy("authored_weight_scale.fit", "scale.fit");
  add("empty.fit", "");
  add("other.fit", "this is no FIT file at all");
  add("note.txt", "not looked at");
  const Fetched all = fetch(DataType::workout, folder_);
  ASSERT_FALSE(all.error.has_value());
  EXPECT_THAT(all.records, SizeIs(2));
  EXPECT_TRUE(all.partial);
  std::set<std::string> where;
  for (const Warning& warning : all.warnings) where.insert(warning.where);
  EXPECT_TRUE(where.contains("empty.fit"));
  EXPECT_TRUE(where.contains("other.fit"));
  EXPECT_FALSE(where.contains("note.txt"));
  EXPECT_THAT(fetch(DataType::weight, folder_).records, SizeIs(3));
}

TEST_F(FitProviderTest, GivesEveryTypeOfADailyFile) {
  copy("authored_monitoring_day.fit", "day.fit");
  for (const DataType type : {DataType::steps, DataType::distance, DataType::active_energy, DataType::heart_rate}) {
    const Fetched all = fetch(type, folder_ / "day.fit");
    EXPECT_FALSE(all.records.empty()) << name_of(type);
    for (const model::Record& record : all.records) EXPECT_EQ(record.type, type);
  }
  EXPECT_THAT(fetch(DataType::workout, folder_).records, IsEmpty());
}

TEST_F(FitProviderTest, GivesOnlyWhatTheRangeTouches) {
  copy("authored_weight_scale.fit", "scale.fit");
  const Instant first = parse_rfc3339("2026-03-20T06:01:00Z")->at;
  EXPECT_THAT(fetch(DataType::weight, folder_, {first, first + Duration{1}}).records, SizeIs(1));
  EXPECT_THAT(fetch(DataType::weight, folder_, {first + Duration{1}, first + Duration{2}}).records, IsEmpty());
}

TEST_F(FitProviderTest, ReadsGzippedFiles) {
  const auto bytes = recorded_file("garmin-fenix-5-run.fit");
  gzFile out = gzopen((folder_ / "run.fit.gz").c_str(), "wb");
  ASSERT_NE(out, nullptr);
  gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(out);
  EXPECT_THAT(fetch(DataType::workout, folder_).records, SizeIs(1));
}

TEST_F(FitProviderTest, SaysWhenTheOneFileIsNoFitFileOrMissing) {
  add("other.fit", "this is no FIT file at all");
  EXPECT_EQ(fetch(DataType::workout, folder_ / "other.fit").error->code, ErrorCode::unreadable_input);
  EXPECT_EQ(fetch(DataType::workout, folder_ / "missing.fit").error->code, ErrorCode::not_found);
}

TEST_F(FitProviderTest, RefusesAFileAboveTheMaximum) {
  copy("garmin-fenix-5-run.fit", "small.fit");
  add("large.fit", "");
  fs::resize_file(folder_ / "large.fit", max_file_bytes + 1);
  const Fetched all = fetch(DataType::workout, folder_);
  EXPECT_THAT(all.records, SizeIs(1));
  ASSERT_THAT(all.warnings, SizeIs(1));
  EXPECT_THAT(all.warnings[0].what, HasSubstr("64 MiB"));
}

TEST_F(FitProviderTest, GivesARecordOnceHoweverOftenItsFileIsThere) {
  copy("garmin-fenix-5-run.fit", "a.fit");
  copy("garmin-fenix-5-run.fit", "copy.fit");
  EXPECT_THAT(fetch(DataType::workout, folder_).records, SizeIs(1));
}

TEST_F(FitProviderTest, RecognisesWhatItWrote) {  // DEC-6, INT-5
  const Decoded source = decoded(recorded_file("garmin-fenix-5-run.fit"));
  const auto written = push({WriteOp::Kind::create, own_id, "", &source.records.at(0)});
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_EQ(written->destination_id, own_id);
  EXPECT_FALSE(written->already_existed);
  EXPECT_TRUE(push({WriteOp::Kind::create, own_id, "", &source.records.at(0)})->already_existed);
  const Fetched all = fetch(DataType::workout, folder_);
  ASSERT_THAT(all.records, SizeIs(1));
  EXPECT_THAT(all.warnings, IsEmpty());
  EXPECT_EQ(all.records[0].source_id, own_id);
  EXPECT_EQ(all.records[0].external_id, own_id);
  EXPECT_EQ(all.records[0].time.start.offset, source.records[0].time.start.offset);
  // Nothing but the file itself is left in the folder.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FitProviderTest, ReplacesAndErasesFilesOfOthers) {  // CON-2, DEC-7
  copy("garmin-fenix-5-run.fit", "deep/run.fit");
  const Decoded bike = decoded(recorded_file("garmin-fenix-5-bike.fit"));
  const std::string foreign = fetch(DataType::workout, folder_).records.at(0).source_id;
  const auto updated = push({WriteOp::Kind::update, own_id, foreign, &bike.records.at(0)});
  ASSERT_TRUE(updated.has_value()) << updated.error().message;
  const Fetched after = fetch(DataType::workout, folder_);
  ASSERT_THAT(after.records, SizeIs(1));
  EXPECT_EQ(after.records[0].source_id, updated->destination_id);
  EXPECT_EQ(workout_of(after.records[0]).sport, model::Sport::cycling);
  ASSERT_TRUE(push({WriteOp::Kind::erase, "", updated->destination_id, nullptr}).has_value());
  EXPECT_THAT(fetch(DataType::workout, folder_).records, IsEmpty());
}

TEST_F(FitProviderTest, LeavesAFileOfSeveralWorkoutsAlone) {
  copy("derived_two_activities_chained.fit", "two.fit");
  const std::string id = fetch(DataType::workout, folder_).records.at(0).source_id;
  const auto erased = push({WriteOp::Kind::erase, "", id, nullptr});
  ASSERT_FALSE(erased.has_value());
  EXPECT_EQ(erased.error().code, ErrorCode::unsupported);
  EXPECT_THAT(fetch(DataType::workout, folder_).records, SizeIs(2));
}

TEST_F(FitProviderTest, RefusesWhatFitCannotHold) {
  model::Record old;
  old.type = DataType::workout;
  old.source_id = "old";
  old.payload = model::Workout{};
  const auto written = push({WriteOp::Kind::create, own_id, "", &old});  // 1970
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::unsupported);
  EXPECT_THAT(fetch(DataType::workout, folder_).records, IsEmpty());
}

}  // namespace
}  // namespace syncwell::providers::fit
