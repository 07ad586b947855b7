#include "providers/fit/fit_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>

namespace syncwell::providers::fit {
namespace {

constexpr std::uint8_t timestamp_field = 253;

std::uint64_t unsigned_in(Bytes raw, std::size_t size, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t byte = raw[big_endian ? size - 1 - i : i];
    value |= byte << (8 * i);
  }
  return value;
}

std::uint64_t all_ones(std::size_t size) {
  return size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
}

std::optional<double> signed_number(std::uint64_t raw, std::size_t size) {
  const std::uint64_t sign = std::uint64_t{1} << (8 * size - 1);
  if (raw == sign - 1) return std::nullopt;
  if ((raw & sign) != 0) raw |= ~all_ones(size);
  return static_cast<double>(static_cast<std::int64_t>(raw));
}

std::optional<double> float_number(std::uint64_t raw, std::size_t size) {
  const double value = size == 4 ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(raw)))
                                 : std::bit_cast<double>(raw);
  if (!std::isfinite(value)) return std::nullopt;  // all ones, the invalid value, is a NaN too
  return value;
}

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t utf8_sequence(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return first >= 0x20 ? 1 : 0;
  const std::size_t length = first >= 0xF0 && first <= 0xF4  ? 4
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xC2 && first < 0xE0 ? 2
                                                             : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0U) != 0x80) return 0;
  }
  if (first == 0xE0 && at(1) < 0xA0) return 0;  // overlong
  if (first == 0xED && at(1) > 0x9F) return 0;  // surrogate
  if (first == 0xF0 && at(1) < 0x90) return 0;  // overlong
  if (first == 0xF4 && at(1) > 0x8F) return 0;  // past U+10FFFF
  return length;
}

struct Header {
  std::size_t size = 0;
  std::size_t data_size = 0;
  bool crc_is_wrong = false;
};

std::optional<Header> header_at(Bytes file, std::size_t position) {
  if (file.size() - position < short_header_bytes) return std::nullopt;
  const Bytes bytes = file.subspan(position);
  const std::size_t size = bytes[0];
  if (size < short_header_bytes || std::memcmp(bytes.data() + 8, ".FIT", 4) != 0) return std::nullopt;
  Header header{.size = std::min(size, bytes.size()),
                .data_size = static_cast<std::size_t>(unsigned_in(bytes.subspan(4), 4, false))};
  if (size >= long_header_bytes && bytes.size() >= long_header_bytes) {
    const std::uint64_t stored = unsigned_in(bytes.subspan(12), 2, false);
    header.crc_is_wrong = stored != 0 && stored != crc16(bytes.first(12));
  }
  return header;
}

// The messages of one part: its sixteen definitions and its running time.
class PartReader {
 public:
  PartReader(Bytes file, std::size_t begin, std::size_t end, MessageSink& sink)
      : file_(file), position_(begin), end_(end), sink_(sink) {}

  void run() {
    while (position_ < end_) {
      start_ = position_;
      const std::uint8_t header = file_[position_++];
      const bool is_definition = (header & 0xC0U) == 0x40U;
      if (!(is_definition ? read_definition(header) : read_data(header))) return;
    }
  }

 private:
  bool stop(std::string reason) {
    sink_.problem(start_, std::move(reason), true);
    return false;
  }

  [[nodiscard]] std::size_t remaining() const { return end_ - position_; }

  bool read_definition(std::uint8_t header) {
    if (remaining() < 5) return stop("a definition is cut off; the rest of this part is lost");
    const std::uint8_t architecture = file_[position_ + 1];
    if (architecture > 1) return stop("an impossible definition; the rest of this part is lost");
    auto definition = std::make_unique<Definition>();
    definition->big_endian = architecture == 1;
    definition->global =
        static_cast<std::uint16_t>(unsigned_in(file_.subspan(position_ + 2), 2, definition->big_endian));
    const std::size_t count = file_[position_ + 4];
    position_ += 5;
    if (remaining() < 3 * count) return stop("a definition is cut off; the rest of this part is lost");
    for (std::size_t i = 0; i < count; ++i, position_ += 3) add_field(*definition, file_.subspan(position_, 3));
    if ((header & 0x20U) != 0 && !read_developer_fields(*definition)) return false;
    definitions_[header & 0x0FU] = std::move(definition);
    return true;
  }

