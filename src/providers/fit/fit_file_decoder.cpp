#include "providers/fit/fit_file_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "providers/fit/fit_decoder.hpp"

namespace syncwell::providers::fit {
namespace {

class FileDecoder final : public track::Decoder {
 public:
  FileDecoder(std::string own_id, std::optional<model::DataType> only) : own_id_(std::move(own_id)), only_(only) {}

  bool feed(std::string_view bytes, track::Batch&) override {
    if (bytes.size() > max_file_bytes - bytes_.size()) {
      too_large_ = true;
      bytes_ = {};
      return false;
    }
    bytes_ += bytes;
    return true;
  }

  Result<void> finish(track::Batch& batch, const std::optional<std::string>& damage) override {
    if (too_large_) {
      return fail(ErrorCode::too_large,
                  fmt::format("larger than the maximum of {} MiB for a FIT file: not read", max_file_mib));
    }
    auto decoded = decode({reinterpret_cast<const std::uint8_t*>(bytes_.data()), bytes_.size()}, "");
    if (!decoded) {
      if (damage) decoded.error().message += fmt::format(" ({})", *damage);
      return fail(std::move(decoded.error()));
    }
    batch.partial = batch.partial || decoded->partial || damage;
    if (damage) batch.warnings.push_back(*damage);
    for (Warning& warning : decoded->warnings) {
      batch.warnings.push_back(warning.where.empty() ? std::move(warning.what) : warning.where + ": " + warning.what);
    }
    name_own_workout(decoded->records);
    for (model::Record& record : decoded->records) {
      if (!only_ || record.type == *only_) batch.records.push_back(std::move(record));
    }
    bytes_ = {};
    return {};
  }

 private:
  void name_own_workout(std::vector<model::Record>& records) const {
    if (own_id_.empty() || std::ranges::count(records, model::DataType::workout, &model::Record::type) != 1) return;
    const auto workout = std::ranges::find(records, model::DataType::workout, &model::Record::type);
    workout->source_id = own_id_;
    workout->external_id = own_id_;
  }

  std::string own_id_;
  std::optional<model::DataType> only_;
  std::string bytes_;
  bool too_large_ = false;
};

}  // namespace

std::unique_ptr<track::Decoder> make_file_decoder(std::string own_id, std::optional<model::DataType> only) {
  return std::make_unique<FileDecoder>(std::move(own_id), only);
}

}  // namespace syncwell::providers::fit
