#include "providers/apple_health/element_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace syncwell::providers::apple_health {
namespace {

constexpr std::string_view root_name = "HealthData";
constexpr std::string_view synthetic_root = "<HealthData>";
constexpr std::size_t judged_piece_bytes = 64 * 1024;
// A prolog longer than that (comments, blanks) is left to expat.
constexpr std::size_t max_plain_prolog_bytes = 2 * 1024 * 1024;
// Where a scan may begin again after damage: these begin a line of their own in every export.
constexpr std::array<std::string_view, 9> restart_names = {"Record",          "Workout",    "Correlation",
                                                           "ActivitySummary", "ExportDate", "Me",
                                                           "ClinicalRecord",  "Audiogram",  "VisionPrescription"};
constexpr const char* unclosed_reason = "an element lacks its end tag";
constexpr std::size_t max_restart_bytes = 32;  // longer than any of them with '<' and what follows

// An end tag is missing where one top-level element stands in another: only a Correlation has some (Records).
bool may_stand_in(std::string_view outer, std::string_view inner) {
  return (outer == "Correlation" && inner == "Record") ||
         std::ranges::find(restart_names, inner) == restart_names.end();
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Error wrong_root(std::string_view name) {
  constexpr std::size_t shown = 40;
  return {
      ErrorCode::unreadable_input,
      fmt::format("this is no Apple Health export: its root element is <{}>, not <HealthData>", name.substr(0, shown))};
}

}  // namespace

// Stands between expat and the listener: takes the root away, knows where top-level elements begin.
class ElementScanner::Gate final : public xml::Listener {
 public:
  Gate(TopLevelListener& listener, bool inside_root) : listener_(listener), root_checked(inside_root) {}

  void start_element(std::string_view name, const xml::Attributes& attributes) override {
    if (depth_++ == 0) {
      if (!root_checked && name != root_name) wrong_name = name;
      root_checked = true;
      if (!wrong_name.empty()) reader->suspend();
      return;
    }
    if (!wrong_name.empty() || unclosed_before) return;
    if (depth_ == 2) {
      top_level_ = name;
      top_level_byte = reader_base + reader->position();
      listener_.begin_top_level(top_level_byte);
    } else if (!may_stand_in(top_level_, name)) {
      unclosed_before = reader_base + reader->position();
      reader->suspend();
      return;
    }
    listener_.start_element(name, attributes);
  }
  void end_element(std::string_view name, std::string_view) override {
    if (--depth_ == 0 || !wrong_name.empty() || unclosed_before) return;
    listener_.end_element(name, {});
    if (depth_ == 1 && listener_.full()) reader->suspend();
  }
  bool wants_text() override { return false; }

 private:
  TopLevelListener& listener_;
  std::size_t depth_ = 0;
  std::string top_level_;