  static void add_field(Definition& definition, Bytes bytes) {
    FieldSlot slot{bytes[0], base_type_of(bytes[2]), bytes[1], definition.content_size};
    definition.content_size += slot.size;
    if (slot.size == 0) return;
    // A size that is no multiple of the type's is not a value of that type (COROS): the bytes as they are.
    if (slot.size % size_of(slot.type) != 0) slot.type = BaseType::byte;
    definition.fields.push_back(slot);
  }

  bool read_developer_fields(Definition& definition) {
    if (remaining() < 1) return stop("a definition is cut off; the rest of this part is lost");
    const std::size_t count = file_[position_++];
    if (remaining() < 3 * count) return stop("a definition is cut off; the rest of this part is lost");
    for (std::size_t i = 0; i < count; ++i, position_ += 3) {
      const DeveloperSlot slot{file_[position_], file_[position_ + 2], file_[position_ + 1], definition.content_size};
      definition.content_size += slot.size;
      if (slot.size > 0) definition.developer_fields.push_back(slot);
    }
    return true;
  }

  bool read_data(std::uint8_t header) {
    const bool compressed = (header & 0x80U) != 0;
    const unsigned local = compressed ? (header >> 5U) & 0x03U : header & 0x0FU;
    const Definition* definition = definitions_[local].get();
    if (definition == nullptr) {
      return stop(
          fmt::format("a message of local type {} that was never defined; the rest of this part is lost", local));
    }
    if (remaining() < definition->content_size) return stop("a message is cut off");
    const Bytes content = file_.subspan(position_, definition->content_size);
    position_ += definition->content_size;
    sink_.message(Message(*definition, content, start_, time_of(*definition, content, header)));
    return true;
  }

  std::optional<std::uint32_t> time_of(const Definition& definition, Bytes content, std::uint8_t header) {
    if ((header & 0x80U) != 0) {
      if (!last_time_) return std::nullopt;
      const std::uint32_t offset = header & 0x1FU;
      last_time_ = *last_time_ + ((offset - *last_time_) & 0x1FU);
      return last_time_;
    }
    for (const FieldSlot& slot : definition.fields) {
      if (slot.number != timestamp_field || slot.type != BaseType::uint32) continue;
      const auto time =
          static_cast<std::uint32_t>(unsigned_in(content.subspan(slot.position), 4, definition.big_endian));
      if (time == invalid_u32) return std::nullopt;
      last_time_ = time;
      return time;
    }
    return std::nullopt;
  }

  Bytes file_;
  std::size_t position_;
  std::size_t end_;
  MessageSink& sink_;
  std::size_t start_ = 0;
  std::optional<std::uint32_t> last_time_;
  std::array<std::unique_ptr<Definition>, 16> definitions_;
};

// Zero data size is what a crashed device leaves behind, or an empty part: then its checksum follows at once.
bool is_empty_part(Bytes file, std::size_t position, const Header& header) {
  const std::size_t data = position + header.size;
  if (file.size() - data < file_crc_bytes) return file.size() == data;
  return unsigned_in(file.subspan(data), 2, false) == crc16(file.subspan(position, header.size));
}

// Returns the position after the part.
std::size_t read_part(Bytes file, std::size_t position, const Header& header, MessageSink& sink) {
  sink.part(position);
  if (header.crc_is_wrong) sink.problem(position, "the checksum of the header is wrong", false);
  const std::size_t data = position + header.size;
  const std::size_t available = file.size() - data;
  if (header.data_size == 0 && !is_empty_part(file, position, header)) {
    sink.problem(position, "the header gives no data size (the device crashed); read to the end of the file", true);
    PartReader(file, data, file.size(), sink).run();
    return file.size();
  }
  if (header.data_size > available) {
    sink.problem(position,
                 fmt::format("the file is cut off: the header announces {} bytes of data, {} are there",
                             header.data_size, available),
                 true);
    PartReader(file, data, file.size(), sink).run();
    return file.size();
  }
  const std::size_t end = data + header.data_size;
  PartReader(file, data, end, sink).run();
  if (file.size() - end < file_crc_bytes) {
    sink.problem(end, "the checksum at the end is missing", true);
    return file.size();
  }
  if (unsigned_in(file.subspan(end), 2, false) != crc16(file.subspan(position, end - position))) {
    sink.problem(end, "the checksum of the file is wrong: values may be damaged", true);
  }
  return end + file_crc_bytes;
}

}  // namespace

