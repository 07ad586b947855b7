#include "providers/track/file_bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <stdexcept>
#include <utility>
#include <vector>

namespace syncwell::providers::track {
namespace {

constexpr int gzip_only = 15 + 16;  // window bits, and the flag for a gzip wrapper
constexpr std::string_view gzip_magic = "\x1f\x8b";

}  // namespace

struct FileBytes::State {
  State(int descriptor, FileLimits file_limits) : file(descriptor), limits(file_limits) {}
  ~State() {
    if (unpacking) inflateEnd(&stream);
    ::close(file);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Result<std::string_view> fill() {
    ssize_t got = 0;
    do {
      got = ::read(file, input.data(), input.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) return fail(ErrorCode::unreadable_input, "the disk does not give the file's bytes");
    read_bytes += static_cast<std::uint64_t>(got);
    if (read_bytes > limits.file_bytes) return fail(too_large(limits.file_bytes));
    return std::string_view(input.data(), static_cast<std::size_t>(got));
  }

  static Error too_large(std::uint64_t limit) {
    return {ErrorCode::too_large, fmt::format("larger than the maximum of {} bytes", limit)};
  }

  void start_unpacking() {
    if (inflateInit2(&stream, gzip_only) != Z_OK) throw std::runtime_error("zlib cannot be started");
    unpacking = true;
    output.resize(chunk_bytes);
  }

  // Gives the next unpacked piece. A gzip file may consist of several members; what follows the last one is ignored.
  Result<std::string_view> unpack() {
    while (!ended) {
      if (stream.avail_in == 0) {
        const auto piece = fill();
        if (!piece) return fail(piece.error());
        if (piece->empty() && between_members) break;
        if (piece->empty()) return fail(ErrorCode::unreadable_input, "the gzip stream ends too early");
        stream.next_in = reinterpret_cast<Bytef*>(input.data());
        stream.avail_in = static_cast<uInt>(piece->size());
      }
      if (between_members) {
        if (*stream.next_in != static_cast<unsigned char>(gzip_magic.front())) break;
        inflateReset(&stream);
        between_members = false;
      }
      stream.next_out = reinterpret_cast<Bytef*>(output.data());
      stream.avail_out = static_cast<uInt>(output.size());
      const int status = inflate(&stream, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
        return fail(ErrorCode::unreadable_input, "the gzip stream is damaged");
      }
      between_members = status == Z_STREAM_END;
      const std::size_t size = output.size() - stream.avail_out;
      unpacked_bytes += size;
      if (unpacked_bytes > limits.unpacked_bytes) return fail(too_large(limits.unpacked_bytes));
      if (size > 0) return std::string_view(output.data(), size);
    }
    ended = true;
    return std::string_view{};
  }

  Result<std::string_view> first() {
    const auto piece = fill();
    if (!piece || !piece->starts_with(gzip_magic)) return piece;
    start_unpacking();
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(piece->size());
    return unpack();
  }

  int file;
  FileLimits limits;
  std::vector<char> input = std::vector<char>(chunk_bytes);
  std::vector<char> output;
  z_stream stream{};
  std::uint64_t read_bytes = 0;
  std::uint64_t unpacked_bytes = 0;
  bool started = false;
  bool unpacking = false;
  bool between_members = false;
  bool ended = false;
};

FileBytes::FileBytes(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileBytes::~FileBytes() = default;
FileBytes::FileBytes(FileBytes&&) noexcept = default;
FileBytes& FileBytes::operator=(FileBytes&&) noexcept = default;

Result<FileBytes> FileBytes::open(const std::filesystem::path& file, FileLimits limits) {
  // O_NONBLOCK: a named pipe with a tempting name must not block the thread.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return fail(ErrorCode::not_found, "no such file");
    return fail(ErrorCode::unreadable_input, "cannot be opened; check its permissions");
  }
  auto state = std::make_unique<State>(descriptor, limits);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::unreadable_input, "not a regular file");
  }
  if (status.st_size == 0) return fail(ErrorCode::unreadable_input, "empty file");
  if (static_cast<std::uint64_t>(status.st_size) > limits.file_bytes) return fail(State::too_large(limits.file_bytes));
  return FileBytes(std::move(state));
}

Result<std::string_view> FileBytes::next() {
  State& state = *state_;
  if (state.ended) return std::string_view{};
  const bool first = !std::exchange(state.started, true);
  auto piece = first ? state.first() : state.unpacking ? state.unpack() : state.fill();
  if (!piece || piece->empty()) state.ended = true;
  return piece;
}

}  // namespace syncwell::providers::track
