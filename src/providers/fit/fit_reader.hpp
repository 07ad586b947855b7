// Reads the container of a FIT file: chained parts, checksums, definitions and data messages; knows nothing of what
// the messages mean. Damage never costs what stands before it: every problem is reported with its byte position, and
// reading goes on where the format allows. Memory is bounded by sixteen definitions; a message views the file's bytes.
// Source: shared fact sheet "FIT, GPX and TCX files", section container.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "providers/fit/fit_format.hpp"

namespace syncwell::providers::fit {

using Bytes = std::span<const std::uint8_t>;

// Where a field stands in its message and how its raw value becomes a quantity: value = raw / scale - offset.
struct FieldSpec {
  std::uint8_t number = 0;
  double scale = 1;
  double offset = 0;
};

struct FieldSlot {
  std::uint8_t number = 0;
  BaseType type = BaseType::byte;
  std::uint16_t size = 0;
  std::uint32_t position = 0;  // in the message's content
};

struct DeveloperSlot {
  std::uint8_t number = 0;
  std::uint8_t developer_index = 0;
  std::uint16_t size = 0;
  std::uint32_t position = 0;
};

struct Definition {
  std::uint16_t global = 0;
  bool big_endian = false;
  std::uint32_t content_size = 0;
  std::vector<FieldSlot> fields;  // fields of size 0 are left out
  std::vector<DeveloperSlot> developer_fields;
};

// A value of one base type out of raw bytes; nullopt for "invalid" (absent) and for what is no number. Of an array the
// first element.
[[nodiscard]] std::optional<double> number_in(Bytes raw, BaseType type, bool big_endian);
// UTF-8 up to the first zero; an unfinished character at the end is cut off, invalid text gives an empty one.
[[nodiscard]] std::string text_in(Bytes raw);

// One data message; valid while the sink is being called.
class Message {
 public:
  Message(const Definition& definition, Bytes content, std::uint64_t position, std::optional<std::uint32_t> timestamp)
      : definition_(definition), content_(content), position_(position), timestamp_(timestamp) {}

  [[nodiscard]] std::uint16_t global() const { return definition_.global; }
  [[nodiscard]] std::uint64_t position() const { return position_; }  // byte of its header in the file
  // Field 253, or the full time of a compressed timestamp header.
  [[nodiscard]] std::optional<std::uint32_t> timestamp() const { return timestamp_; }
  // The scaled value; nullopt where the field is missing, invalid or no number.
  [[nodiscard]] std::optional<double> value(const FieldSpec& spec) const;
  [[nodiscard]] std::optional<std::uint32_t> u32(std::uint8_t number) const;
  [[nodiscard]] std::optional<std::int32_t> s32(std::uint8_t number) const;
  [[nodiscard]] std::optional<std::uint8_t> u8(std::uint8_t number) const;
  [[nodiscard]] std::string text(std::uint8_t number) const;
  [[nodiscard]] Bytes bytes(std::uint8_t number) const;  // empty when missing
  [[nodiscard]] const std::vector<DeveloperSlot>& developer_fields() const { return definition_.developer_fields; }
  [[nodiscard]] Bytes bytes(const DeveloperSlot& slot) const { return content_.subspan(slot.position, slot.size); }
  [[nodiscard]] bool big_endian() const { return definition_.big_endian; }

 private:
  [[nodiscard]] const FieldSlot* find(std::uint8_t number) const;

  const Definition& definition_;
  Bytes content_;
  std::uint64_t position_;
  std::optional<std::uint32_t> timestamp_;
};

class MessageSink {
 public:
  virtual ~MessageSink() = default;
  // A header was found; messages up to the next call belong to this part.
  virtual void part(std::uint64_t position) = 0;
  virtual void message(const Message& message) = 0;
  // data_lost: something may be missing from what was or will be given.
  virtual void problem(std::uint64_t position, std::string reason, bool data_lost) = 0;
};

// unreadable_input: empty, or no FIT file at all. too_large: more than max_file_bytes. Everything else is a problem.
[[nodiscard]] Result<void> read_messages(Bytes file, MessageSink& sink);

}  // namespace syncwell::providers::fit
