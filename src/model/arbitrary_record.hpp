// rapidcheck generators of records for which why_invalid() finds nothing: every type, hostile text, all finite numbers,
// known and unknown offsets. For tests of any folder; includes nothing but rapidcheck and the model.
//
//   rc::check([] { const auto record = *model::arbitrary_record(); … });
//   rc::check([](const model::Record& record) { … });               // the same by argument
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/record.hpp"

namespace syncwell::model {
namespace arbitrary {

inline constexpr int max_rows = 12;  // stages, laps, pauses, samples, route points

// Well-formed UTF-8 with what breaks naive writers of JSON, CSV and XML.
inline rc::Gen<std::string> text() {
  const auto pieces = rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "Z", "7", " ", "\"", "\\", "/", "\n", "\r", "\t", std::string(1, '\0'), "\x1f", "\x7f", "<", "&", "]]>", ",",
      ";", "ü", "€", "\xe2\x80\xa8", "\xef\xbf\xbf", "\xf0\x9f\x8f\x83", "\xf4\x8f\xbf\xbf", "null", "{}"));
  return rc::gen::map(pieces, [](const std::vector<std::string>& parts) {
    std::string joined;
    for (const std::string& part : parts) joined += part;
    return joined;
  });
}

inline rc::Gen<std::string> non_empty_text() {
  return rc::gen::suchThat(text(), [](const std::string& value) { return !value.empty(); });
}

template <class Number, class Bits>
rc::Gen<Number> finite_bits() {
  const auto number = rc::gen::map(rc::gen::arbitrary<Bits>(), [](Bits bits) { return std::bit_cast<Number>(bits); });
  return rc::gen::suchThat(number, [](Number value) { return std::isfinite(value); });
}

// Whole, decimal and arbitrary finite values.
inline rc::Gen<double> number() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::inRange(0, 20000), [](int value) { return static_cast<double>(value); }),
      rc::gen::map(rc::gen::inRange(-100000, 10000000), [](int value) { return static_cast<double>(value) / 1000.0; }),
      finite_bits<double, std::uint64_t>());
}

inline rc::Gen<float> single() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::inRange(-500, 3000), [](int value) { return static_cast<float>(value) / 10; }),
      finite_bits<float, std::uint32_t>());
}

template <class Value>
rc::Gen<std::optional<Value>> maybe(const rc::Gen<Value>& gen) {
  return rc::gen::oneOf(rc::gen::just(std::optional<Value>()),
                        rc::gen::map(gen, [](const Value& value) { return std::optional<Value>(value); }));
}

inline rc::Gen<Instant> instant_between(Instant first, Instant last) {
  return rc::gen::map(
      rc::gen::inRange<std::int64_t>(first.time_since_epoch().count(), last.time_since_epoch().count() + 1),
      [](std::int64_t count) { return Instant{Duration{count}}; });
}

inline rc::Gen<Instant> instant() {
  constexpr Instant recent{std::chrono::sys_days{std::chrono::year{2015} / 1 / 1}};
  constexpr Instant soon{std::chrono::sys_days{std::chrono::year{2030} / 1 / 1}};
  return rc::gen::oneOf(instant_between(recent, soon), instant_between(min_instant, max_instant),
                        rc::gen::element(min_instant, max_instant, Instant{}));
}

// Whole minutes, as RFC 3339 can write them.
inline rc::Gen<std::optional<UtcOffset>> offset() {
  return maybe(rc::gen::map(rc::gen::oneOf(rc::gen::inRange(-18 * 60, 18 * 60 + 1), rc::gen::element(-60, 0, 60, 330)),
                            [](int minutes) { return UtcOffset{std::chrono::minutes{minutes}}; }));
}

inline rc::Gen<Duration> duration_up_to(Duration longest) {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, longest.count() + 1),
                      [](std::int64_t count) { return Duration{count}; });
}

inline Instant later(Instant start, Duration by) { return std::min(start + by, max_instant); }

// `count` ascending instants without repetition, from about `start` on.
inline std::vector<Instant> ascending(Instant start, int count) {
  std::vector<Instant> instants;
  Instant at = std::min(start, max_instant - std::chrono::hours{24});
  for (int i = 0; i < count; ++i) {
    instants.push_back(at);
    at += Duration{1} + *duration_up_to(std::chrono::minutes{2});
  }
  return instants;
}

