#include "power_cut.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

namespace syncwell::crash {
namespace {

constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::uint32_t magic = 0x377f0682;  // the last bit says in which order checksums take their bytes
constexpr std::size_t most_random_bytes = 20'000;

using Bytes = std::span<const unsigned char>;

std::uint32_t big_endian(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 |
         std::uint32_t{bytes[at + 3]};
}

std::uint32_t little_endian(Bytes bytes, std::size_t at) { return __builtin_bswap32(big_endian(bytes, at)); }

struct Checksum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  bool is_big_endian = false;

  void add(Bytes bytes) {
    const auto word = is_big_endian ? big_endian : little_endian;
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      first += word(bytes, i) + second;
      second += word(bytes, i + 4) + first;
    }
  }
  [[nodiscard]] bool stands_at(Bytes bytes, std::size_t at) const {
    return big_endian(bytes, at) == first && big_endian(bytes, at + 4) == second;
  }
};

struct Log {
  std::size_t end_of_commits = 0;
  std::size_t frame_bytes = 0;
};

Log read_log(Bytes bytes) {
  Log log;
  if (bytes.size() < header_bytes || (big_endian(bytes, 0) & ~1U) != magic) return log;
  log.frame_bytes = frame_header_bytes + big_endian(bytes, 8);
  Checksum checksum{.is_big_endian = (big_endian(bytes, 0) & 1U) != 0};
  checksum.add(bytes.first(24));
  if (!checksum.stands_at(bytes, 24)) return log;
  for (std::size_t at = header_bytes; at + log.frame_bytes <= bytes.size(); at += log.frame_bytes) {
    const Bytes frame = bytes.subspan(at, log.frame_bytes);
    const bool has_salt =
        big_endian(frame, 8) == big_endian(bytes, 16) && big_endian(frame, 12) == big_endian(bytes, 20);
    checksum.add(frame.first(8));
    checksum.add(frame.subspan(frame_header_bytes));
    if (!has_salt || !checksum.stands_at(frame, 16)) break;
    if (big_endian(frame, 4) != 0) log.end_of_commits = at + log.frame_bytes;
  }
  return log;
}

Result<std::string> content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(ErrorCode::storage_failed, file.string() + " cannot be read");
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

Bytes bytes_of(const std::string& content) {
  return {reinterpret_cast<const unsigned char*>(content.data()), content.size()};
}

// What stands behind the last commit afterwards.
std::string torn(const std::string& content, const Log& log, TornTail tail, Random& random) {
  const std::string last_frame = content.substr(log.end_of_commits - log.frame_bytes, log.frame_bytes);
  std::string torn;
  switch (tail) {
    case TornTail::random_bytes:
      torn.resize(1 + random.below(most_random_bytes));
      for (auto& byte : torn) byte = static_cast<char>(random.below(256));
      return torn;
    case TornTail::old_frame:  // salt and commit mark are right, the checksum is not: it counts what came before
      return last_frame;
    case TornTail::half_a_frame:
      return last_frame.substr(0, 1 + random.below(log.frame_bytes - 1));
    case TornTail::zeros:  // the file has grown, its blocks were never written
      return std::string(log.frame_bytes * (1 + random.below(4)), '\0');
    case TornTail::nothing:
      return torn;
  }
  return torn;
}

}  // namespace

const char* name_of(TornTail tail) {
  constexpr std::array<const char*, torn_tails> names = {"random bytes", "an old frame", "half a frame", "zeros",
                                                         "nothing"};
  return names[static_cast<std::size_t>(tail)];
}

Result<std::uintmax_t> end_of_commits(const std::filesystem::path& log) {
  auto content = content_of(log);
  if (!content) return fail(std::move(content.error()));
  return read_log(bytes_of(*content)).end_of_commits;
}

Result<TornTail> cut_power(const std::filesystem::path& data_folder, Random& random) {
  std::error_code error;
  std::filesystem::remove(data_folder / "syncwell.db-shm", error);
  const auto file = data_folder / "syncwell.db-wal";
  if (!std::filesystem::exists(file, error)) return TornTail::nothing;
  auto content = content_of(file);
  if (!content) return fail(std::move(content.error()));
  const Log log = read_log(bytes_of(*content));
  if (log.end_of_commits == 0) return TornTail::nothing;
  const auto tail = static_cast<TornTail>(random.below(torn_tails));
  const std::string behind = torn(*content, log, tail, random);
  // What stood there before is cut off by half a frame and by nothing; the others may leave more behind them.
  const bool ends_there = tail == TornTail::half_a_frame || tail == TornTail::nothing;
  if (ends_there || content->size() < log.end_of_commits + behind.size()) {
    content->resize(log.end_of_commits);
    *content += behind;
  } else {
    content->replace(log.end_of_commits, behind.size(), behind);
  }
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << *content << std::flush;
  if (!stream) return fail(ErrorCode::storage_failed, file.string() + " cannot be torn");
  return tail;
}

}  // namespace syncwell::crash