 public:
  std::uint64_t top_level_byte = 0;
  std::optional<std::uint64_t> unclosed_before;  // where the next top-level element begins
  bool root_checked;
  std::string wrong_name;
  xml::Reader* reader = nullptr;
  std::uint64_t reader_base = 0;
};

ElementScanner::ElementScanner(ByteSource& source, TopLevelListener& listener, Wanted wanted)
    : source_(source), listener_(listener), wanted_(std::move(wanted)) {}
ElementScanner::~ElementScanner() = default;

Result<ElementScanner::Stop> ElementScanner::advance(std::uint64_t max_bytes) {
  const std::uint64_t until = position() + max_bytes;
  while (mode_ != Mode::done) {
    Result<Step> step = Step::again;
    switch (mode_) {
      case Mode::prolog:
        step = step_prolog();
        break;
      case Mode::fast:
        step = step_fast();
        break;
      case Mode::judged:
        step = step_judged();
        break;
      case Mode::search:
        step = step_search();
        break;
      case Mode::epilog:
        step = step_epilog();
        break;
      case Mode::done:
        break;
    }
    if (!step) return fail(step.error());
    if (*step == Step::pause || position() >= until) return Stop::paused;
  }
  return Stop::ended;
}

// Reads the next block behind what is there. False: the source is over and everything is settled.
Result<bool> ElementScanner::refill() {
  if (source_ended_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    base_ += begin_;
    settled_ -= begin_;
    end_ -= begin_;
    fed_ -= std::min(fed_, begin_);
    begin_ = 0;
  }
  // An element that needs more than there is doubles the block, so that its bytes are looked at a few times only.
  const std::size_t block = std::max(read_block_bytes, std::min(end_, max_buffer_bytes));
  if (buffer_.size() < end_ + block) buffer_.resize(end_ + block);
  const auto count = source_.read({buffer_.data() + end_, block});
  if (!count) source_error_ = count.error().message;
  source_ended_ = !count || *count == 0;
  if (count) end_ += *count;
  const auto ready = filter_.filter(buffer_.data() + settled_, end_ - settled_, source_ended_);
  if (!ready) return fail(ready.error());
  if (ready->drop > 0) begin_ = settled_ + ready->drop;
  settled_ += ready->end;
  return true;
}

void ElementScanner::damage(std::uint64_t byte, std::string reason) {
  if (++damage_count_ == max_damages) {
    reason += fmt::format("; this is damage number {}, the rest of the file is not read", max_damages);
    mode_ = Mode::done;
  }
  if (damage_count_ <= max_damages) damages_.push_back({byte, std::move(reason)});
}

// From the beginning of the document into its root: blanks, the XML declaration, comments, <HealthData …>.
Result<ElementScanner::Step> ElementScanner::step_prolog() {
  std::size_t at = begin_;
  const auto skip = [&](std::string_view open, std::string_view close) {
    const std::string_view rest = view(at, settled_);
    if (!rest.starts_with(open)) return false;
    const auto found = rest.find(close, open.size());
    if (found == std::string_view::npos) return false;
    at += found + close.size();
    return true;
  };
  while (true) {
    while (at < settled_ && is_blank(buffer_[at])) ++at;
    if (!skip("<?", "?>") && !skip("<!--", "-->")) break;
  }
  Tag tag;
  const std::string_view rest = view(at, settled_);
  const bool pending = rest.size() < 4 || rest.starts_with("<?") || rest.starts_with("<!--");
  const Shape shape = rest.starts_with('<') && !pending ? scan_tag(view(0, settled_), at, tag) : Shape::incomplete;
  const bool readable = shape == Shape::complete && filter_.utf8() && !tag.closing && !tag.empty &&
                        regular_attributes(view(tag.name_end, tag.attributes_end()));
  if (readable) {
    const std::string_view name = view(tag.name_begin(), tag.name_end);
    if (name != root_name) return fail(wrong_root(name));
    begin_ = tag.end;
    mode_ = Mode::fast;
    return Step::again;
  }
  const bool other = !rest.empty() && rest.front() != '<';
  if (shape != Shape::incomplete || other || settled_ - begin_ > max_plain_prolog_bytes) {
    judge_from_here(false);
    return Step::again;
  }
  const auto more = refill();
  if (!more) return fail(more.error());
  if (!*more) judge_from_here(false);
  return Step::again;
}

Result<ElementScanner::Step> ElementScanner::step_fast() {
  while (begin_ < settled_ && is_blank(buffer_[begin_])) ++begin_;
  Shape shape = Shape::incomplete;
  bool wanted = false;
  if (begin_ < settled_) {
    if (buffer_[begin_] != '<') {
      judge_from_here(true);
      return Step::again;
    }
    shape = scan_element(wanted);
  }
  if (shape == Shape::incomplete && end_ - begin_ < max_buffer_bytes) {
    const auto more = refill();
    if (!more) return fail(more.error());
    if (*more) return Step::again;
    damage(position(), source_error_.empty() ? "the file ends before its root element does" : source_error_);
    mode_ = Mode::done;
    return Step::again;
  }
  if (shape != Shape::complete) {
    if (shape == Shape::unclosed) {
      const std::uint64_t byte = position();
      begin_ = tags_.back().begin;
      damage(byte, unclosed_reason);
    } else {
      judge_from_here(true);
    }
    return Step::again;
  }
  const Tag& last = tags_.back();
  const std::size_t element_end = last.end;
  if (tags_.front().closing) {
    begin_ = element_end;
    mode_ = Mode::epilog;
    return Step::again;
  }
  if (wanted) deliver_element();
  begin_ = element_end;
  return wanted && listener_.full() ? Step::pause : Step::again;
}

// The element (or the root's end tag) at begin_. Leaves its tags in tags_: all of them where it is wanted, else the
// first and the last.
Shape ElementScanner::scan_element(bool& wanted) {
  const std::string_view bytes = view(0, settled_);
  tags_.clear();
  open_tags_.clear();
  std::size_t at = begin_;
  while (true) {
    Tag tag;
    if (const Shape shape = scan_tag(bytes, at, tag); shape != Shape::complete) return shape;
    const bool first = tags_.empty();
    if (first) wanted = is_wanted(tag);
    if (wanted && !tag.closing && !regular_attributes(view(tag.name_end, tag.attributes_end())))
      return Shape::irregular;
    if (wanted || tags_.size() < 2) {
      tags_.push_back(tag);
    } else {
      tags_.back() = tag;
    }
    const std::string_view name = view(tag.name_begin(), tag.name_end);
    if (!first && !tag.closing && !may_stand_in(view(tags_.front().name_begin(), tags_.front().name_end), name)) {
      return Shape::unclosed;
    }
    if (tag.closing) {
      if (first) return name == root_name ? Shape::complete : Shape::irregular;
      const Tag& open = open_tags_.back();
      if (view(open.name_begin(), open.name_end) != name) return Shape::irregular;
      open_tags_.pop_back();
    } else if (!tag.empty) {
      if (open_tags_.size() + 1 >= xml::max_depth) return Shape::irregular;
      open_tags_.push_back(tag);
    }
    if (open_tags_.empty()) return Shape::complete;
    // Text between tags means nothing in an export; references in it are expat's business.
    const auto next = bytes.find('<', tag.end);
    if (next == std::string_view::npos) return Shape::incomplete;
    if (const auto text = bytes.substr(tag.end, next - tag.end); text.find('&') != std::string_view::npos) {
      return Shape::irregular;
    }
    at = next;
  }
}

bool ElementScanner::is_wanted(const Tag& tag) const {
  const std::string_view name = view(tag.name_begin(), tag.name_end);
  if (name == "Workout") return wanted_.workouts;
  if (name != "Record") return false;
  constexpr std::string_view key = "type=\"";
  const std::string_view attributes = view(std::min(tag.name_end + 1, tag.end), tag.end);
  if (!attributes.starts_with(key)) return true;  // the listener finds out
  for (const auto& type : wanted_.record_types) {
    if (attributes.substr(key.size()).starts_with(type) && attributes[key.size() + type.size()] == '"') return true;
  }
  return false;
}

void ElementScanner::deliver_element() {
  listener_.begin_top_level(position());
  for (const Tag& tag : tags_) deliver(tag);
}

void ElementScanner::deliver(const Tag& tag) {
  const std::string_view name = view(tag.name_begin(), tag.name_end);
  if (!tag.closing) {
    split_attributes(buffer_.data() + tag.name_end, buffer_.data() + tag.attributes_end(), pairs_);
    listener_.start_element(name, xml::Attributes(pairs_.data()));
  }
  if (tag.closing || tag.empty) listener_.end_element(name, {});
}

// Hands over to expat at begin_, which is where a top-level element, or the document, begins.
void ElementScanner::judge_from_here(bool inside_root) {
  gate_ = std::make_unique<Gate>(listener_, inside_root);
  reader_ = std::make_unique<xml::Reader>(*gate_);
  reader_base_ = position();
  if (inside_root) {
    (void)reader_->feed(synthetic_root);  // well formed
    reader_base_ -= synthetic_root.size();
  }
  gate_->reader = reader_.get();
  gate_->reader_base = reader_base_;
  reader_finished_ = false;
  fed_ = begin_;
  mode_ = Mode::judged;
}

Result<ElementScanner::Step> ElementScanner::step_judged() {
  Result<void> verdict;
  if (reader_->suspended()) {
    verdict = reader_->resume();
  } else if (fed_ < settled_) {
    const std::size_t piece = std::min(settled_ - fed_, judged_piece_bytes);
    verdict = reader_->feed(view(fed_, fed_ + piece));
    fed_ += piece;
  } else if (reader_finished_) {
    mode_ = Mode::done;
    return Step::again;
  } else {
    const auto more = refill();
    if (!more) return fail(more.error());
    if (*more) return Step::again;
    reader_finished_ = true;
    verdict = reader_->finish();
  }
  // The reader may lag behind what it was given: only what it has parsed is done.
  const std::uint64_t byte = reader_base_ + reader_->position();
  if (byte > position() && byte <= base_ + fed_) begin_ = static_cast<std::size_t>(byte - base_);
  if (!gate_->wrong_name.empty()) return fail(wrong_root(gate_->wrong_name));
  if (gate_->unclosed_before) {
    listener_.abandon();
    begin_ = static_cast<std::size_t>(*gate_->unclosed_before - base_);
    mode_ = Mode::fast;
    damage(gate_->top_level_byte, unclosed_reason);
    return Step::again;
  }
  if (verdict) return reader_->suspended() ? Step::pause : Step::again;
  if (!gate_->root_checked) return fail(verdict.error());
  listener_.abandon();
  mode_ = Mode::search;  // at the end of the file, too: an open comment may have swallowed much that is sound
  const bool cut_off = reader_finished_ && !source_error_.empty();
  damage(byte, cut_off ? source_error_ : std::string(reader_->failure_reason()));
  // Past the damage itself, but not past the line end behind which the next element may begin.
  if (begin_ < settled_ && buffer_[begin_] != '\n') ++begin_;
  return Step::again;
}

// Looks for the next line that begins with a top-level element.
ElementScanner::Step ElementScanner::step_search() {
  const std::string_view bytes = view(0, settled_);
  std::size_t keep = settled_;
  for (auto line = bytes.find('\n', begin_); line != std::string_view::npos; line = bytes.find('\n', line + 1)) {
    std::size_t at = line + 1;
    while (at < settled_ && (is_blank(buffer_[at]))) ++at;
    if (at + max_restart_bytes > settled_ && !source_ended_) {
      keep = line;
      break;
    }
    if (at >= settled_ || buffer_[at] != '<') continue;
    const std::string_view rest = bytes.substr(at + 1);
    for (const auto name : restart_names) {
      if (rest.starts_with(name) && rest.size() > name.size() &&
          (is_blank(rest[name.size()]) || rest[name.size()] == '/')) {
        begin_ = at;
        mode_ = Mode::fast;
        return Step::again;
      }
    }
  }
  begin_ = std::max(begin_, keep);
  const auto more = refill();
  if (!more || !*more) mode_ = Mode::done;
  return Step::again;
}

// Behind the root: nothing but blanks and comments may follow. Reads to the end, so that an archive can check its sum.
ElementScanner::Step ElementScanner::step_epilog() {
  while (begin_ < settled_) {
    if (is_blank(buffer_[begin_])) {
      ++begin_;
      continue;
    }
    const std::string_view rest = view(begin_, settled_);
    const auto close = rest.starts_with("<!--") ? rest.find("-->", 4) : std::string_view::npos;
    if (close == std::string_view::npos) break;
    begin_ += close + 3;
  }
  if (begin_ < settled_ && (source_ended_ || settled_ - begin_ > read_block_bytes)) {
    damage(position(), "something follows the end of the root element");
    mode_ = Mode::done;
    return Step::again;
  }
  const auto more = refill();
  if (more && *more) return Step::again;
  if (begin_ < settled_) return Step::again;
  if (!source_error_.empty()) damage(position(), source_error_);
  mode_ = Mode::done;
  return Step::again;
}

}  // namespace syncwell::providers::apple_health
