// From the elements of an export to records of one data type within one time range: the listener behind
// ElementScanner. Top-level elements only: a Correlation's Records stand at top level, too, and count once.
// Records are appended to page(); sleep is kept back until finish(). Bounded: a page, the sleep rows (SleepNights),
// and a table of recent ids that catches repeated records. One owner, one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "providers/apple_health/element_scanner.hpp"
#include "providers/apple_health/export_fields.hpp"
#include "providers/apple_health/quantity_types.hpp"
#include "providers/apple_health/sleep_nights.hpp"
#include "providers/apple_health/workout_builder.hpp"
#include "providers/provider.hpp"
#include "providers/warning_list.hpp"

namespace syncwell::providers::apple_health {

inline constexpr std::string_view provider_key = "apple_health_export";
inline constexpr std::size_t max_page_bytes = 8 * 1024 * 1024;       // of stages, route points and origins together
inline constexpr std::size_t remembered_ids = std::size_t{1} << 17;  // 2 MiB; repeats further apart reach the engine

// Reads the route file that a workout names; what it has to say about damage goes to the vector.
using RouteReader =
    std::function<Result<std::vector<model::RoutePoint>>(const std::string& path, std::vector<std::string>& warnings)>;

class RecordMapper final : public TopLevelListener {
 public:
  RecordMapper(const FetchRequest& request, std::string file_name, RouteReader read_route);

  [[nodiscard]] static Wanted wanted(model::DataType type);

  void begin_top_level(std::uint64_t byte) override;
  void start_element(std::string_view name, const xml::Attributes& attributes) override;
  void end_element(std::string_view name, std::string_view text) override;
  void abandon() override { depth_ = 0; }
  bool full() const override;

  // Everything mapped since the last call: records, warnings, and whether something was lost.
  [[nodiscard]] Page take_page();
  // The file is over: sessions that had to wait for it become records, at most a page of them per take_page().
  void finish();
  [[nodiscard]] bool holds_more() const { return !waiting_.empty(); }
  // Something of this file was lost.
  void warn(std::uint64_t byte, std::string what);
  // Nothing was lost, but people should know.
  void note(std::string what) { warnings_.add(file_name_, std::move(what)); }

 private:
  enum class Kind { ignored, quantity, sleep, workout };
  struct Draft {
    Kind kind = Kind::ignored;
    const QuantityType* quantity = nullptr;
    Instant start{}, end{};
    double value = 0;
    model::SleepStage stage = model::SleepStage::unknown;
    std::string value_text, unit, time_zone, own_id;
    std::optional<bool> user_entered;
  };

  void start_record(const xml::Attributes& attributes);
  void start_metadata(const xml::Attributes& attributes);
  const char* read_record(const xml::Attributes& attributes);
  void end_record();
  void end_workout();
  void add_routes(WorkoutBuilder::Built& built);
  void add(model::Record record, const Identity::Bytes& id, std::size_t bytes);
  [[nodiscard]] bool in_range(Instant start, Instant end) const;
  [[nodiscard]] model::RecordingMethod method() const;
  [[nodiscard]] Moment moment(Instant at) const;
  const Device& device(std::string_view text);
  [[nodiscard]] bool seen(const Identity::Bytes& id);

  FetchRequest request_;
  std::string file_name_;
  RouteReader read_route_;

  std::uint64_t byte_ = 0;
  std::size_t depth_ = 0;
  Draft draft_;
  std::string source_name_;
  std::string device_text_;
  const Device* device_ = nullptr;
  WorkoutBuilder workout_;
  SleepNights nights_;
  bool sleep_full_ = false;
  std::vector<model::Record> waiting_;  // sleep sessions, latest first

  std::string last_device_text_;
  Device last_device_;
  Identity identity_;
  std::vector<Identity::Bytes> recent_ids_;

  Page page_;
  std::size_t page_bytes_ = 0;
  WarningList warnings_;
  bool finished_ = false;
};

}  // namespace syncwell::providers::apple_health
