// What happens to the bytes of an XML file before expat sees them (see xml_reader.hpp): byte-order mark, blanks before
// the declaration, document type declarations, forbidden control characters, invalid UTF-8.
// Every replacement is one byte for one byte, so that lines, columns and byte positions stay those of the file; only
// what stands before the first '<' is dropped, and counted. Works in place on chunks of any size; constant memory.
// Pure: one object per document, no thread of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace syncwell::providers::xml {

inline constexpr std::size_t max_doctype_bytes = 1024 * 1024;
inline constexpr std::size_t max_declaration_bytes = 1024;  // <?xml … ?>
inline constexpr std::size_t max_root_name_bytes = 128;     // as far as a document type declaration names it

// Replaces control characters that XML forbids by blanks and, when `utf8`, bytes that are no UTF-8 (surrogates and
// U+FFFE, U+FFFF included) by '?'. Returns how many leading bytes are settled: less than `size` only where the rest
// may be the beginning of a UTF-8 sequence and `final` is false.
[[nodiscard]] std::size_t replace_forbidden_bytes(char* data, std::size_t size, bool utf8, bool final);

class InputFilter {
 public:
  struct Ready {
    std::size_t drop = 0;  // leading bytes that expat must not see
    std::size_t end = 0;   // [drop, end) goes to expat, [end, size) comes again in front of the next chunk
  };

  // Filters data[0, size) in place. The caller puts what was not ready in front of the next chunk; at the end of the
  // document `final` settles everything. unreadable_input: UTF-16, or a document type declaration past its maximum or
  // without an end.
  [[nodiscard]] Result<Ready> filter(char* data, std::size_t size, bool final);

  // False once the declaration has named an encoding that is not UTF-8.
  [[nodiscard]] bool utf8() const { return utf8_; }
  // Dropped so far: to be added to what expat counts.
  [[nodiscard]] std::uint64_t dropped_bytes() const { return dropped_bytes_; }
  [[nodiscard]] std::uint64_t dropped_lines() const { return dropped_lines_; }

 private:
  enum class Stage { start, prolog, comment, instruction, doctype, content };
  // Where inside <!DOCTYPE …> we are.
  enum class Doctype { name, head, subset, after_subset, literal, comment, instruction };

  Result<bool> begin(char* data, std::size_t size, bool final, std::size_t& position);
  // Each moves `position` on and returns false when it needs more bytes than there are.
  bool step_prolog(char* data, std::size_t size, bool final, std::size_t& position);
  bool step_to_end_of(std::string_view end, char* data, std::size_t size, bool final, std::size_t& position);
  bool step_doctype(char* data, std::size_t size, bool final, std::size_t& position);
  bool step_literal(char* data, std::size_t size, bool final, std::size_t& position);
  bool root_follows(const char* data, std::size_t size, std::size_t position) const;
  void read_encoding(std::string_view declaration);

  Stage stage_ = Stage::start;
  Doctype doctype_ = Doctype::name;
  bool in_subset_ = false;      // the literal, comment or instruction stands inside [ … ]
  char quote_ = 0;              // of the literal
  int bracket_in_literal_ = 0;  // 1: "]" seen, 2: "]>" seen, in a literal that may lack its closing quote
  std::string root_name_;
  std::size_t doctype_bytes_ = 0;
  bool utf8_ = true;
  std::uint64_t dropped_bytes_ = 0;
  std::uint64_t dropped_lines_ = 0;
};

}  // namespace syncwell::providers::xml
