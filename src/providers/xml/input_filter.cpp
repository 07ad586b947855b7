#include "providers/xml/input_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace syncwell::providers::xml {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_name_start(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalpha(byte) != 0 || c == '_' || c == ':' || byte >= 0x80;
}

bool is_name_end(char c) { return is_blank(c) || c == '>' || c == '/' || c == '['; }

// Needs attention: not ASCII, or below the blank. Written so that the compiler turns the block loop into vector code.
bool is_plain(const char* data, std::size_t size) {
  unsigned odd = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(data[i]);
    odd |= static_cast<unsigned>(byte >= 0x80) | static_cast<unsigned>((byte < 0x20) & (byte != '\n'));
  }
  return odd == 0;
}

struct Sequence {
  std::size_t length = 1;
  bool valid = false;
  bool incomplete = false;
};

// The UTF-8 sequence that begins with a byte >= 0x80 (RFC 3629, table 3-7 of the Unicode standard).
Sequence look_at(const unsigned char* data, std::size_t size) {
  const unsigned char lead = data[0];
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;  // surrogates
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= size) return {.length = i, .incomplete = true};
    if (data[i] < (i == 1 ? low : 0x80) || data[i] > (i == 1 ? high : 0xBF)) return {};
  }
  // U+FFFE and U+FFFF are no characters of XML.
  if (lead == 0xEF && data[1] == 0xBF && data[2] >= 0xBE) return {.length = 3};
  return {.length = length, .valid = true};
}

void blank_out(char* data, std::size_t from, std::size_t to) {
  std::replace_if(data + from, data + to, [](char c) { return c != '\n' && c != '\r'; }, ' ');
}

}  // namespace

std::size_t replace_forbidden_bytes(char* data, std::size_t size, bool utf8, bool final) {
  constexpr std::size_t block = 64;
  std::size_t i = 0;
  while (i < size) {
    if (size - i >= block && is_plain(data + i, block)) {
      i += block;
      continue;
    }
    const std::size_t end = std::min(size, i + block);
    while (i < end) {
      const auto byte = static_cast<unsigned char>(data[i]);
      if (byte < 0x80 || !utf8) {
        if (byte < 0x20 && !is_blank(data[i])) data[i] = ' ';
        ++i;
        continue;
      }
      const Sequence sequence = look_at(reinterpret_cast<const unsigned char*>(data) + i, size - i);
      if (sequence.incomplete && !final) return i;
      if (!sequence.valid) std::fill_n(data + i, sequence.length, '?');
      i += sequence.length;
    }
  }
  return size;
}

Result<InputFilter::Ready> InputFilter::filter(char* data, std::size_t size, bool final) {
  Ready ready;
  std::size_t position = 0;
  if (stage_ == Stage::start) {
    const auto begun = begin(data, size, final, position);
    if (!begun) return fail(begun.error());
    dropped_bytes_ += position;
    dropped_lines_ += static_cast<std::uint64_t>(std::count(data, data + position, '\n'));
    ready.drop = position;
    ready.end = position;
    if (!*begun) return ready;
  }
  const std::size_t settled = position + replace_forbidden_bytes(data + position, size - position, utf8_, final);
  bool more = true;
  while (more && position < settled && stage_ != Stage::content) {
    switch (stage_) {
      case Stage::prolog:
        more = step_prolog(data, settled, final, position);
        break;
      case Stage::comment:
        more = step_to_end_of("-->", data, settled, final, position);
        break;
      case Stage::instruction:
        more = step_to_end_of("?>", data, settled, final, position);
        break;
      case Stage::doctype: {
        const std::size_t before = position;
        more = step_doctype(data, settled, final, position);
        doctype_bytes_ += position - before;
        if (doctype_bytes_ > max_doctype_bytes) {
          return fail(ErrorCode::unreadable_input,
                      fmt::format("the document type declaration is longer than {} bytes", max_doctype_bytes));
        }
        break;
      }
      case Stage::start:
      case Stage::content:
        more = false;
        break;
    }
  }
  if (stage_ == Stage::content) position = settled;
  ready.end = position;
  if (final && stage_ == Stage::doctype) {
    return fail(ErrorCode::unreadable_input, "the file ends inside its document type declaration");
  }
  return ready;
}

// Recognises UTF-16, drops a byte-order mark and blanks, reads the declared encoding. True when the document begins at
// `position`; false when more bytes are needed.
Result<bool> InputFilter::begin(char* data, std::size_t size, bool final, std::size_t& position) {
  const std::string_view bytes(data, size);
  if (size < 4 && !final) return false;
  if (dropped_bytes_ == 0) {
    using namespace std::string_view_literals;
    for (const std::string_view mark : {"\xFF\xFE"sv, "\xFE\xFF"sv, "<\0"sv, "\0<"sv}) {
      if (bytes.starts_with(mark)) {
        return fail(ErrorCode::unreadable_input,
                    "the file is UTF-16 or UTF-32; only UTF-8 and 8-bit encodings are read");
      }
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) position = 3;
  }
  while (position < size && static_cast<unsigned char>(data[position]) <= ' ') ++position;
  const std::string_view rest = bytes.substr(position);
  constexpr std::string_view declaration = "<?xml";
  if (!final && rest.size() <= declaration.size() && declaration.starts_with(rest.substr(0, declaration.size()))) {
    return false;
  }
  if (rest.starts_with(declaration)) {
    const auto end = rest.substr(0, max_declaration_bytes).find("?>");
    if (end == std::string_view::npos && rest.size() < max_declaration_bytes && !final) return false;
    read_encoding(rest.substr(0, std::min(end, max_declaration_bytes)));
  }
  stage_ = Stage::prolog;
  return true;
}

