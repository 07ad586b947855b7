#include "providers/fit/fit_sport.hpp"

#include <algorithm>
#include <array>

namespace syncwell::providers::fit {
namespace {

using model::Sport;

struct Row {
  FitSport fit;
  Sport sport;
};

// The first row of a Sport is what we write; all rows are what we read.
constexpr std::array pairs = {
    Row{{0, 0}, Sport::other},
    Row{{1, 0}, Sport::running},
    Row{{1, 3}, Sport::trail_running},
    Row{{1, 67}, Sport::trail_running},
    Row{{1, 1}, Sport::treadmill_running},
    Row{{1, 45}, Sport::treadmill_running},
    Row{{4, 1}, Sport::treadmill_running},
    Row{{11, 0}, Sport::walking},
    Row{{4, 27}, Sport::walking},
    Row{{17, 0}, Sport::hiking},
    Row{{16, 0}, Sport::hiking},
    Row{{2, 0}, Sport::cycling},
    Row{{2, 8}, Sport::mountain_biking},
    Row{{2, 9}, Sport::mountain_biking},
    Row{{2, 46}, Sport::gravel_cycling},
    Row{{2, 11}, Sport::gravel_cycling},
    Row{{2, 49}, Sport::gravel_cycling},
    Row{{2, 6}, Sport::indoor_cycling},
    Row{{2, 5}, Sport::indoor_cycling},
    Row{{4, 6}, Sport::indoor_cycling},
    Row{{2, 58}, Sport::virtual_cycling},
    Row{{21, 0}, Sport::e_biking},
    Row{{2, 28}, Sport::e_biking},
    Row{{2, 47}, Sport::e_biking},
    Row{{2, 12}, Sport::hand_cycling},
    Row{{2, 88}, Sport::hand_cycling},
    Row{{5, 0}, Sport::swimming},
    Row{{5, 17}, Sport::pool_swimming},
    Row{{5, 18}, Sport::open_water_swimming},
    Row{{15, 0}, Sport::rowing},
    Row{{4, 14}, Sport::indoor_rowing},
    Row{{15, 14}, Sport::indoor_rowing},
    Row{{41, 0}, Sport::kayaking},
    Row{{19, 0}, Sport::kayaking},
    Row{{37, 0}, Sport::stand_up_paddling},
    Row{{38, 0}, Sport::surfing},
    Row{{32, 0}, Sport::sailing},
    Row{{43, 0}, Sport::windsurfing},
    Row{{53, 0}, Sport::diving},
    Row{{12, 0}, Sport::cross_country_skiing},
    Row{{13, 0}, Sport::alpine_skiing},
    Row{{13, 37}, Sport::backcountry_skiing},
    Row{{14, 0}, Sport::snowboarding},
    Row{{35, 0}, Sport::snowshoeing},
    Row{{33, 0}, Sport::ice_skating},
    Row{{30, 0}, Sport::inline_skating},
    Row{{4, 15}, Sport::elliptical},
    Row{{4, 16}, Sport::stair_climbing},
    Row{{48, 0}, Sport::stair_climbing},
    Row{{10, 20}, Sport::strength_training},
    Row{{10, 26}, Sport::cardio_training},
    Row{{10, 0}, Sport::cardio_training},
    Row{{4, 0}, Sport::cardio_training},
    Row{{62, 70}, Sport::high_intensity_interval_training},
    Row{{62, 0}, Sport::high_intensity_interval_training},
    Row{{10, 43}, Sport::yoga},
    Row{{10, 44}, Sport::pilates},
    Row{{10, 19}, Sport::stretching},
    Row{{83, 0}, Sport::dance},
    Row{{47, 0}, Sport::boxing},
    Row{{80, 0}, Sport::martial_arts},
    Row{{31, 0}, Sport::climbing},
    Row{{25, 0}, Sport::golf},
    Row{{8, 0}, Sport::tennis},
    Row{{64, 97}, Sport::table_tennis},
    Row{{64, 95}, Sport::badminton},
    Row{{64, 94}, Sport::squash},
    Row{{7, 0}, Sport::soccer},
    Row{{6, 0}, Sport::basketball},
    Row{{75, 0}, Sport::volleyball},
    Row{{73, 91}, Sport::ice_hockey},
    Row{{27, 0}, Sport::horse_riding},
    Row{{18, 0}, Sport::multisport},
    Row{{24, 0}, Sport::driving},
    Row{{3, 0}, Sport::transition},
};

struct SubSport {
  std::uint8_t number;
  Sport sport;
};

// Sub sports that leave no doubt under whatever sport a device files them (Suunto and Garmin differ).
constexpr std::array lone_sub_sports = {
    SubSport{14, Sport::indoor_rowing},
    SubSport{15, Sport::elliptical},
    SubSport{16, Sport::stair_climbing},
    SubSport{17, Sport::pool_swimming},
    SubSport{18, Sport::open_water_swimming},
    SubSport{20, Sport::strength_training},
    SubSport{26, Sport::cardio_training},
    SubSport{43, Sport::yoga},
    SubSport{44, Sport::pilates},
    SubSport{68, Sport::climbing},
    SubSport{69, Sport::climbing},
    SubSport{70, Sport::high_intensity_interval_training},
};

}  // namespace

Sport sport_from_fit(FitSport fit) noexcept {
  if (fit.sub_sport == 0xFF) fit.sub_sport = 0;
  const auto pair = std::ranges::find(pairs, fit, &Row::fit);
  if (pair != pairs.end()) return pair->sport;
  const auto lone = std::ranges::find(lone_sub_sports, fit.sub_sport, &SubSport::number);
  if (lone != lone_sub_sports.end()) return lone->sport;
  const auto plain = std::ranges::find(pairs, FitSport{fit.sport, 0}, &Row::fit);
  return plain == pairs.end() ? Sport::other : plain->sport;
}

FitSport sport_to_fit(Sport sport) noexcept {
  const auto row = std::ranges::find(pairs, sport, &Row::sport);
  return row == pairs.end() || sport == Sport::transition ? FitSport{} : row->fit;
}

bool cycles_are_strides(Sport sport) noexcept {
  switch (sport) {
    case Sport::running:
    case Sport::trail_running:
    case Sport::treadmill_running:
    case Sport::walking:
    case Sport::hiking:
    case Sport::snowshoeing:
      return true;
    default:
      return false;
  }
}

bool is_virtual(FitSport sport) noexcept { return sport.sub_sport == sub_sport_virtual; }

}  // namespace syncwell::providers::fit
