#include "providers/xml/xml_reader.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <exception>
#include <new>
#include <utility>
#include <vector>

#include "providers/xml/input_filter.hpp"

namespace syncwell::providers::xml {
namespace {

// expat holds a whole tag, comment or instruction in memory until it is complete: no longer than this.
constexpr std::size_t max_token_bytes = 2 * max_attribute_bytes;
constexpr std::size_t piece_bytes = 64 * 1024;

std::string_view without_prefix(const char* name) {
  const std::string_view full(name);
  const auto colon = full.rfind(':');
  return colon == std::string_view::npos ? full : full.substr(colon + 1);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// windows-1252, which old GPX writers declare; expat knows UTF-8, UTF-16, ISO-8859-1 and US-ASCII by itself.
int describe_encoding(void*, const XML_Char* name, XML_Encoding* encoding) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (lower != "windows-1252" && lower != "cp1252") return XML_STATUS_ERROR;
  constexpr std::array<int, 32> from_0x80 = {0x20AC, '?',    0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                             0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, '?',    0x017D, '?',
                                             '?',    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                             0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, '?',    0x017E, 0x0178};
  for (int i = 0; i < 256; ++i) encoding->map[i] = i;
  for (int i = 0; i < 32; ++i) {
    // Bytes without a meaning keep their C1 control.
    if (from_0x80[static_cast<std::size_t>(i)] != '?') encoding->map[0x80 + i] = from_0x80[static_cast<std::size_t>(i)];
  }
  encoding->data = nullptr;
  encoding->convert = nullptr;
  encoding->release = nullptr;
  return XML_STATUS_OK;
}

}  // namespace

std::optional<std::string_view> Attributes::get(std::string_view name) const {
  for (const char** pair = pairs_; pair != nullptr && *pair != nullptr; pair += 2) {
    if (name == pair[0]) return std::string_view(pair[1]);
  }
  return std::nullopt;
}

struct Reader::State {
  struct Level {
    bool wants_text = false;
    std::string text;
  };

  explicit State(Listener& given_listener) : listener(given_listener), parser(XML_ParserCreate(nullptr)) {
    if (parser == nullptr) throw std::bad_alloc();
    levels.resize(max_depth + 1);
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetUnknownEncodingHandler(parser, describe_encoding, nullptr);
    // The filter takes every document type declaration away; should one get through, it ends the parse before
    // anything in it counts.
    XML_SetStartDoctypeDeclHandler(parser, [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
      static_cast<State*>(self)->refuse("a document type declaration where none may stand");
    });
  }
  ~State() { XML_ParserFree(parser); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<State*>(self)->guarded([&](State& state) { state.start(name, attributes); });
  }
  static void on_end(void* self, const XML_Char* name) {
    static_cast<State*>(self)->guarded([&](State& state) { state.end(name); });
  }
  static void on_text(void* self, const XML_Char* text, int length) {
    static_cast<State*>(self)->guarded([&](State& state) { state.append({text, static_cast<std::size_t>(length)}); });
  }

