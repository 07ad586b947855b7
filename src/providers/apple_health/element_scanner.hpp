// Takes an export.xml apart into its top-level elements, fast: a type that nobody asked for is stepped over without
// being parsed. Two ways lead to the listener:
//  - the fast one reads the regular shape that iPhones write (tags, attributes in double quotes, the predefined
//    entities and character references), in the buffer, without copying;
//  - whatever is not of that shape (comments, CDATA, other quotes, anything broken) goes through xml::Reader from the
//    beginning of the top-level element where it stands; expat is the judge of it.
// After damage that expat will not read over, the scan goes on at the next line that begins a top-level element, so
// that one bad byte does not cost the rest of the export. Each damage is told with its position.
// Memory: one buffer of at most max_buffer_bytes. One owner, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "providers/apple_health/byte_source.hpp"
#include "providers/apple_health/tag_scan.hpp"
#include "providers/xml/input_filter.hpp"
#include "providers/xml/xml_reader.hpp"

namespace syncwell::providers::apple_health {

inline constexpr std::size_t read_block_bytes = 256 * 1024;
inline constexpr std::size_t max_buffer_bytes = 8 * 1024 * 1024;  // a longer top-level element goes through expat
inline constexpr std::size_t max_damages = 100;                   // then the rest of the file is given up

// Hears the elements inside HealthData; the root itself is not reported.
class TopLevelListener : public xml::Listener {
 public:
  // Before each top-level element: where it begins in the file.
  virtual void begin_top_level(std::uint64_t byte) = 0;
  // The top-level element that was being reported is damaged: forget it.
  virtual void abandon() = 0;
  // Asked after each top-level element: true stops the scan until the next advance().
  virtual bool full() const = 0;
  bool wants_text() override { return false; }
};

// Which top-level elements matter. Others may or may not be reported.
struct Wanted {
  std::vector<std::string> record_types;
  bool workouts = false;
};

struct Damage {
  std::uint64_t byte = 0;
  std::string reason;
};

class ElementScanner {
 public:
  ElementScanner(ByteSource& source, TopLevelListener& listener, Wanted wanted);
  ~ElementScanner();
  ElementScanner(const ElementScanner&) = delete;
  ElementScanner& operator=(const ElementScanner&) = delete;

  enum class Stop { paused, ended };
  // Scans on until the listener is full, about `max_bytes` of input are done, or the file is over.
  // unreadable_input: this is no Apple Health export (nothing was reported).
  [[nodiscard]] Result<Stop> advance(std::uint64_t max_bytes);
  // Damages found since the last call.
  [[nodiscard]] std::vector<Damage> take_damages() { return std::exchange(damages_, {}); }
  // Bytes of the file that are done.
  [[nodiscard]] std::uint64_t position() const { return base_ + begin_; }

 private:
  enum class Mode { prolog, fast, judged, search, epilog, done };
  enum class Step { again, pause };
  class Gate;

  Result<Step> step_prolog();
  Result<Step> step_fast();
  Result<Step> step_judged();
  Step step_search();
  Step step_epilog();

  Result<bool> refill();
  Shape scan_element(bool& wanted);
  bool is_wanted(const Tag& tag) const;
  void deliver(const Tag& tag);
  void deliver_element();
  void judge_from_here(bool inside_root);
  void damage(std::uint64_t byte, std::string reason);
  [[nodiscard]] std::string_view view(std::size_t from, std::size_t to) const {
    return {buffer_.data() + from, to - from};
  }

  ByteSource& source_;
  TopLevelListener& listener_;
  Wanted wanted_;
  xml::InputFilter filter_;
  Mode mode_ = Mode::prolog;

  std::vector<char> buffer_;
  std::uint64_t base_ = 0;   // position in the file of buffer_[0]
  std::size_t begin_ = 0;    // first byte not done
  std::size_t settled_ = 0;  // end of what the filter has settled
  std::size_t end_ = 0;      // end of what was read
  bool source_ended_ = false;
  std::string source_error_;  // why the source ended early; told once

  std::vector<Tag> tags_;       // of the element at begin_
  std::vector<Tag> open_tags_;  // while scanning it
  std::vector<const char*> pairs_;

  std::unique_ptr<Gate> gate_;
  std::unique_ptr<xml::Reader> reader_;
  std::uint64_t reader_base_ = 0;  // position in the file of the reader's byte 0
  std::size_t fed_ = 0;            // end of what the reader was given; it has parsed up to begin_
  bool reader_finished_ = false;

  std::vector<Damage> damages_;
  std::size_t damage_count_ = 0;
};

}  // namespace syncwell::providers::apple_health
