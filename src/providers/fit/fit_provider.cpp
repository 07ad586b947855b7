#include "providers/fit/fit_provider.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "providers/fit/fit_file_decoder.hpp"
#include "providers/fit/fit_writer.hpp"
#include "providers/track/file_provider.hpp"
#include "providers/track/file_stream.hpp"

namespace syncwell::providers::fit {
namespace {

using model::DataType;

constexpr std::array readable = {DataType::steps,  DataType::distance, DataType::active_energy, DataType::heart_rate,
                                 DataType::weight, DataType::body_fat, DataType::sleep};

Result<std::string> encode(const model::Record& record) {
  if (const auto why = why_not_encodable(record)) return fail(ErrorCode::unsupported, *why);
  return encode_workout(record);
}

track::Format format_of(std::optional<DataType> only) {
  return {.key = "fit",
          .display_name = "FIT files",
          .make_decoder = [only](std::string own_id) { return make_file_decoder(std::move(own_id), only); },
          .encode = encode};
}

class FitProvider final : public DataProvider {
 public:
  // The writer decodes every type: a file that also holds something else must not be taken away with its workout.
  FitProvider() : writer_(track::make_file_provider(format_of(std::nullopt))), capabilities_(writer_->capabilities()) {
    for (const DataType type : readable) {
      TypeCapability capability;
      capability.type = type;
      capability.can_read = true;
      capabilities_.types.push_back(capability);
    }
    for (const TypeCapability& capability : capabilities_.types) {
      formats_.emplace(capability.type, format_of(capability.type));
    }
  }

  const Capabilities& capabilities() const override { return capabilities_; }

  Result<std::unique_ptr<RecordStream>> fetch(CallContext context, Account account, FetchRequest request) override {
    const auto format = formats_.find(request.type);
    if (format == formats_.end()) {
      return fail(ErrorCode::unsupported, fmt::format("FIT files give no {}", name_of(request.type)));
    }
    return track::make_file_stream(format->second, context, std::move(account), request);
  }

  Async<PushResult> push(CallContext context, Account account, DataType type, std::span<const WriteOp> ops) override {
    return writer_->push(context, std::move(account), type, ops);
  }

 private:
  std::unique_ptr<DataProvider> writer_;
  Capabilities capabilities_;
  std::map<DataType, track::Format> formats_;  // a stream keeps a reference to its own
};

}  // namespace

std::unique_ptr<DataProvider> make_provider() { return std::make_unique<FitProvider>(); }

}  // namespace syncwell::providers::fit