// Declared Latin-1 and the like must not be mended as if it were UTF-8.
void InputFilter::read_encoding(std::string_view declaration) {
  const auto key = declaration.find("encoding");
  if (key == std::string_view::npos) return;
  const auto open = declaration.find_first_of("\"'", key);
  if (open == std::string_view::npos) return;
  const auto close = declaration.find(declaration[open], open + 1);
  if (close == std::string_view::npos) return;
  std::string name(declaration.substr(open + 1, close - open - 1));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  utf8_ = name == "utf-8" || name == "utf8" || name == "us-ascii";
}

bool InputFilter::step_prolog(char* data, std::size_t size, bool final, std::size_t& position) {
  if (data[position] != '<') {
    ++position;
    return true;
  }
  constexpr std::string_view doctype = "<!DOCTYPE";
  const std::string_view rest(data + position, size - position);
  const bool undecided =
      rest.size() < doctype.size() && (doctype.starts_with(rest) || std::string_view("<!--").starts_with(rest));
  if (undecided && !final) return false;
  if (rest.starts_with(doctype)) {
    blank_out(data, position, position + doctype.size());
    position += doctype.size();
    stage_ = Stage::doctype;
    doctype_ = Doctype::name;
    in_subset_ = false;
    root_name_.clear();
  } else if (rest.starts_with("<!--")) {
    position += 4;
    stage_ = Stage::comment;
  } else if (rest.starts_with("<?")) {
    position += 2;
    stage_ = Stage::instruction;
  } else {
    stage_ = Stage::content;
  }
  return true;
}

bool InputFilter::step_to_end_of(std::string_view end, char* data, std::size_t size, bool final,
                                 std::size_t& position) {
  const bool inside_doctype = stage_ == Stage::doctype;
  const std::size_t from = position;
  const auto found = std::string_view(data, size).find(end, position);
  if (found != std::string_view::npos) {
    position = found + end.size();
    if (inside_doctype) {
      doctype_ = in_subset_ ? Doctype::subset : Doctype::head;
    } else {
      stage_ = Stage::prolog;
    }
  } else if (final) {
    position = size;
  } else {
    // Only what may be the beginning of `end` waits: anything else might split a UTF-8 sequence.
    std::size_t keep = end.size() - 1;
    while (!std::string_view(data + position, size - position).ends_with(end.substr(0, keep))) --keep;
    position = size - keep;
  }
  if (inside_doctype) blank_out(data, from, position);
  return found != std::string_view::npos;
}

bool InputFilter::step_doctype(char* data, std::size_t size, bool final, std::size_t& position) {
  if (doctype_ == Doctype::comment) return step_to_end_of("-->", data, size, final, position);
  if (doctype_ == Doctype::instruction) return step_to_end_of("?>", data, size, final, position);
  if (doctype_ == Doctype::literal) return step_literal(data, size, final, position);
  const char c = data[position];
  if (doctype_ == Doctype::after_subset) {
    if (c == '>') {
      stage_ = Stage::prolog;
    } else if (!is_blank(c)) {
      doctype_ = Doctype::subset;
      return true;
    }
  } else if (c == '<' && doctype_ == Doctype::subset) {
    const std::string_view rest(data + position, size - position);
    if (rest.size() < 4 && !final) return false;
    if (rest.starts_with("<!--")) {
      doctype_ = Doctype::comment;
      blank_out(data, position, position + 4);
      position += 4;
      return true;
    }
    if (rest.starts_with("<?")) {
      doctype_ = Doctype::instruction;
    } else if (rest.size() > 1 && is_name_start(rest[1])) {
      stage_ = Stage::content;  // an element: the declaration lacks its end
      return true;
    }
  } else if (c == '"' || c == '\'') {
    in_subset_ = doctype_ == Doctype::subset;
    doctype_ = Doctype::literal;
    quote_ = c;
    bracket_in_literal_ = 0;
  } else if (doctype_ == Doctype::subset) {
    if (c == ']') doctype_ = Doctype::after_subset;
    in_subset_ = true;
  } else if (c == '[') {
    doctype_ = Doctype::subset;
    in_subset_ = true;
  } else if (c == '>') {
    stage_ = Stage::prolog;
  } else if (doctype_ == Doctype::name) {
    if (is_blank(c)) {
      if (!root_name_.empty()) doctype_ = Doctype::head;
    } else if (root_name_.size() < max_root_name_bytes) {
      root_name_ += c;
    }
  }
  blank_out(data, position, position + 1);
  ++position;
  return true;
}

// A literal that lacks its closing quote would swallow the document: "]>" and the root element end it, too.
bool InputFilter::step_literal(char* data, std::size_t size, bool final, std::size_t& position) {
  const char c = data[position];
  if (c == quote_) {
    doctype_ = in_subset_ ? Doctype::subset : Doctype::head;
  } else if (c == ']') {
    bracket_in_literal_ = 1;
  } else if (c == '>' && bracket_in_literal_ == 1) {
    bracket_in_literal_ = 2;
  } else if (c == '<' && bracket_in_literal_ == 2) {
    if (size - position < root_name_.size() + 2 && !final) return false;
    if (root_follows(data, size, position)) {
      stage_ = Stage::content;
      return true;
    }
    bracket_in_literal_ = 0;
  } else if (!is_blank(c)) {
    bracket_in_literal_ = 0;
  }
  blank_out(data, position, position + 1);
  ++position;
  return true;
}

bool InputFilter::root_follows(const char* data, std::size_t size, std::size_t position) const {
  const std::string_view rest = std::string_view(data, size).substr(position + 1);
  return !root_name_.empty() && rest.starts_with(root_name_) && rest.size() > root_name_.size() &&
         is_name_end(rest[root_name_.size()]);
}

}  // namespace syncwell::providers::xml
