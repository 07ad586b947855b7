// Who wrote a file, and the stable ids of its records made from that: the same record gets the same id however the
// file is named, and again when a later export holds it too. Pure, any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "model/record.hpp"
#include "providers/fit/fit_reader.hpp"

namespace syncwell::providers::fit {

// file_id, with what device_info adds; empty members where the file does not tell.
struct FileIdentity {
  std::optional<std::uint32_t> type;
  std::optional<std::uint32_t> manufacturer;
  std::optional<std::uint32_t> product;
  std::optional<std::uint32_t> serial_number;
  std::optional<std::uint32_t> time_created;
  std::string product_name;

  void read_file_id(const Message& message);
  void read_device_info(const Message& message);  // of the device itself, where file_id left something open
  [[nodiscard]] bool is_own() const;              // written by our encoder
  // A device and the moment at which it opened the file: enough to name the file.
  [[nodiscard]] bool names_the_file() const { return time_created.has_value() && (serial_number || manufacturer); }
  [[nodiscard]] model::Origin origin() const;
  // One line with maker, product and serial; and the time of creation where wanted.
  [[nodiscard]] std::string text(bool with_time_created) const;
};

// content_id() of the parts, a line each.
[[nodiscard]] std::string digest_id(std::initializer_list<std::string> parts);

}  // namespace syncwell::providers::fit
