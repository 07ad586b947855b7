#include "providers/track/folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "providers/test_files.hpp"

namespace syncwell::providers::track {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class FolderTest : public testing::Test {
 protected:
  void touch(const fs::path& name) const { temporary_.write(name, "x"); }
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder_)) result.push_back(entry.path().filename().string());
    return result;
  }

  TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(FolderTest, ListsFilesOfItsKindInOrder) {
  for (const char* name :
       {"b.gpx", "a/c.GPX", "a/d.gpx.gz", "e.tcx", ".hidden.gpx", ".cache/f.gpx", "gpx", "a/g.gpx.bak"}) {
    touch(name);
  }
  fs::create_directories(folder_ / "folder.gpx");
  fs::create_directory_symlink(folder_, folder_ / "loop");
  const auto list = list_files(folder_, "gpx");
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->is_folder);
  EXPECT_THAT(list->files, ElementsAre(folder_ / "a/c.GPX", folder_ / "a/d.gpx.gz", folder_ / "b.gpx"));
  EXPECT_THAT(list->warnings, IsEmpty());
}

TEST_F(FolderTest, AFileIsTakenWhateverItsName) {
  touch("export.txt");
  const auto list = list_files(folder_ / "export.txt", "gpx");
  ASSERT_TRUE(list);
  EXPECT_FALSE(list->is_folder);
  EXPECT_THAT(list->files, ElementsAre(folder_ / "export.txt"));
}

TEST_F(FolderTest, NothingThereIsNotFound) {
  EXPECT_EQ(list_files(folder_ / "missing", "gpx").error().code, ErrorCode::not_found);
}

TEST_F(FolderTest, StopsAtTheMaximumDepth) {
  fs::path deep;
  for (int i = 0; i < max_folder_depth + 3; ++i) deep /= "d";
  touch(deep / "x.gpx");
  touch("d/y.gpx");
  EXPECT_THAT(list_files(folder_, "gpx")->files, ElementsAre(folder_ / "d/y.gpx"));
}

TEST_F(FolderTest, WritesAllOrNothing) {
  const fs::path file = folder_ / "a.gpx";
  ASSERT_TRUE(write_file(file, "one"));
  ASSERT_TRUE(write_file(file, "two"));
  EXPECT_EQ(read_test_file(file), "two");
  EXPECT_THAT(names(), ElementsAre("a.gpx"));
  // Health data is for its owner.
  EXPECT_EQ(fs::status(file).permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);

  fs::create_directories(folder_ / "b.gpx" / "not empty");
  const auto failed = write_file(folder_ / "b.gpx", "three");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::storage_failed);
  EXPECT_THAT(names(), testing::UnorderedElementsAre("a.gpx", "b.gpx"));  // nothing left behind
}

TEST_F(FolderTest, TellsWhatTheDiskSays) {
  EXPECT_EQ(write_file(folder_ / "missing" / "a.gpx", "x").error().code, ErrorCode::storage_failed);
  if (::geteuid() != 0) {
    fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_EQ(write_file(folder_ / "a.gpx", "x").error().code, ErrorCode::storage_read_only);
    fs::permissions(folder_, fs::perms::owner_all);
  }
}

TEST_F(FolderTest, WhatACrashLeftBehindIsOverwrittenAndNeverRead) {
  touch(".a.gpx.part");
  EXPECT_THAT(list_files(folder_, "gpx")->files, IsEmpty());
  ASSERT_TRUE(write_file(folder_ / "a.gpx", "new"));
  EXPECT_THAT(names(), ElementsAre("a.gpx"));
}

TEST_F(FolderTest, RemovingTwiceIsSuccess) {
  touch("a.gpx");
  EXPECT_TRUE(remove_file(folder_ / "a.gpx"));
  EXPECT_TRUE(remove_file(folder_ / "a.gpx"));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(FolderTest, TheDestinationIsAFolder) {
  EXPECT_TRUE(ensure_folder(folder_ / "new" / "deep"));
  EXPECT_TRUE(fs::is_directory(folder_ / "new" / "deep"));
  touch("file");
  EXPECT_EQ(ensure_folder(folder_ / "file").error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace syncwell::providers::track
