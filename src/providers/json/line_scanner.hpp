// The lines of a file from its start, in bounded memory: a byte order mark at the start and blank lines are passed
// over, CRLF counts as a line end, and a line that is too long is reported without being held.
// Belongs to one thread; the descriptor outlives the scanner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace syncwell::providers::json {

struct Line {
  std::uint64_t number = 0;    // from 1, blank lines counted
  std::uint64_t offset = 0;    // of its first byte
  std::uint64_t length = 0;    // without the line end
  std::uint8_t end_bytes = 0;  // 2 for CRLF, 1 for LF, 0 for a last line without an end
  bool too_long = false;       // over max_line_bytes: `text` is empty
  std::string_view text;       // valid until the next call
};

class LineScanner {
 public:
  // Reads up to `size` bytes of the file; what is appended meanwhile is not seen.
  LineScanner(int descriptor, std::uint64_t size, std::size_t max_line_bytes, std::string path);
  // The next line that is not blank; nullopt at the end. Errors: those of read_at.
  [[nodiscard]] Result<std::optional<Line>> next();

 private:
  [[nodiscard]] Result<void> fill();
  [[nodiscard]] Line take_line(std::size_t length, bool has_end);
  void drop(std::size_t bytes);

  int descriptor_;
  std::uint64_t size_;
  std::size_t max_line_bytes_;
  std::string path_;
  std::string buffer_;                 // read and not yet dropped
  std::uint64_t buffer_offset_ = 0;    // of buffer_[0] in the file
  std::size_t searched_ = 0;           // no line end in buffer_ before this
  std::size_t begin_ = 0;              // of the current line in buffer_
  std::uint64_t dropped_of_line_ = 0;  // bytes of a too long line that are gone from the buffer
  std::uint64_t number_ = 0;
};

}  // namespace syncwell::providers::json
