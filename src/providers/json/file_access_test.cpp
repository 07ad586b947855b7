#include "providers/json/file_access.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "providers/json/json_fixture.hpp"

namespace syncwell::providers::json {
namespace {

using testing::HasSubstr;

TEST(FileAccess, SystemErrorsBecomeErrorsThatSayWhatToDo) {
  for (const int full : {ENOSPC, EDQUOT, EFBIG}) {
    EXPECT_EQ(error_of(full, Access::write, "f").code, ErrorCode::storage_full);
  }
  for (const int refused : {EACCES, EPERM, EROFS}) {
    EXPECT_EQ(error_of(refused, Access::write, "f").code, ErrorCode::storage_read_only);
    EXPECT_EQ(error_of(refused, Access::read, "f").code, ErrorCode::storage_failed);
  }
  EXPECT_EQ(error_of(ENOENT, Access::read, "f").code, ErrorCode::not_found);
  EXPECT_EQ(error_of(ENOTDIR, Access::read, "f").code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(EIO, Access::write, "f").code, ErrorCode::storage_failed);
  EXPECT_THAT(error_of(ENOSPC, Access::write, "steps.jsonl").message, HasSubstr("steps.jsonl"));
}

TEST(FileAccess, OpensOnlyRegularFilesAndNeverWaits) {
  const TemporaryFolder folder;
  const std::string pipe = (folder.path() / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(open_file(pipe, O_RDONLY, Access::read).error().code, ErrorCode::unreadable_input);
  EXPECT_EQ(open_file("/dev/null", O_RDWR, Access::write).error().code, ErrorCode::unreadable_input);
  EXPECT_EQ(open_file(folder.path().string(), O_RDONLY, Access::read).error().code, ErrorCode::unreadable_input);
  EXPECT_EQ(open_file(folder.path().string(), O_RDWR, Access::write).error().code, ErrorCode::unreadable_input);
  EXPECT_EQ(open_file((folder.path() / "none").string(), O_RDONLY, Access::read).error().code, ErrorCode::not_found);
}

TEST(FileAccess, ReadsUpToTheEndAndWritesInPlace) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "file").string();
  const auto file = open_file(path, O_RDWR | O_CREAT, Access::write);
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(write_at(file->get(), 0, "hello", path).has_value());
  EXPECT_TRUE(write_at(file->get(), 4, "p!", path).has_value());
  EXPECT_EQ(read_at(file->get(), 1, 100, path).value(), "ellp!");
  EXPECT_EQ(read_at(file->get(), 100, 5, path).value(), "");
  const auto before = signature_of(file->get(), path);
  EXPECT_TRUE(truncate_to(file->get(), 2, path).has_value());
  EXPECT_TRUE(sync_file(file->get(), path).has_value());
  EXPECT_TRUE(sync_folder(folder.path().string()).has_value());
  EXPECT_NE(signature_of(file->get(), path).value(), before.value());
  EXPECT_EQ(read_at(file->get(), 0, 100, path).value(), "he");
}

TEST(FileAccess, ErrorsOfABadDescriptorAreReported) {
  EXPECT_EQ(read_at(-1, 0, 1, "f").error().code, ErrorCode::storage_failed);
  EXPECT_EQ(write_at(-1, 0, "x", "f").error().code, ErrorCode::storage_failed);
  EXPECT_EQ(truncate_to(-1, 0, "f").error().code, ErrorCode::storage_failed);
  EXPECT_EQ(sync_file(-1, "f").error().code, ErrorCode::storage_failed);
  EXPECT_EQ(signature_of(-1, "f").error().code, ErrorCode::storage_failed);
  EXPECT_EQ(sync_folder("/nowhere/at/all").error().code, ErrorCode::not_found);
}

TEST(FileAccess, ADescriptorIsMovedNotShared) {
  FileDescriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  FileDescriptor second(std::move(first));
  EXPECT_EQ(second.get(), number);
  FileDescriptor third;
  third = std::move(second);
  EXPECT_TRUE(third.is_open());
  third.reset();
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace syncwell::providers::json