  // expat is C: an exception of the listener waits until expat has returned. After a refusal expat may still report
  // an event or two; nobody hears them.
  template <class Action>
  void guarded(Action action) {
    if (!refusal.empty() || thrown) return;
    try {
      action(*this);
    } catch (...) {
      thrown = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }

  void refuse(std::string reason) {
    refusal = std::move(reason);
    XML_StopParser(parser, XML_FALSE);
  }

  void start(const char* name, const char** attributes) {
    if (depth >= max_depth) return refuse(fmt::format("elements are nested deeper than {}", max_depth));
    std::size_t bytes = std::strlen(name);
    for (const char** item = attributes; *item != nullptr; ++item) bytes += std::strlen(*item);
    if (bytes > max_attribute_bytes) {
      return refuse(fmt::format("an element has more than {} bytes of attributes", max_attribute_bytes));
    }
    Level& level = levels[++depth];
    level.text.clear();
    listener.start_element(without_prefix(name), Attributes(attributes));
    level.wants_text = listener.wants_text();
  }

  void end(const char* name) {
    const std::string_view text = trimmed(levels[depth].text);
    --depth;
    listener.end_element(without_prefix(name), text);
  }

  void append(std::string_view text) {
    Level& level = levels[depth];
    if (!level.wants_text) return;
    if (level.text.size() + text.size() > max_text_bytes) {
      return refuse(fmt::format("an element has more than {} bytes of text", max_text_bytes));
    }
    level.text.append(text);
  }

  std::uint64_t position() const {
    const auto index = XML_GetCurrentByteIndex(parser);
    return filter.dropped_bytes() + (index < 0 ? 0 : static_cast<std::uint64_t>(index));
  }

  std::unexpected<Error> failed(std::string_view reason) {
    failure_reason = reason;
    failure = Error{ErrorCode::unreadable_input,
                    fmt::format("line {}, column {}: {}", XML_GetCurrentLineNumber(parser) + filter.dropped_lines(),
                                XML_GetCurrentColumnNumber(parser) + 1, reason)};
    return fail(*failure);
  }

  Result<void> judge(XML_Status status) {
    if (thrown) {
      failure = Error{ErrorCode::internal, "the listener failed"};
      std::rethrow_exception(std::exchange(thrown, nullptr));
    }
    if (status != XML_STATUS_ERROR) return {};
    if (!refusal.empty()) return failed(refusal);
    switch (XML_GetErrorCode(parser)) {
      case XML_ERROR_NO_ELEMENTS:
        return failed(depth > 0 ? "the file ends before its root element does" : "the file holds no XML element");
      case XML_ERROR_UNCLOSED_TOKEN:
      case XML_ERROR_PARTIAL_CHAR:
        return failed("the file ends in the middle of a tag");
      case XML_ERROR_NO_MEMORY:
        throw std::bad_alloc();
      default:
        return failed(XML_ErrorString(XML_GetErrorCode(parser)));
    }
  }

  // Takes pieces off `waiting` until it is empty or the listener suspends.
  Result<void> parse_waiting(bool final) {
    for (bool last = false; !last && !suspended;) {
      const std::string_view piece = std::string_view(waiting).substr(waiting_from, piece_bytes);
      waiting_from += piece.size();
      last = waiting_from >= waiting.size();
      if (const auto parsed = parse_piece(piece, final && last); !parsed) return parsed;
    }
    if (waiting_from >= waiting.size()) {
      waiting.clear();
      waiting_from = 0;
    }
    return {};
  }

  Result<void> parse_piece(std::string_view piece, bool final) {
    const std::size_t size = carried.size() + piece.size();
    auto* buffer = static_cast<char*>(XML_GetBuffer(parser, static_cast<int>(size)));
    if (buffer == nullptr && size > 0) throw std::bad_alloc();
    if (!carried.empty()) std::memcpy(buffer, carried.data(), carried.size());
    if (!piece.empty()) std::memcpy(buffer + carried.size(), piece.data(), piece.size());
    const auto ready = filter.filter(buffer, size, final);
    if (!ready) return failed(ready.error().message);
    carried.assign(buffer + ready->end, size - ready->end);
    const std::size_t usable = ready->end - ready->drop;
    if (ready->drop > 0) std::memmove(buffer, buffer + ready->drop, usable);
    handed_over += usable;
    const XML_Status status = XML_ParseBuffer(parser, static_cast<int>(usable), final ? XML_TRUE : XML_FALSE);
    suspended = status == XML_STATUS_SUSPENDED;
    if (const auto judged = judge(status); !judged) return judged;
    if (!suspended && handed_over + filter.dropped_bytes() - position() > max_token_bytes) {
      return failed(fmt::format("a tag, comment or instruction is longer than {} bytes", max_token_bytes));
    }
    return {};
  }

  Listener& listener;
  XML_Parser parser;
  InputFilter filter;
  std::vector<Level> levels;  // [0] is outside the root
  std::size_t depth = 0;
  std::string carried;  // given back by the filter: comes in front of the next piece
  std::string waiting;  // fed, but not parsed because the listener suspended
  std::size_t waiting_from = 0;
  std::uint64_t handed_over = 0;
  bool suspended = false;
  std::string refusal;
  std::exception_ptr thrown;
  std::optional<Error> failure;
  std::string failure_reason;
};

Reader::Reader(Listener& listener) : state_(std::make_unique<State>(listener)) {}
Reader::~Reader() = default;

Result<void> Reader::feed(std::string_view bytes) {
  State& state = *state_;
  if (state.failure) return fail(*state.failure);
  if (state.suspended)
    return fail(ErrorCode::invalid_argument, "the XML reader is suspended: resume it before feeding");
  // Straight from the caller's memory as long as nobody suspends; only then is the rest kept.
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_bytes);
    bytes.remove_prefix(piece.size());
    if (const auto parsed = state.parse_piece(piece, false); !parsed) return parsed;
    if (state.suspended) {
      state.waiting.assign(bytes);
      state.waiting_from = 0;
      return {};
    }
  }
  return {};
}

Result<void> Reader::finish() {
  State& state = *state_;
  if (state.failure) return fail(*state.failure);
  if (state.suspended)
    return fail(ErrorCode::invalid_argument, "the XML reader is suspended: resume it before finishing");
  return state.parse_piece({}, true);
}

std::uint64_t Reader::position() const { return state_->position(); }

std::string_view Reader::failure_reason() const { return state_->failure_reason; }

void Reader::suspend() { XML_StopParser(state_->parser, XML_TRUE); }

Result<void> Reader::resume() {
  State& state = *state_;
  if (state.failure) return fail(*state.failure);
  if (!state.suspended) return {};
  const XML_Status status = XML_ResumeParser(state.parser);
  state.suspended = status == XML_STATUS_SUSPENDED;
  if (const auto judged = state.judge(status); !judged) return judged;
  if (state.suspended || state.waiting.empty()) return {};
  return state.parse_waiting(false);
}

bool Reader::suspended() const { return state_->suspended; }

}  // namespace syncwell::providers::xml
