// Collects what one container part says about activities, as the messages give it: no interpretation across messages
// but the unpacking of accumulated fields. Bounded by the maximums of fit_format.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "providers/fit/fit_developer.hpp"
#include "providers/fit/fit_identity.hpp"
#include "providers/fit/fit_sport.hpp"
#include "providers/fit/fit_warnings.hpp"

namespace syncwell::providers::fit {

using FitTime = std::uint32_t;  // seconds of the FIT epoch, or since power-on

// One record message.
struct TrackPoint {
  FitTime time = 0;
  std::optional<float> heart_rate_bpm;
  std::optional<float> cadence_rpm;
  std::optional<float> power_w;
  std::optional<float> speed_m_s;
  std::optional<float> temperature_c;
  std::optional<float> altitude_m;
  std::optional<std::int32_t> latitude_semicircles;
  std::optional<std::int32_t> longitude_semicircles;
  std::optional<double> distance_m;
};

struct TimerEvent {
  FitTime time = 0;
  bool start = false;
};

// A session or a lap: the same summary.
struct Summary {
  std::optional<FitTime> start;
  std::optional<FitTime> timestamp;
  FitSport sport;
  bool has_sport = false;
  std::optional<double> elapsed_s, timer_s, moving_s;
  std::optional<double> distance_m, energy_kcal, ascent_m, cycles;
  std::optional<double> average_heart_rate_bpm, maximum_heart_rate_bpm;
};

struct SportName {
  FitSport sport;
  std::string name;
};

struct ActivityPart {
  std::uint64_t position = 0;
  bool has_file_id = false;
  bool data_lost = false;
  FileIdentity identity;
  std::vector<Summary> sessions;
  std::vector<Summary> laps;
  std::vector<TrackPoint> points;
  std::vector<TimerEvent> timer_events;
  std::vector<SportName> sports;
  std::optional<FitTime> activity_time;
  std::optional<FitTime> activity_local_time;
};

// What was counted over the whole file, whatever became of it.
struct ActivityCounts {
  std::size_t records = 0, positions = 0, heart_rates = 0, timer_stops = 0, sessions = 0;
};

class ActivityCollector {
 public:
  ActivityCollector(FileWarnings& warnings, DeveloperFields& developer) : warnings_(warnings), developer_(developer) {}
  void start_part(std::uint64_t position);
  void message(const Message& message);
  void mark_data_lost();
  [[nodiscard]] const ActivityCounts& counts() const { return counts_; }
  // True once something was left out because of a maximum.
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] std::vector<ActivityPart> take() { return std::move(parts_); }
  [[nodiscard]] FileIdentity identity() const { return parts_.empty() ? FileIdentity{} : parts_.back().identity; }

 private:
  void read_record(const Message& message);
  void read_session(const Message& message);
  void read_lap(const Message& message);
  void read_event(const Message& message);
  void read_activity(const Message& message);
  void unpack_speed_and_distance(Bytes packed, TrackPoint& point);
  // False, with one warning per kind, when `size` has reached `maximum`.
  [[nodiscard]] bool room(std::size_t size, std::size_t maximum, const char* what, const Message& message);
  [[nodiscard]] ActivityPart& current() { return parts_.back(); }

  FileWarnings& warnings_;
  DeveloperFields& developer_;
  std::vector<ActivityPart> parts_;
  ActivityCounts counts_;
  std::size_t points_ = 0, laps_ = 0, events_ = 0;
  bool overflowed_ = false;
  std::uint32_t last_packed_distance_ = 0;
  double packed_distance_m_ = 0;
};

}  // namespace syncwell::providers::fit
