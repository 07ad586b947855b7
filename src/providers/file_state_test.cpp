#include "providers/file_state.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace syncwell::providers {
namespace {

namespace fs = std::filesystem;

class FileStateTest : public testing::Test {
 protected:
  FileStateTest() { fs::create_directories(folder / "inner"); }
  ~FileStateTest() override { fs::remove_all(folder); }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder / name) << text; }

  fs::path folder = fs::temp_directory_path() / ("syncwell-file-state-" + std::to_string(::getpid()));
};

TEST_F(FileStateTest, StaysWhileNothingHappens) {  // TRIG-5
  write("a.fit", "one");
  write("inner/b.fit", "two");
  const auto state = state_of_files(folder);
  EXPECT_FALSE(state.empty());
  EXPECT_EQ(state_of_files(folder), state);
}

TEST_F(FileStateTest, ChangesWithEveryChange) {  // TRIG-5
  write("a.fit", "one");
  const auto state = state_of_files(folder);
  const auto file = state_of_files(folder / "a.fit");
  EXPECT_FALSE(file.empty());
  write("inner/b.fit", "two");
  const auto added = state_of_files(folder);
  EXPECT_NE(added, state);
  write("inner/b.fit", "longer");
  EXPECT_NE(state_of_files(folder), added) << "written";
  fs::rename(folder / "inner/b.fit", folder / "inner/c.fit");
  const auto renamed = state_of_files(folder);
  EXPECT_NE(renamed, added);
  fs::remove(folder / "inner/c.fit");
  EXPECT_EQ(state_of_files(folder), state) << "back to where it was";
  fs::last_write_time(folder / "a.fit", fs::last_write_time(folder / "a.fit") + std::chrono::seconds{1});
  EXPECT_NE(state_of_files(folder), state) << "another time, the same size";
  EXPECT_NE(state_of_files(folder / "a.fit"), file);
}

TEST_F(FileStateTest, WhatIsNotThereHasNone) {  // TRIG-5: then the fetch says what is wrong
  EXPECT_EQ(state_of_files(folder / "nothing"), "");
  EXPECT_EQ(state_of_files(""), "");
}

}  // namespace
}  // namespace syncwell::providers
