#include "providers/json/folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "providers/json/json_fixture.hpp"

namespace syncwell::providers::json {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::MatchesRegex;

class FolderTest : public testing::Test {
 protected:
  [[nodiscard]] std::string folder() const { return (temporary_.path() / "a" / "b").string(); }
  void write_marker(const std::string& content) const {
    std::filesystem::create_directories(folder());
    std::ofstream(folder() + "/" + std::string(marker_name)) << content;
  }
  TemporaryFolder temporary_;
  VirtualRuntime runtime_;
};

TEST_F(FolderTest, ANewFolderGetsAnIdThatStays) {
  EXPECT_EQ(folder_identity(folder()).error().code, ErrorCode::not_found);
  const auto id = create_folder_identity(folder(), runtime_.random());
  ASSERT_TRUE(id.has_value()) << id.error().message;
  EXPECT_THAT(*id, MatchesRegex("[0-9a-f-]{36}"));
  EXPECT_EQ(create_folder_identity(folder(), runtime_.random()).value(), *id);
  EXPECT_EQ(folder_identity(folder()).value(), *id);
  struct stat status{};
  ASSERT_EQ(::stat(folder().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);  // health data
}

TEST_F(FolderTest, TheMarkerHasTheDocumentedForm) {
  const std::string id = create_folder_identity(folder(), runtime_.random()).value();
  std::ifstream stream(folder() + "/syncwell-folder.json");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(text, R"({"format":"syncwell canonical records","version":1,"id":")" + id + "\"}\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder()), {}), 1) << "a temporary file was left";
}

TEST_F(FolderTest, AFolderMadeAnewIsAnotherOne) {
  const std::string first = create_folder_identity(folder(), runtime_.random()).value();
  std::filesystem::remove_all(folder());
  EXPECT_NE(create_folder_identity(folder(), runtime_.random()).value(), first);
}

TEST_F(FolderTest, AnExistingFolderWithoutAMarkerIsNamedOnlyWhenAsked) {
  std::filesystem::create_directories(folder());
  EXPECT_EQ(folder_identity(folder()).error().code, ErrorCode::not_found);
  EXPECT_TRUE(create_folder_identity(folder(), runtime_.random()).has_value());
}

TEST_F(FolderTest, ManyAtOnceGetTheSameId) {
  std::vector<std::string> ids(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    threads.emplace_back([&, i] {
      Random random(i + 1);
      ids[i] = create_folder_identity(folder(), random).value_or("failed");
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
  EXPECT_NE(ids[0], "failed");
}

TEST_F(FolderTest, DamagedAndForeignMarkersAreRefused) {
  for (const char* content : {"", "{", "[]", R"({"format":"other","version":1,"id":"x"})",
                              R"({"format":"syncwell canonical records","id":"x"})",
                              R"({"format":"syncwell canonical records","version":1,"id":""})",
                              R"({"format":"syncwell canonical records","version":"1","id":"x"})"}) {
    write_marker(content);
    EXPECT_EQ(folder_identity(folder()).error().code, ErrorCode::unreadable_input) << content;
    EXPECT_EQ(create_folder_identity(folder(), runtime_.random()).error().code, ErrorCode::unreadable_input);
  }
  write_marker(R"({"format":"syncwell canonical records","version":2,"id":"x"})");
  EXPECT_EQ(folder_identity(folder()).error().code, ErrorCode::storage_newer);
}

TEST_F(FolderTest, AFileIsNoFolder) {
  const std::string file = (temporary_.path() / "export.jsonl").string();
  std::ofstream(file) << "x";
  const auto checked = check_folder(file);
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(checked.error().message, HasSubstr("not a folder"));
  EXPECT_EQ(create_folder_identity(file, runtime_.random()).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(create_folder_identity(file + "/below", runtime_.random()).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(check_folder("").error().code, ErrorCode::invalid_argument);
}

Async<Result<void>> hold_and_wait(std::string folder, FolderLock::Mode mode, Runtime& runtime, Duration hold) {
  const auto lock = co_await FolderLock::acquire(std::move(folder), mode, runtime, Deadline::after(runtime, 10s));
  if (!lock) co_return fail(lock.error());
  co_return co_await runtime.sleep_for(hold);
}

TEST_F(FolderTest, WritersWaitForOneAnother) {
  ASSERT_TRUE(create_folder_identity(folder(), runtime_.random()).has_value());
  std::vector<Result<void>> done;
  const auto start = [&](FolderLock::Mode mode, Duration hold) {
    boost::asio::co_spawn(runtime_.executor(),
                          without_cancellation_exceptions(hold_and_wait(folder(), mode, runtime_, hold)),
                          [&](std::exception_ptr, Result<void> result) { done.push_back(result); });
    runtime_.run_for(1ms);
  };
  start(FolderLock::Mode::exclusive, 5s);
  start(FolderLock::Mode::exclusive, 4s);
  runtime_.run_for(6s);
  EXPECT_EQ(done.size(), 1U);
  runtime_.run_for(4s);
  EXPECT_EQ(done.size(), 2U);

  start(FolderLock::Mode::shared, 30s);
  start(FolderLock::Mode::shared, 1s);
  start(FolderLock::Mode::exclusive, 1s);
  runtime_.run_for(2s);
  EXPECT_EQ(done.size(), 3U) << "readers do not wait for one another";
  runtime_.run_for(20s);
  ASSERT_EQ(done.size(), 4U);
  ASSERT_FALSE(done[3].has_value());
  EXPECT_EQ(done[3].error().code, ErrorCode::storage_in_use);
  runtime_.run();
}

TEST_F(FolderTest, AFolderWithoutAMarkerHasNoWriters) {
  std::filesystem::create_directories(folder());
  EXPECT_TRUE(runtime_.run(hold_and_wait(folder(), FolderLock::Mode::shared, runtime_, 0s)).has_value());
  EXPECT_EQ(runtime_.run(hold_and_wait(folder(), FolderLock::Mode::exclusive, runtime_, 0s)).error().code,
            ErrorCode::not_found);
}

}  // namespace
}  // namespace syncwell::providers::json