inline Sleep sleep(Instant start) {
  Sleep sleep;
  sleep.is_nap = *rc::gen::arbitrary<bool>();
  for (const Instant at : ascending(start, *rc::gen::inRange(0, max_rows))) {
    sleep.stages.push_back({{at, *offset()},
                            {later(at, *duration_up_to(std::chrono::hours{3})), *offset()},
                            static_cast<SleepStage>(*rc::gen::inRange(0, static_cast<int>(SleepStage::unknown) + 1))});
  }
  return sleep;
}

inline Workout workout(Instant start) {
  Workout workout;
  workout.sport = static_cast<Sport>(*rc::gen::inRange(0, static_cast<int>(Sport::driving) + 1));
  workout.title = *text();
  workout.timer = *maybe(duration_up_to(std::chrono::hours{30}));
  workout.moving = *maybe(duration_up_to(std::chrono::hours{30}));
  for (auto* summary : {&workout.distance_m, &workout.energy_kcal, &workout.elevation_gain_m,
                        &workout.average_heart_rate_bpm, &workout.maximum_heart_rate_bpm, &workout.steps}) {
    *summary = *maybe(number());
  }
  for (const Instant at : ascending(start, *rc::gen::inRange(0, max_rows))) {
    workout.laps.push_back({at, later(at, *duration_up_to(std::chrono::hours{1})), *maybe(number()), *maybe(number()),
                            *maybe(number()), *maybe(number())});
  }
  for (const Instant at : ascending(start, *rc::gen::inRange(0, max_rows))) {
    workout.pauses.push_back({at, later(at, *duration_up_to(std::chrono::hours{1}))});
  }
  for (const Instant at : ascending(start, *rc::gen::inRange(0, max_rows))) {
    workout.samples.push_back({at, *maybe(single()), *maybe(single()), *maybe(single()), *maybe(single()),
                               *maybe(single()), *maybe(number())});
  }
  for (const Instant at : ascending(start, *rc::gen::inRange(0, max_rows))) {
    workout.route.push_back(
        {at, *rc::gen::inRange(-90000, 90001) / 1000.0, *rc::gen::inRange(-180000, 180001) / 1000.0, *maybe(single())});
  }
  return workout;
}

}  // namespace arbitrary

// A valid record of `type`.
inline rc::Gen<Record> arbitrary_record(DataType type) {
  return rc::gen::exec([type] {
    Record record;
    record.type = type;
    record.source_id = *arbitrary::non_empty_text();
    record.external_id = *arbitrary::text();
    record.origin = {*arbitrary::text(), *arbitrary::text(), *arbitrary::text(), *arbitrary::text(),
                     static_cast<RecordingMethod>(*rc::gen::inRange(0, 3))};
    const Instant start = *arbitrary::instant();
    const Duration length =
        *rc::gen::oneOf(rc::gen::just(Duration{0}), arbitrary::duration_up_to(std::chrono::hours{30}));
    record.time = {{start, *arbitrary::offset()}, {arbitrary::later(start, length), *arbitrary::offset()}};
    record.modified = *arbitrary::maybe(arbitrary::instant());
    if (type == DataType::sleep) {
      record.payload = arbitrary::sleep(start);
    } else if (type == DataType::workout) {
      record.payload = arbitrary::workout(start);
    } else {
      record.payload = Quantity{*arbitrary::number()};
    }
    return record;
  });
}

// A valid record of any type.
inline rc::Gen<Record> arbitrary_record() {
  return rc::gen::mapcat(rc::gen::elementOf(std::vector<DataType>(all_data_types.begin(), all_data_types.end())),
                         [](DataType type) { return arbitrary_record(type); });
}

// What rapidcheck prints for a counterexample: not the values, which are in the failing seed.
inline void showValue(const Record& record, std::ostream& out) {
  out << "a record of " << name_of(record.type) << " with an id of " << record.source_id.size() << " bytes";
}

}  // namespace syncwell::model

namespace rc {

template <>
struct Arbitrary<syncwell::model::Record> {
  static Gen<syncwell::model::Record> arbitrary() { return syncwell::model::arbitrary_record(); }
};

}  // namespace rc
