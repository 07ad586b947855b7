#include <algorithm>
#include <array>

#include "providers/apple_health/workout_builder.hpp"

namespace syncwell::providers::apple_health {
namespace {

using model::Sport;

struct Row {
  std::string_view name;
  Sport sport;
};

// HKWorkoutActivityType of Apple's documentation (2026), without prefix; what is missing is Sport::other.
constexpr std::array table = {
    Row{"Badminton", Sport::badminton},
    Row{"Barre", Sport::dance},
    Row{"Basketball", Sport::basketball},
    Row{"Boxing", Sport::boxing},
    Row{"CardioDance", Sport::dance},
    Row{"Climbing", Sport::climbing},
    Row{"Cooldown", Sport::stretching},
    Row{"CoreTraining", Sport::strength_training},
    Row{"CrossCountrySkiing", Sport::cross_country_skiing},
    Row{"CrossTraining", Sport::cardio_training},
    Row{"Cycling", Sport::cycling},
    Row{"Dance", Sport::dance},
    Row{"DanceInspiredTraining", Sport::dance},
    Row{"DownhillSkiing", Sport::alpine_skiing},
    Row{"Elliptical", Sport::elliptical},
    Row{"EquestrianSports", Sport::horse_riding},
    Row{"Flexibility", Sport::stretching},
    Row{"FunctionalStrengthTraining", Sport::strength_training},
    Row{"Golf", Sport::golf},
    Row{"HandCycling", Sport::hand_cycling},
    Row{"Handball", Sport::handball},
    Row{"HighIntensityIntervalTraining", Sport::high_intensity_interval_training},
    Row{"Hiking", Sport::hiking},
    Row{"JumpRope", Sport::cardio_training},
    Row{"Kickboxing", Sport::martial_arts},
    Row{"MartialArts", Sport::martial_arts},
    Row{"MixedCardio", Sport::cardio_training},
    Row{"MixedMetabolicCardioTraining", Sport::cardio_training},
    Row{"PaddleSports", Sport::kayaking},
    Row{"Pilates", Sport::pilates},
    Row{"Rowing", Sport::rowing},
    Row{"Running", Sport::running},
    Row{"Sailing", Sport::sailing},
    Row{"SkatingSports", Sport::ice_skating},
    Row{"Snowboarding", Sport::snowboarding},
    Row{"Soccer", Sport::soccer},
    Row{"SocialDance", Sport::dance},
    Row{"Squash", Sport::squash},
    Row{"StairClimbing", Sport::stair_climbing},
    Row{"Stairs", Sport::stair_climbing},
    Row{"StepTraining", Sport::cardio_training},
    Row{"SurfingSports", Sport::surfing},
    Row{"SwimBikeRun", Sport::multisport},
    Row{"Swimming", Sport::swimming},
    Row{"TableTennis", Sport::table_tennis},
    Row{"Tennis", Sport::tennis},
    Row{"TraditionalStrengthTraining", Sport::strength_training},
    Row{"Transition", Sport::transition},
    Row{"UnderwaterDiving", Sport::diving},
    Row{"Volleyball", Sport::volleyball},
    Row{"Walking", Sport::walking},
    Row{"Yoga", Sport::yoga},
};

}  // namespace

Sport sport_of(std::string_view activity_type, bool indoor, std::string_view swimming_location) {
  constexpr std::string_view prefix = "HKWorkoutActivityType";
  if (activity_type.starts_with(prefix)) activity_type.remove_prefix(prefix.size());
  const auto found = std::ranges::find(table, activity_type, &Row::name);
  const Sport sport = found == table.end() ? Sport::other : found->sport;
  if (sport == Sport::swimming) {
    if (swimming_location == "1") return Sport::pool_swimming;
    if (swimming_location == "2") return Sport::open_water_swimming;
  }
  if (!indoor) return sport;
  switch (sport) {
    case Sport::running:
      return Sport::treadmill_running;
    case Sport::cycling:
      return Sport::indoor_cycling;
    case Sport::rowing:
      return Sport::indoor_rowing;
    default:
      return sport;
  }
}

}  // namespace syncwell::providers::apple_health
