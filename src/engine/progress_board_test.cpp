#include "engine/progress_board.hpp"

#include <gtest/gtest.h>

namespace syncwell::engine {
namespace {

TEST(ProgressBoard, TellsTheLatestOfAJobUntilItIsOver) {  // SUP-6
  ProgressBoard board;
  EXPECT_FALSE(board.find("job").has_value());
  board.note("job", {.read = 10, .written = 1});
  board.note("job", {.read = 20, .written = 2});
  board.note("other", {.read = 1});
  ASSERT_TRUE(board.find("job").has_value());
  EXPECT_EQ(board.find("job")->read, 20);
  EXPECT_EQ(board.find("job")->written, 2);
  board.forget("job");
  EXPECT_FALSE(board.find("job").has_value());
  EXPECT_TRUE(board.find("other").has_value());
  board.forget("nobody");
}

TEST(ProgressBoard, OneJobTooManyIsLeftOutUntilAnotherIsOver) {
  ProgressBoard board;
  for (std::size_t i = 0; i < max_jobs_on_board; ++i) board.note("job" + std::to_string(i), {});
  board.note("one more", {.read = 1});
  EXPECT_FALSE(board.find("one more").has_value());
  board.note("job0", {.read = 7});
  EXPECT_EQ(board.find("job0")->read, 7) << "who is on the board stays on it";
  board.forget("job1");
  board.note("one more", {.read = 1});
  EXPECT_TRUE(board.find("one more").has_value());
}

}  // namespace
}  // namespace syncwell::engine
