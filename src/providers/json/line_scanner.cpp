#include "providers/json/line_scanner.hpp"

#include <algorithm>
#include <utility>

#include "providers/json/file_access.hpp"

namespace syncwell::providers::json {
namespace {

constexpr std::size_t block_bytes = 256 * 1024;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

LineScanner::LineScanner(int descriptor, std::uint64_t size, std::size_t max_line_bytes, std::string path)
    : descriptor_(descriptor), size_(size), max_line_bytes_(max_line_bytes), path_(std::move(path)) {}

Result<void> LineScanner::fill() {
  drop(begin_);                            // lines that were handed out
  if (buffer_.size() > max_line_bytes_) {  // the middle of a line that nobody will see
    dropped_of_line_ += buffer_.size();
    drop(buffer_.size());
  }
  const std::uint64_t from = buffer_offset_ + buffer_.size();
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(block_bytes, size_ - from));
  auto bytes = read_at(descriptor_, from, wanted, path_);
  if (!bytes) return fail(std::move(bytes.error()));
  if (bytes->size() < wanted) size_ = from + bytes->size();  // cut off by someone meanwhile
  buffer_ += *bytes;
  return {};
}

void LineScanner::drop(std::size_t bytes) {
  buffer_.erase(0, bytes);
  buffer_offset_ += bytes;
  searched_ -= std::min(searched_, bytes);
  begin_ -= std::min(begin_, bytes);
}

Line LineScanner::take_line(std::size_t length, bool has_end) {
  Line line;
  line.number = ++number_;
  line.offset = buffer_offset_ + begin_ - dropped_of_line_;
  line.length = dropped_of_line_ + length;
  line.end_bytes = has_end ? 1 : 0;
  std::string_view text = std::string_view(buffer_).substr(begin_, length);
  if (line.offset == 0 && text.starts_with(byte_order_mark)) {
    text.remove_prefix(byte_order_mark.size());
    line.offset += byte_order_mark.size();
    line.length -= byte_order_mark.size();
  }
  if (has_end && text.ends_with('\r')) {
    text.remove_suffix(1);
    --line.length;
    line.end_bytes = 2;
  }
  line.too_long = line.length > max_line_bytes_;
  if (!line.too_long) line.text = text;
  begin_ += length + (has_end ? 1 : 0);
  searched_ = begin_;
  dropped_of_line_ = 0;
  return line;
}

Result<std::optional<Line>> LineScanner::next() {
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end != std::string::npos) {
      const Line line = take_line(end - begin_, true);
      if (line.too_long || !is_blank(line.text)) return line;
      continue;
    }
    searched_ = buffer_.size();
    if (buffer_offset_ + buffer_.size() < size_) {
      if (auto filled = fill(); !filled) return fail(std::move(filled.error()));
      continue;
    }
    if (begin_ == buffer_.size() && dropped_of_line_ == 0) return std::optional<Line>();
    const Line line = take_line(buffer_.size() - begin_, false);
    if (line.too_long || !is_blank(line.text)) return line;
  }
}

}  // namespace syncwell::providers::json
