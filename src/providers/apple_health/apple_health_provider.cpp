#include "providers/apple_health/apple_health_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "providers/apple_health/element_scanner.hpp"
#include "providers/apple_health/export_location.hpp"
#include "providers/apple_health/record_mapper.hpp"

namespace syncwell::providers::apple_health {
namespace {

class ExportStream final : public RecordStream {
 public:
  ExportStream(std::string location, const FetchRequest& request) : location_(std::move(location)), request_(request) {}

  Async<Result<Page>> next() override { co_return read_on(); }

 private:
  Result<Page> read_on() {
    if (failure_) return fail(*failure_);
    if (!mapper_) {
      if (auto opened = open(); !opened) return fail(failure_.emplace(opened.error()));
    }
    if (!ended_) {
      const auto stop = scanner_->advance(max_bytes_per_page);
      if (!stop) return fail(failure_.emplace(Error{stop.error().code, export_.name + ": " + stop.error().message}));
      for (auto& damage : scanner_->take_damages()) {
        partial_ = true;
        mapper_->warn(damage.byte, std::move(damage.reason));
      }
      ended_ = *stop == ElementScanner::Stop::ended;
      if (ended_) mapper_->finish();
    }
    Page page = mapper_->take_page();
    partial_ = partial_ || page.partial;
    page.last = ended_ && !mapper_->holds_more();
    page.partial = partial_;
    return page;
  }

  Result<void> open() {
    auto opened = open_export(location_);
    if (!opened) return fail(opened.error());
    export_ = std::move(*opened);
    mapper_.emplace(request_, export_.name, [this](const std::string& path, std::vector<std::string>& warnings) {
      return export_.routes->read(path, warnings);
    });
    for (auto& note : export_.notes) mapper_->note(std::move(note));
    scanner_.emplace(*export_.xml, *mapper_, RecordMapper::wanted(request_.type));
    return {};
  }

  std::string location_;
  FetchRequest request_;
  OpenExport export_;
  std::optional<RecordMapper> mapper_;
  std::optional<ElementScanner> scanner_;
  std::optional<Error> failure_;
  bool ended_ = false;
  bool partial_ = false;
};

class AppleHealthProvider final : public DataProvider {
 public:
  AppleHealthProvider() {
    capabilities_.key = provider_key;
    capabilities_.display_name = "Apple Health export";
    capabilities_.kind = ProviderKind::file;
    capabilities_.full_history_each_time = true;
    for (const model::DataType type : model::all_data_types) {
      const Wanted wanted = RecordMapper::wanted(type);
      if (wanted.workouts || !wanted.record_types.empty())
        capabilities_.types.push_back({.type = type, .can_read = true});
    }
  }

  const Capabilities& capabilities() const override { return capabilities_; }

  Result<std::unique_ptr<RecordStream>> fetch(CallContext, Account account, FetchRequest request) override {
    if (capabilities_.find(request.type) == nullptr) {
      return fail(ErrorCode::unsupported,
                  fmt::format("an Apple Health export has no {}", model::name_of(request.type)));
    }
    if (account.location.empty()) {
      return fail(ErrorCode::invalid_argument,
                  "say where the Apple Health export lies: a path to export.zip or export.xml");
    }
    return std::make_unique<ExportStream>(std::move(account.location), request);
  }

  Async<PushResult> push(CallContext, Account, model::DataType, std::span<const WriteOp> ops) override {
    PushResult result;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      result.outcomes.emplace_back(
          fail(ErrorCode::unsupported, "an Apple Health export can only be read: Apple offers no import"));
    }
    co_return result;
  }

 private:
  Capabilities capabilities_;
};

}  // namespace

std::unique_ptr<DataProvider> make_apple_health_provider() { return std::make_unique<AppleHealthProvider>(); }

}  // namespace syncwell::providers::apple_health
