#include "providers/track/file_bytes.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include <filesystem>
#include <string>

#include "providers/test_files.hpp"

namespace syncwell::providers::track {
namespace {

namespace fs = std::filesystem;

class FileBytesTest : public testing::Test {
 protected:
  fs::path write(std::string_view content) const { return temporary_.write("file", content); }

  static std::string gzip(std::string_view content) {
    std::string packed(content.size() + 1024, '\0');
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
  }

  static Result<std::string> read_all(const fs::path& file, FileLimits limits = {}) {
    auto bytes = FileBytes::open(file, limits);
    if (!bytes) return fail(bytes.error());
    std::string content;
    for (;;) {
      const auto piece = bytes->next();
      if (!piece) return fail(piece.error());
      if (piece->empty()) return content;
      EXPECT_LE(piece->size(), chunk_bytes);
      content += *piece;
    }
  }

  TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(FileBytesTest, GivesPlainAndPackedFilesAlike) {
  std::string content;
  for (int i = 0; i < 100'000; ++i) content += std::to_string(i);
  EXPECT_EQ(read_all(write(content)), content);
  EXPECT_EQ(read_all(write(gzip(content))), content);
  EXPECT_EQ(read_all(write(gzip(content) + gzip("tail"))), content + "tail");  // several members
  EXPECT_EQ(read_all(write(gzip("x") + std::string(1000, '\0'))), "x");        // padded
}

TEST_F(FileBytesTest, RefusesWhatIsNoFileToRead) {
  EXPECT_EQ(read_all(folder_ / "missing").error().code, ErrorCode::not_found);
  EXPECT_EQ(read_all(folder_).error().code, ErrorCode::unreadable_input);
  EXPECT_EQ(read_all(write("")).error().code, ErrorCode::unreadable_input);
  const fs::path pipe = folder_ / "pipe.gpx";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_all(pipe).error().code, ErrorCode::unreadable_input);  // and does not wait for a writer
}

TEST_F(FileBytesTest, KeepsItsMaximums) {
  EXPECT_EQ(read_all(write(std::string(10, 'x')), {.file_bytes = 10}), std::string(10, 'x'));
  EXPECT_EQ(read_all(write(std::string(11, 'x')), {.file_bytes = 10}).error().code, ErrorCode::too_large);
  const std::string bomb = gzip(std::string(1'000'000, 'x'));
  EXPECT_TRUE(read_all(write(bomb), {.unpacked_bytes = 1'000'000}));
  EXPECT_EQ(read_all(write(bomb), {.unpacked_bytes = 999'999}).error().code, ErrorCode::too_large);
}

TEST_F(FileBytesTest, TellsOfADamagedStream) {
  const std::string packed = gzip("some text that is long enough to be cut somewhere");
  for (std::size_t size = 2; size < packed.size(); ++size) {
    EXPECT_EQ(read_all(write(packed.substr(0, size))).error().code, ErrorCode::unreadable_input) << size;
  }
  std::string damaged = packed;
  damaged[packed.size() - 5] ^= 1;  // the checksum
  EXPECT_EQ(read_all(write(damaged)).error().code, ErrorCode::unreadable_input);
}

}  // namespace
}  // namespace syncwell::providers::track
