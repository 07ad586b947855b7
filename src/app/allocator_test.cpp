// What the programs give back to the allocator is overwritten (DEC-11). A program of its own: jemalloc, no sanitizer.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

namespace syncwell::app {
namespace {

// Small and large classes of jemalloc, none of them the size of a class.
constexpr std::array sizes = {50UL, 500UL, 5'000UL, 50'000UL, 500'000UL};

// Through pointers that the compiler does not see through: it may leave out pairs of calls.
void* (*volatile const allocate)(std::size_t) = std::malloc;
void* (*volatile const resize)(void*, std::size_t) = std::realloc;
void (*volatile const give_back)(void*) = std::free;
void* (*volatile const create)(std::size_t) = ::operator new;
void (*volatile const destroy)(void*, std::size_t) = ::operator delete;

std::string secret_of(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += "a token that nobody may find ";
  text.resize(bytes);
  return text;
}

// Not from the allocator: looking must not take the block that is looked at.
std::array<char, sizes.back() + 1> looked_at;

// What a core of this process would hold there; empty when nothing is mapped there any more.
std::string_view memory_at(const void* place, std::size_t bytes) {
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  const auto read =
      ::pread(memory, looked_at.data(), bytes, static_cast<off_t>(reinterpret_cast<std::uintptr_t>(place)));
  ::close(memory);
  return {looked_at.data(), static_cast<std::size_t>(std::max<ssize_t>(0, read))};
}

bool holds_secret(const void* place, std::size_t bytes) {
  return memory_at(place, bytes).find("token") != std::string_view::npos;
}

TEST(FreedMemory, TheTestSeesWhatIsNotFreed) {
  for (const std::size_t bytes : sizes) {
    void* block = allocate(bytes);
    std::memcpy(block, secret_of(bytes).data(), bytes);
    EXPECT_TRUE(holds_secret(block, bytes)) << bytes;
    give_back(block);
  }
}

TEST(FreedMemory, IsOverwritten) {  // DEC-11
  for (const std::size_t bytes : sizes) {
    void* freed = allocate(bytes);
    std::memcpy(freed, secret_of(bytes).data(), bytes);
    give_back(freed);
    EXPECT_FALSE(holds_secret(freed, bytes)) << bytes;

    void* deleted = create(bytes);
    std::memcpy(deleted, secret_of(bytes).data(), bytes);
    destroy(deleted, bytes);
    EXPECT_FALSE(holds_secret(deleted, bytes)) << bytes;
  }
}

TEST(FreedMemory, ABlockThatGrowsLeavesNothingBehind) {  // DEC-11: libcurl's requests are built in such blocks
  for (const std::size_t bytes : sizes) {
    const std::string secret = secret_of(bytes);
    void* block = allocate(bytes);
    std::memcpy(block, secret.data(), bytes);
    void* grown = resize(block, bytes * 5);
    ASSERT_NE(grown, nullptr);
    EXPECT_EQ(memory_at(grown, bytes), secret);
    if (grown != block) EXPECT_FALSE(holds_secret(block, bytes)) << bytes;
    give_back(grown);
    EXPECT_FALSE(holds_secret(grown, bytes)) << bytes;
  }
}

TEST(FreedMemory, ABlockThatShrinksLeavesNothingBehind) {  // DEC-11
  for (const std::size_t bytes : sizes) {
    const std::string secret = secret_of(bytes);
    void* block = allocate(bytes);
    std::memcpy(block, secret.data(), bytes);
    void* shrunk = resize(block, bytes / 5);
    ASSERT_NE(shrunk, nullptr);
    EXPECT_EQ(memory_at(shrunk, bytes / 5), secret.substr(0, bytes / 5));
    if (shrunk != block) EXPECT_FALSE(holds_secret(block, bytes)) << bytes;
    give_back(shrunk);
    EXPECT_FALSE(holds_secret(block, bytes)) << bytes;
  }
}

TEST(FreedMemory, ALibrarysBlocksToo) {  // DEC-11
  for (const std::size_t bytes : sizes) {
    const std::string secret = secret_of(bytes);
    void* block = sqlite3_malloc64(bytes);
    std::memcpy(block, secret.data(), bytes);
    void* grown = sqlite3_realloc64(block, bytes * 5);
    ASSERT_NE(grown, nullptr);
    EXPECT_EQ(memory_at(grown, bytes), secret);
    if (grown != block) EXPECT_FALSE(holds_secret(block, bytes)) << bytes;
    sqlite3_free(grown);
  }
}

TEST(Realloc, OfNothingAllocatesAndToNothingFrees) {
  void* block = resize(nullptr, 50);
  ASSERT_NE(block, nullptr);
  std::memcpy(block, secret_of(50).data(), 50);
  EXPECT_EQ(resize(block, 0), nullptr);
  EXPECT_FALSE(holds_secret(block, 50));
}

TEST(Realloc, ThatFindsNoMemoryKeepsTheBlock) {
  const std::string secret = secret_of(50);
  void* block = allocate(50);
  std::memcpy(block, secret.data(), 50);
  EXPECT_EQ(resize(block, SIZE_MAX / 2), nullptr);
  EXPECT_EQ(memory_at(block, 50), secret);
  give_back(block);
}

}  // namespace
}  // namespace syncwell::app
