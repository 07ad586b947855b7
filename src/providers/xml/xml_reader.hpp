// A streaming XML reader (expat inside) for files from anywhere: bounded memory, no DTD, no entities, no network.
// Before expat sees a byte, the input filter
//  - drops a byte-order mark and blanks before the declaration;
//  - removes a <!DOCTYPE …> with its internal subset, well formed or not (iOS 16 writes broken ones): what is never
//    parsed cannot be expanded, fetched or fatal;
//  - replaces control characters that XML forbids (0x00–0x1F but tab, LF, CR) by blanks.
// References to entities other than the five predefined ones and character references are an error at their position.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace syncwell::providers::xml {

inline constexpr std::size_t max_depth = 64;
inline constexpr std::size_t max_attribute_bytes = 256 * 1024;  // one element's attributes together
inline constexpr std::size_t max_text_bytes = 1024 * 1024;      // text of one element

// Attributes of the element that starts, valid during the call.
class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}
  // nullopt: no such attribute. Names are given with their prefix ("xsi:type").
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;

 private:
  const char** pairs_;
};

// Called in document order. Element names come without their namespace prefix ("gpxtpx:hr" → "hr").
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void start_element(std::string_view name, const Attributes& attributes) = 0;
  // `text`: the character data directly inside the element, trimmed; empty when wants_text() was false.
  virtual void end_element(std::string_view name, std::string_view text) = 0;
  // Asked after start_element: false saves collecting text.
  virtual bool wants_text() { return true; }
};

class Reader {
 public:
  explicit Reader(Listener& listener);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Hands over the next bytes. unreadable_input: not well formed, or past a maximum; the message names line, column
  // and reason. Everything heard before stays valid, the reader takes no more.
  [[nodiscard]] Result<void> feed(std::string_view bytes);
  // The document is over. unreadable_input: it ends before its root element does, or it holds no element.
  [[nodiscard]] Result<void> finish();
  // Bytes consumed so far, for progress and error positions.
  [[nodiscard]] std::uint64_t position() const;
  // Why it takes no more, without line and column; empty while it does.
  [[nodiscard]] std::string_view failure_reason() const;
  // From inside a listener: stop after this event, feed() returns success and takes no more bytes (paging:
  // call resume() to go on where it stopped).
  void suspend();
  [[nodiscard]] Result<void> resume();
  [[nodiscard]] bool suspended() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace syncwell::providers::xml
