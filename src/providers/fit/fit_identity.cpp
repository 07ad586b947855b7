#include "providers/fit/fit_identity.hpp"

#include <fmt/format.h>

#include "providers/fit/fit_profile.hpp"
#include "providers/track/identity.hpp"

namespace syncwell::providers::fit {
namespace {

std::string text_of(const std::optional<std::uint32_t>& number) { return number ? fmt::to_string(*number) : "-"; }

}  // namespace

void FileIdentity::read_file_id(const Message& message) {
  type = message.u32(file_id::type);
  manufacturer = message.u32(file_id::manufacturer);
  product = message.u32(file_id::product);
  serial_number = message.u32(file_id::serial_number);
  time_created = message.u32(file_id::time_created);
  if (serial_number == 0U) serial_number.reset();
  if (auto name = message.text(file_id::product_name); !name.empty()) product_name = std::move(name);
}

void FileIdentity::read_device_info(const Message& message) {
  if (message.u32(device_info::device_index) != 0U) return;
  if (!manufacturer) manufacturer = message.u32(device_info::manufacturer);
  if (!product) product = message.u32(device_info::product);
  if (product_name.empty()) product_name = message.text(device_info::product_name);
}

bool FileIdentity::is_own() const {
  return manufacturer == manufacturer_development && product_name == own_product_name;
}

model::Origin FileIdentity::origin() const {
  model::Origin origin;
  origin.provider = "fit";
  origin.method = model::RecordingMethod::sensed;
  if (is_own()) {
    origin.application = own_product_name;
    return origin;
  }
  if (manufacturer) origin.device_manufacturer = manufacturer_name(*manufacturer);
  origin.device_model = product_name;
  if (origin.device_model.empty() && manufacturer == manufacturer_garmin && product) {
    origin.device_model = garmin_product_name(*product);
  }
  return origin;
}

std::string FileIdentity::text(bool with_time_created) const {
  return fmt::format("{}/{}/{}/{}", text_of(manufacturer), text_of(product), text_of(serial_number),
                     with_time_created ? text_of(time_created) : "");
}

std::string digest_id(std::initializer_list<std::string> parts) {
  std::string content;
  for (const std::string& part : parts) content += part + '\n';
  return track::content_id(content);
}

}  // namespace syncwell::providers::fit
