// Files and folders as they should not be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "providers/json/json_fixture.hpp"

namespace syncwell::providers::json {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using model::Record;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string line(int minute) { return model::to_json(steps_at(minute)) + "\n"; }

std::vector<std::string> texts(const std::vector<Warning>& warnings) {
  std::vector<std::string> list;
  for (const Warning& warning : warnings) list.push_back(warning.where + ": " + warning.what);
  return list;
}

TEST_F(JsonProviderTest, CrlfBlankLinesAndAByteOrderMarkDoNoHarm) {
  std::string content = "\xef\xbb\xbf" + line(0) + "\n  \r\n" + line(1) + line(2);
  content.replace(content.find("}\n\n"), 2, "}\r\n");
  write_file(content);
  const Fetched fetched = fetch();
  EXPECT_THAT(fetched.records, ElementsAre(steps_at(0), steps_at(1), steps_at(2)));
  EXPECT_THAT(fetched.warnings, IsEmpty());
  EXPECT_FALSE(fetched.partial);
  push_well({erase("source-0"), update("source-1", steps_at(7))});
  EXPECT_THAT(fetch().records, SizeIs(2));
  restart();
  EXPECT_THAT(fetch().records, SizeIs(2));
}

TEST_F(JsonProviderTest, UnknownMembersAreIgnored) {
  std::string content = line(0);
  content.insert(content.find("\"header\""), R"("added_by_someone":{"x":[1,2]},)");
  write_file(content);
  EXPECT_THAT(fetch().records, ElementsAre(steps_at(0)));
}

TEST_F(JsonProviderTest, DamagedLinesAreLeftOutWithTheirPlaceAndTheReason) {  // PROV-3
  std::string bad_unit = line(3);
  bad_unit.replace(bad_unit.find("\"unit\":\"steps\""), 14, "\"unit\":\"miles\"");
  std::string bad_text = line(4);
  bad_text.replace(bad_text.find("source-4"), 8, "source-\xff");
  Record heart_rate = steps_at(5);
  heart_rate.type = DataType::heart_rate;
  write_file(line(0) + "no json\n\n" + bad_unit + bad_text + model::to_json(heart_rate) + "\n" + line(6));
  const Fetched fetched = fetch();
  EXPECT_THAT(fetched.records, ElementsAre(steps_at(0), steps_at(6)));
  EXPECT_TRUE(fetched.partial) << "absence proves nothing now (DEC-7)";
  EXPECT_THAT(
      texts(fetched.warnings),
      ElementsAre(HasSubstr("steps.jsonl:2: left out: not the JSON of a record, at byte"),
                  HasSubstr("steps.jsonl:4: left out: body.step_count.unit"), HasSubstr("steps.jsonl:5: left out"),
                  HasSubstr("steps.jsonl:6: left out: a record of heart_rate in the file of steps")));
  for (const std::string& text : texts(fetched.warnings)) EXPECT_THAT(text, Not(HasSubstr("miles")));
}

TEST_F(JsonProviderTest, DamagedLinesSurviveAppendsAndRewrites) {
  write_file(line(0) + "my own note\n" + line(1));
  const Record record = steps_at(2);
  push_well({create("a", record)});
  EXPECT_THAT(fetch().warnings, SizeIs(1));
  push_well({erase("source-0")});
  EXPECT_THAT(read_file(), testing::StartsWith("my own note\n{"));
  const Fetched fetched = fetch();
  EXPECT_THAT(texts(fetched.warnings), ElementsAre(HasSubstr("steps.jsonl:1: ")));
  EXPECT_THAT(fetched.records, SizeIs(2));
}

TEST_F(JsonProviderTest, AFileOfAnotherKindIsNeitherReadNorWritten) {
  const std::string content = "PK\x03\x04 zip\nzip\n";
  write_file(content);
  EXPECT_EQ(try_fetch().error().code, ErrorCode::unreadable_input);
  const Record record = steps_at(0);
  EXPECT_EQ(push_error({create("a", record)}), ErrorCode::unreadable_input);
  EXPECT_EQ(read_file(), content);
}

TEST_F(JsonProviderTest, WarningsAreBounded) {
  std::string content = line(0);
  for (std::size_t i = 0; i < max_warnings + 500; ++i) content += "x\n";
  write_file(content);
  const Fetched fetched = fetch();
  EXPECT_THAT(fetched.records, SizeIs(1));
  EXPECT_LE(fetched.warnings.size(), max_warnings);
  EXPECT_TRUE(fetched.partial);
}

TEST_F(JsonProviderTest, ALineOverTheMaximumIsLeftOut) {
  {
    write_file(line(0));
    std::ofstream stream(file(), std::ios::app | std::ios::binary);
    const std::string block(1024 * 1024, 'x');
    for (std::size_t written = 0; written <= model::max_record_json_bytes; written += block.size()) stream << block;
    stream << "\n" << line(1);
  }
  const Fetched fetched = fetch();
  EXPECT_THAT(fetched.records, ElementsAre(steps_at(0), steps_at(1)));
  EXPECT_THAT(texts(fetched.warnings), ElementsAre(AllOf(HasSubstr("steps.jsonl:2"), HasSubstr("longer than"))));
  EXPECT_TRUE(fetched.partial);
}

TEST_F(JsonProviderTest, ALaterLineWithTheSameIdReplacesTheEarlierOne) {
  Record newer = steps_at(0, 777);
  write_file(line(0) + line(1) + model::to_json(newer) + "\n");
  const Fetched fetched = fetch();
  EXPECT_THAT(fetched.records, ElementsAre(steps_at(1), newer));
  EXPECT_FALSE(fetched.partial);
  EXPECT_THAT(texts(fetched.warnings), ElementsAre("steps.jsonl:3: replaces an earlier line with the same id"));
  push_well({erase("source-0")});
  restart();
  EXPECT_THAT(fetch().records, ElementsAre(steps_at(1))) << "the earlier line does not come back";
}

TEST_F(JsonProviderTest, AWholeLastLineWithoutALineEndIsARecord) {
  std::string content = line(0) + line(1);
  content.pop_back();
  write_file(content);
  EXPECT_THAT(fetch().records, SizeIs(2));
  EXPECT_THAT(fetch().warnings, IsEmpty());
  const Record record = steps_at(2);
  push_well({create("a", record)});
  EXPECT_THAT(fetch().records, SizeIs(3));
  push_well({erase("source-1")});
  restart();
  EXPECT_THAT(fetch().records, ElementsAre(steps_at(0), written_as(record, "a")));

  write_file(content);
  push_well({update("source-1", steps_at(8)), create("b", record)});
  EXPECT_THAT(fetch().records, SizeIs(3));
  write_file(content);
  push_well({erase("source-1"), create("b", record)});
  restart();
  EXPECT_THAT(fetch().records, ElementsAre(steps_at(0), written_as(record, "b")));
}

// INT-1, ALG-7: a crash cuts the last append anywhere.
TEST_F(JsonProviderTest, ATornLineIsIgnoredAndCutOffBeforeTheNextAppend) {
  const std::string whole = line(0);
  const Record record = steps_at(5);
  for (std::size_t cut = 1; cut + 1 < whole.size(); cut += 17) {
    write_file(whole + line(1).substr(0, cut));
    const Fetched torn = fetch();
    EXPECT_THAT(torn.records, ElementsAre(steps_at(0)));
    EXPECT_THAT(texts(torn.warnings), ElementsAre("steps.jsonl:2: left out: the last line is cut off"));
    EXPECT_TRUE(torn.partial);
    if (cut % 2 == 0) restart();
    push_well({create("a", record)});
    const Fetched sound = fetch();
    EXPECT_THAT(sound.records, ElementsAre(steps_at(0), written_as(record, "a")));
    EXPECT_THAT(sound.warnings, IsEmpty());
    EXPECT_FALSE(sound.partial);
    EXPECT_EQ(read_file(), whole + model::to_json(written_as(record, "a")) + "\n");
  }
}

TEST_F(JsonProviderTest, ATornLineGoesInARewriteToo) {
  write_file(line(0) + line(1) + line(2).substr(0, 40));
  push_well({erase("source-0")});
  EXPECT_EQ(read_file(), line(1));
  EXPECT_THAT(fetch().warnings, IsEmpty());
}

TEST_F(JsonProviderTest, AFileThatHoldsNothingButATornLineIsWritable) {
  write_file(line(0).substr(0, 30));
  EXPECT_THAT(fetch().records, IsEmpty());
  const Record record = steps_at(0);
  push_well({create("a", record)});
  EXPECT_THAT(fetch().records, SizeIs(1));
}

TEST_F(JsonProviderTest, ARewriteCutShortByACrashLeavesTheOldFile) {
  write_file(line(0) + line(1));
  std::ofstream(folder() + "/.steps.jsonl.new") << "half of a rewri";
  EXPECT_THAT(fetch().records, SizeIs(2));
  push_well({erase("source-0")});
  EXPECT_THAT(fetch().records, SizeIs(1));
  EXPECT_FALSE(std::filesystem::exists(folder() + "/.steps.jsonl.new"));
}

TEST_F(JsonProviderTest, ChangesByOthersAreSeen) {
  write_file(line(0));
  EXPECT_THAT(fetch().records, SizeIs(1));
  std::ofstream(file(), std::ios::app) << line(1);  // another size
  EXPECT_THAT(fetch().records, SizeIs(2));
  const std::string other = file() + ".other";  // another inode, same size
  std::ofstream(other) << line(3) + line(4);
  std::filesystem::rename(other, file());
  EXPECT_THAT(fetch().records, ElementsAre(steps_at(3), steps_at(4)));
  write_file(line(5) + line(6));  // same inode and size, another time
  std::filesystem::last_write_time(file(), std::filesystem::file_time_type::clock::now() + 1h);
  EXPECT_THAT(fetch().records, ElementsAre(steps_at(5), steps_at(6)));
  const Record record = steps_at(9);
  push_well({create("a", record)});
  EXPECT_THAT(fetch().records, SizeIs(3));
}

TEST_F(JsonProviderTest, AFileThatIsCutDuringAFetchGivesAWarning) {
  std::string content;
  for (int i = 0; i < 3000; ++i) content += line(i);
  write_file(content);
  auto stream = provider_->fetch(context(), account(), {DataType::steps, all_time});
  ASSERT_TRUE(runtime_.run((*stream)->next()).has_value());
  std::filesystem::resize_file(file(), 100);
  const auto page = runtime_.run((*stream)->next());
  ASSERT_TRUE(page.has_value());
  EXPECT_TRUE(page->partial);
  EXPECT_FALSE(page->warnings.empty());
}

TEST_F(JsonProviderTest, AMissingFolderIsAnErrorForReadingAndMadeForWriting) {
  const auto fetched = try_fetch();
  ASSERT_FALSE(fetched.has_value());
  EXPECT_EQ(fetched.error().code, ErrorCode::not_found);
  EXPECT_THAT(fetched.error().message, AllOf(HasSubstr(folder()), HasSubstr("does not exist")));
  const auto before_write = try_fetch(all_time, DataType::steps, true);  // a destination that is yet to be made
  ASSERT_TRUE(before_write.has_value());
  EXPECT_THAT(before_write->records, IsEmpty());
  const Record record = steps_at(0);
  push_well({create("a", record)});
  EXPECT_THAT(fetch().records, SizeIs(1));
  EXPECT_TRUE(folder_identity(folder()).has_value());
}

TEST_F(JsonProviderTest, AMissingFileProvesNothing) {  // DEC-7: a file that was moved away deletes nothing
  std::filesystem::create_directories(folder());
  const Fetched fetched = fetch();
  EXPECT_THAT(fetched.records, IsEmpty());
  EXPECT_TRUE(fetched.partial);
  const auto outcomes = push({erase("a"), update("b", steps_at(0))});
  EXPECT_TRUE(outcomes[0].has_value());
  EXPECT_EQ(outcomes[1].error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(JsonProviderTest, AFileInPlaceOfTheFolderIsAnError) {
  std::ofstream(folder()) << "x";
  const auto fetched = try_fetch();
  ASSERT_FALSE(fetched.has_value());
  EXPECT_EQ(fetched.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(fetched.error().message, HasSubstr("not a folder"));
  const Record record = steps_at(0);
  EXPECT_EQ(push_error({create("a", record)}), ErrorCode::invalid_argument);
}

TEST_F(JsonProviderTest, AFolderInPlaceOfTheFileIsAnError) {
  std::filesystem::create_directories(file());
  EXPECT_EQ(try_fetch().error().code, ErrorCode::unreadable_input);
  const Record record = steps_at(0);
  EXPECT_EQ(push_error({create("a", record)}), ErrorCode::unreadable_input);
}

TEST_F(JsonProviderTest, AFolderOfANewerVersionIsLeftAlone) {
  write_file(line(0));
  std::ofstream(folder() + "/syncwell-folder.json")
      << R"({"format":"syncwell canonical records","version":2,"id":"x"})";
  EXPECT_EQ(try_fetch().error().code, ErrorCode::storage_newer);
  EXPECT_EQ(push_error({erase("source-0")}), ErrorCode::storage_newer);
}

// Ends the rights of root for its lifetime: they would hide every permission.
class WithoutRoot {
 public:
  WithoutRoot() : was_root_(::geteuid() == 0) {
    if (was_root_ && ::seteuid(65534) != 0) throw std::runtime_error("cannot drop the rights of root");
  }
  ~WithoutRoot() {
    if (was_root_ && ::seteuid(0) != 0) std::abort();
  }
  WithoutRoot(const WithoutRoot&) = delete;
  WithoutRoot& operator=(const WithoutRoot&) = delete;

 private:
  bool was_root_;
};

TEST_F(JsonProviderTest, AFolderThatCannotBeWrittenIsReadOnly) {
  write_file(line(0));
  const Record record = steps_at(1);
  using std::filesystem::perms;
  const auto readable = perms::owner_read | perms::owner_exec | perms::group_read | perms::group_exec |
                        perms::others_read | perms::others_exec;
  std::filesystem::permissions(temporary_.path(), readable);
  std::filesystem::permissions(folder(), readable);
  std::filesystem::permissions(file(), readable);
  {
    const WithoutRoot unprivileged;
    EXPECT_EQ(push_error({create("a", record)}), ErrorCode::storage_read_only);
    EXPECT_THAT(fetch().records, SizeIs(1)) << "reading needs no rights to write";
  }
  ASSERT_TRUE(create_folder_identity(folder(), runtime_.random()).has_value());
  std::filesystem::permissions(folder() + "/syncwell-folder.json", readable);
  {
    const WithoutRoot unprivileged;
    EXPECT_EQ(push_error({create("a", record)}), ErrorCode::storage_read_only);
    EXPECT_EQ(push_error({erase("source-0")}), ErrorCode::storage_read_only);
  }
  std::filesystem::permissions(temporary_.path(), perms::owner_all);
  std::filesystem::permissions(folder(), perms::owner_all);
  std::filesystem::permissions(file(), perms::owner_all);
  push_well({create("a", record)});
  EXPECT_THAT(fetch().records, SizeIs(2));
}

// No file can grow beyond `bytes` while it lives: the kernel then fails writes half-way, as a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::size_t bytes) : old_handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    ::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int);
};

TEST_F(JsonProviderTest, AFullDiskLosesNothingAndTheNextPushSucceeds) {  // INT-1, ALG-7
  std::vector<Record> records;
  for (int i = 0; i < 50; ++i) records.push_back(steps_at(i));
  std::vector<WriteOp> ops;
  for (int i = 0; i < 50; ++i) ops.push_back(create("id" + std::to_string(i), records[static_cast<std::size_t>(i)]));
  push_well({ops[0], ops[1]});
  const std::string before = read_file();
  {
    const FileSizeLimit limit(before.size() + 700);  // the batch does not fit, a part of it does
    const auto outcomes = push(ops);
    EXPECT_TRUE(outcomes[0] && outcomes[0]->already_existed) << "what was there before is there still";
    for (std::size_t i = 2; i < outcomes.size(); ++i) EXPECT_EQ(outcomes[i].error().code, ErrorCode::storage_full);
    EXPECT_EQ(read_file(), before) << "no half of the batch stays";

    const Record longer = steps_at(1, 123456789);
    std::vector<WriteOp> with_update = ops;
    with_update.push_back(update("id0", longer));
    EXPECT_EQ(push(with_update).back().error().code, ErrorCode::storage_full);
    EXPECT_EQ(read_file(), before);
    EXPECT_FALSE(std::filesystem::exists(folder() + "/.steps.jsonl.new"));
    EXPECT_THAT(fetch().records, SizeIs(2));
  }
  push_well(ops);
  EXPECT_THAT(fetch().records, SizeIs(50));
}

TEST_F(JsonProviderTest, ARewriteKeepsThePermissionsAndNewFilesAreForTheirOwner) {
  push_well({create("a", steps_at(0)), create("b", steps_at(1))});
  struct stat status{};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::chmod(file().c_str(), 0640), 0);
  push_well({erase("a")});
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

}  // namespace
}  // namespace syncwell::providers::json