std::optional<double> number_in(Bytes raw, BaseType type, bool big_endian) {
  const std::size_t size = size_of(type);
  if (raw.size() < size) return std::nullopt;
  const std::uint64_t bits = unsigned_in(raw, size, big_endian);
  switch (type) {
    case BaseType::sint8:
    case BaseType::sint16:
    case BaseType::sint32:
    case BaseType::sint64:
      return signed_number(bits, size);
    case BaseType::float32:
    case BaseType::float64:
      return float_number(bits, size);
    case BaseType::uint8z:
    case BaseType::uint16z:
    case BaseType::uint32z:
    case BaseType::uint64z:
      return bits == 0 ? std::nullopt : std::optional(static_cast<double>(bits));
    case BaseType::byte:
      if (raw.size() != 1) return std::nullopt;
      break;
    case BaseType::string:
      return std::nullopt;
    case BaseType::enumeration:
    case BaseType::uint8:
    case BaseType::uint16:
    case BaseType::uint32:
    case BaseType::uint64:
      break;
  }
  if (bits == all_ones(size)) return std::nullopt;
  return static_cast<double>(bits);
}

std::string text_in(Bytes raw) {
  const auto end = std::ranges::find(raw, std::uint8_t{0});
  const std::string_view text(reinterpret_cast<const char*>(raw.data()), static_cast<std::size_t>(end - raw.begin()));
  std::size_t valid = 0;
  while (valid < text.size()) {
    const std::size_t length = utf8_sequence(text.substr(valid));
    if (length == 0) break;
    valid += length;
  }
  if (text.size() - valid > 3) return {};  // not a cut character: the text is something else
  return std::string(text.substr(0, valid));
}

const FieldSlot* Message::find(std::uint8_t number) const {
  const auto found = std::ranges::find(definition_.fields, number, &FieldSlot::number);
  return found == definition_.fields.end() ? nullptr : &*found;
}

std::optional<double> Message::value(const FieldSpec& spec) const {
  const FieldSlot* slot = find(spec.number);
  if (slot == nullptr) return std::nullopt;
  const auto raw = number_in(content_.subspan(slot->position, slot->size), slot->type, definition_.big_endian);
  if (!raw) return std::nullopt;
  return *raw / spec.scale - spec.offset;
}

std::optional<std::uint32_t> Message::u32(std::uint8_t number) const {
  const auto raw = value({number});
  if (!raw || *raw < 0 || *raw > 4294967295.0 || *raw != std::floor(*raw)) return std::nullopt;
  return static_cast<std::uint32_t>(*raw);
}

std::optional<std::int32_t> Message::s32(std::uint8_t number) const {
  const auto raw = value({number});
  if (!raw || std::abs(*raw) > 2147483648.0 || *raw == 2147483648.0 || *raw != std::floor(*raw)) return std::nullopt;
  return static_cast<std::int32_t>(*raw);
}

std::optional<std::uint8_t> Message::u8(std::uint8_t number) const {
  const auto raw = u32(number);
  if (!raw || *raw > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*raw);
}

std::string Message::text(std::uint8_t number) const {
  const FieldSlot* slot = find(number);
  if (slot == nullptr || slot->type != BaseType::string) return {};
  return text_in(content_.subspan(slot->position, slot->size));
}

Bytes Message::bytes(std::uint8_t number) const {
  const FieldSlot* slot = find(number);
  return slot == nullptr ? Bytes{} : content_.subspan(slot->position, slot->size);
}

Result<void> read_messages(Bytes file, MessageSink& sink) {
  if (file.empty()) return fail(ErrorCode::unreadable_input, "the file is empty");
  if (file.size() > max_file_bytes) {
    return fail(ErrorCode::too_large, fmt::format("larger than the maximum of {} MiB", max_file_mib));
  }
  if (!header_at(file, 0)) {
    return fail(ErrorCode::unreadable_input, "not a FIT file: the mark .FIT is not where it belongs");
  }
  std::size_t position = 0;
  for (std::size_t part = 0; position < file.size(); ++part) {
    const auto header = header_at(file, position);
    if (!header) {
      sink.problem(
          position,
          fmt::format("{} bytes after the end of the data are no further part; ignored", file.size() - position),
          false);
      break;
    }
    if (part == max_parts) {
      sink.problem(position, fmt::format("more than {} chained parts; the rest is ignored", max_parts), true);
      break;
    }
    position = read_part(file, position, *header, sink);
  }
  return {};
}

}  // namespace syncwell::providers::fit
