#include "fuzz/sample_record.hpp"

namespace syncwell::fuzz {

using namespace std::chrono_literals;

model::Record sample_record(model::DataType type) {
  constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28} + 10h};
  constexpr UtcOffset offset{1h};
  model::Record record;
  record.type = type;
  record.source_id = "source";
  record.origin.provider = "fuzz";
  record.time = {{start, offset}, {start + 1h, offset}};
  if (type == model::DataType::workout) {
    model::Workout workout;
    workout.sport = model::Sport::running;
    workout.title = "Run";
    workout.distance_m = 10000;
    for (int i = 0; i < 3; ++i) {
      workout.samples.push_back({.at = start + i * 60s, .heart_rate_bpm = 120.0F});
      workout.route.push_back({start + i * 60s, 47.5 + i * 0.001, 8.5, 400.0F});
    }
    record.payload = workout;
  } else if (type == model::DataType::sleep) {
    record.payload = model::Sleep{{{{start, offset}, {start + 30min, offset}, model::SleepStage::light}}, false};
  } else {
    if (type == model::DataType::weight || type == model::DataType::body_fat) record.time.end = record.time.start;
    record.payload = model::Quantity{42};
  }
  return record;
}

}  // namespace syncwell::fuzz
