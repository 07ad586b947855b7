#include "providers/fit/fit_decoder.hpp"

#include <fmt/format.h>

#include <set>

#include "providers/fit/fit_activity.hpp"
#include "providers/fit/fit_monitoring.hpp"
#include "providers/fit/fit_profile.hpp"
#include "providers/fit/fit_sleep.hpp"
#include "providers/fit/fit_weight.hpp"
#include "providers/fit/fit_workout.hpp"

namespace syncwell::providers::fit {
namespace {

class Decoder final : public MessageSink {
 public:
  explicit Decoder(const std::string& name) : warnings_(name) {}

  void part(std::uint64_t position) override {
    ++summary_.parts;
    developer_.start_part();
    activities_.start_part(position);
    monitoring_.start_part();
  }

  void message(const Message& message) override {
    ++summary_.messages;
    switch (message.global()) {
      case message_field_description:
        developer_.describe(message);
        break;
      case message_monitoring:
      case message_monitoring_info:
        monitoring_.message(message);
        break;
      case message_weight_scale:
        weight_.message(message);
        break;
      case message_sleep_level:
        sleep_.message(message);
        break;
      default:
        activities_.message(message);
        break;
    }
    if (message.global() == message_file_id && !has_identity_) {
      summary_.identity.read_file_id(message);
      has_identity_ = true;
    }
  }

  void problem(std::uint64_t position, std::string reason, bool data_lost) override {
    warnings_.add(position, std::move(reason));
    if (!data_lost) return;
    partial_ = true;
    activities_.mark_data_lost();
  }

  Decoded finish() {
    const ActivityCounts& counts = activities_.counts();
    summary_.sessions = counts.sessions;
    summary_.record_messages = counts.records;
    summary_.positions = counts.positions;
    summary_.heart_rates = counts.heart_rates;
    summary_.timer_stops = counts.timer_stops;
    summary_.monitoring_messages = monitoring_.message_count();
    summary_.developer_fields = developer_.names();
    const std::optional<UtcOffset> offset = monitoring_.offset();
    partial_ =
        partial_ || activities_.overflowed() || monitoring_.overflowed() || weight_.overflowed() || sleep_.overflowed();

    Workouts workouts = assemble_workouts(activities_.take(), warnings_);
    partial_ = partial_ || workouts.partial;
    take(std::move(workouts.records));
    take(monitoring_.records(summary_.identity));
    take(weight_.records(summary_.identity, offset));
    take(sleep_.records(summary_.identity, offset));
    if (decoded_.records.empty()) {
      warnings_.add(fmt::format("no workout, daily counters, weight or sleep in it{}", kind_of_file()));
    }
    decoded_.partial = partial_;
    decoded_.summary = std::move(summary_);
    decoded_.warnings = warnings_.take();
    return std::move(decoded_);
  }

 private:
  void take(std::vector<model::Record> records) {
    for (model::Record& record : records) {
      if (const auto why = why_invalid(record)) {
        warnings_.add(fmt::format("a record of type {} is not sound ({}); left out", name_of(record.type), *why));
        partial_ = true;
      } else if (ids_.insert(record.source_id).second) {
        decoded_.records.push_back(std::move(record));
      }
    }
  }

  [[nodiscard]] std::string kind_of_file() const {
    return summary_.identity.type ? fmt::format(" (file type {})", *summary_.identity.type) : "";
  }

  FileWarnings warnings_;
  DeveloperFields developer_{warnings_};
  ActivityCollector activities_{warnings_, developer_};
  MonitoringCollector monitoring_{warnings_};
  WeightCollector weight_{warnings_};
  SleepCollector sleep_{warnings_};
  FileSummary summary_;
  Decoded decoded_;
  std::set<std::string> ids_;
  bool has_identity_ = false;
  bool partial_ = false;
};

}  // namespace

Result<Decoded> decode(Bytes file, const std::string& name) {
  Decoder decoder(name);
  if (auto read = read_messages(file, decoder); !read) return fail(read.error());
  return decoder.finish();
}

}  // namespace syncwell::providers::fit
