#include "providers/strava/sport_type.hpp"

#include <algorithm>
#include <array>

namespace syncwell::providers::strava {
namespace {

using model::Sport;

struct Row {
  std::string_view sport_type;
  bool trainer;
  Sport sport;
};

// The first row of a sport is the word that we write; the others are only read. Where a word has no row with the
// trainer flag, the flag says nothing about the sport.
constexpr std::array rows = {
    Row{"Run", false, Sport::running},
    Row{"Run", true, Sport::treadmill_running},
    Row{"VirtualRun", false, Sport::treadmill_running},
    Row{"TrailRun", false, Sport::trail_running},
    Row{"Walk", false, Sport::walking},
    Row{"Hike", false, Sport::hiking},
    Row{"Ride", false, Sport::cycling},
    Row{"Velomobile", false, Sport::cycling},
    Row{"Ride", true, Sport::indoor_cycling},
    Row{"VirtualRide", false, Sport::virtual_cycling},
    Row{"MountainBikeRide", false, Sport::mountain_biking},
    Row{"GravelRide", false, Sport::gravel_cycling},
    Row{"EBikeRide", false, Sport::e_biking},
    Row{"EMountainBikeRide", false, Sport::e_biking},
    Row{"Handcycle", false, Sport::hand_cycling},
    Row{"Swim", false, Sport::swimming},
    Row{"Swim", true, Sport::pool_swimming},
    Row{"Rowing", false, Sport::rowing},
    Row{"Rowing", true, Sport::indoor_rowing},
    Row{"VirtualRow", false, Sport::indoor_rowing},
    Row{"Kayaking", false, Sport::kayaking},
    Row{"Canoeing", false, Sport::kayaking},
    Row{"StandUpPaddling", false, Sport::stand_up_paddling},
    Row{"Surfing", false, Sport::surfing},
    Row{"Sail", false, Sport::sailing},
    Row{"Windsurf", false, Sport::windsurfing},
    Row{"NordicSki", false, Sport::cross_country_skiing},
    Row{"AlpineSki", false, Sport::alpine_skiing},
    Row{"BackcountrySki", false, Sport::backcountry_skiing},
    Row{"Snowboard", false, Sport::snowboarding},
    Row{"Snowshoe", false, Sport::snowshoeing},
    Row{"IceSkate", false, Sport::ice_skating},
    Row{"InlineSkate", false, Sport::inline_skating},
    Row{"Elliptical", false, Sport::elliptical},
    Row{"StairStepper", false, Sport::stair_climbing},
    Row{"WeightTraining", false, Sport::strength_training},
    Row{"HighIntensityIntervalTraining", false, Sport::high_intensity_interval_training},
    Row{"Crossfit", false, Sport::high_intensity_interval_training},
    Row{"Yoga", false, Sport::yoga},
    Row{"Pilates", false, Sport::pilates},
    Row{"Dance", false, Sport::dance},
    Row{"RockClimbing", false, Sport::climbing},
    Row{"Golf", false, Sport::golf},
    Row{"Tennis", false, Sport::tennis},
    Row{"TableTennis", false, Sport::table_tennis},
    Row{"Badminton", false, Sport::badminton},
    Row{"Squash", false, Sport::squash},
    Row{"Racquetball", false, Sport::squash},
    Row{"Soccer", false, Sport::soccer},
    Row{"Basketball", false, Sport::basketball},
    Row{"Volleyball", false, Sport::volleyball},
};

struct Nearest {
  Sport sport;
  StravaSport strava;
};

// Sports without a word of their own, written as the nearest one. Swim with the trainer flag is read back as a pool,
// but we do not write the flag for it: Strava shows it as "indoor" and hides the activity from segments.
constexpr std::array nearest = {
    Nearest{Sport::pool_swimming, {"Swim"}},
    Nearest{Sport::open_water_swimming, {"Swim"}},
};

}  // namespace

model::Sport sport_of(std::string_view sport_type, bool trainer) {
  const auto exact = std::ranges::find_if(
      rows, [&](const Row& row) { return row.sport_type == sport_type && row.trainer == trainer; });
  if (exact != rows.end()) return exact->sport;
  const auto any = std::ranges::find(rows, sport_type, &Row::sport_type);
  return any == rows.end() ? Sport::other : any->sport;
}

StravaSport strava_sport_of(model::Sport sport) {
  if (const auto close = std::ranges::find(nearest, sport, &Nearest::sport); close != nearest.end()) {
    return close->strava;
  }
  const auto found = std::ranges::find(rows, sport, &Row::sport);
  return found == rows.end() ? StravaSport{"Workout"} : StravaSport{found->sport_type, found->trainer};
}

}  // namespace syncwell::providers::strava
