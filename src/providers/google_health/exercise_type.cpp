#include "providers/google_health/exercise_type.hpp"

#include <algorithm>
#include <array>

namespace syncwell::providers::google_health {
namespace {

using model::Sport;

struct Row {
  std::string_view exercise_type;
  Sport sport;
};

// The first row of a sport is the word that we write; the others are only read.
constexpr std::array rows = {
    Row{"RUNNING", Sport::running},
    Row{"TRACK_AND_FIELD", Sport::running},
    Row{"INCLINE_RUN", Sport::running},
    Row{"TRAIL_RUN", Sport::trail_running},
    Row{"ORIENTEERING", Sport::trail_running},
    Row{"TREADMILL", Sport::treadmill_running},
    Row{"WALKING", Sport::walking},
    Row{"POWER_WALKING", Sport::walking},
    Row{"NORDIC_WALKING", Sport::walking},
    Row{"INCLINE_WALK", Sport::walking},
    Row{"STROLLER_WALK", Sport::walking},
    Row{"TREADMILL_WALK", Sport::walking},
    Row{"WALK_WITH_WEIGHTS", Sport::walking},
    Row{"HIKING", Sport::hiking},
    Row{"BACKPACKING", Sport::hiking},
    Row{"RUCKING", Sport::hiking},
    Row{"BIKING", Sport::cycling},
    Row{"OUTDOOR_BIKE", Sport::cycling},
    Row{"MOUNTAIN_BIKE", Sport::mountain_biking},
    Row{"STATIONARY_BIKE", Sport::indoor_cycling},
    Row{"SPINNING", Sport::indoor_cycling},
    Row{"ASSAULT_BIKE", Sport::indoor_cycling},
    Row{"ELECTRIC_BIKE", Sport::e_biking},
    Row{"HAND_CYCLING", Sport::hand_cycling},
    Row{"SWIMMING", Sport::swimming},
    Row{"SYNCHRONIZED_SWIMMING", Sport::swimming},
    Row{"SWIMMING_POOL", Sport::pool_swimming},
    Row{"SWIMMING_OPEN_WATER", Sport::open_water_swimming},
    Row{"ROWING", Sport::rowing},
    Row{"ROWING_MACHINE", Sport::indoor_rowing},
    Row{"KAYAKING", Sport::kayaking},
    Row{"CANOEING", Sport::kayaking},
    Row{"PADDLEBOARDING", Sport::stand_up_paddling},
    Row{"SURFING", Sport::surfing},
    Row{"SAILING", Sport::sailing},
    Row{"WINDSURFING", Sport::windsurfing},
    Row{"SCUBA_DIVING", Sport::diving},
    Row{"DIVING", Sport::diving},
    Row{"SNORKELING", Sport::diving},
    Row{"CROSS_COUNTRY_SKI", Sport::cross_country_skiing},
    Row{"SKIING", Sport::alpine_skiing},
    Row{"SNOWBOARDING", Sport::snowboarding},
    Row{"SNOWSHOEING", Sport::snowshoeing},
    Row{"ICE_SKATING", Sport::ice_skating},
    Row{"SPEED_SKATING", Sport::ice_skating},
    Row{"SKATING", Sport::ice_skating},
    Row{"ROLLERBLADING", Sport::inline_skating},
    Row{"ROLLER_SKATING", Sport::inline_skating},
    Row{"ELLIPTICAL", Sport::elliptical},
    Row{"STAIRCLIMBER", Sport::stair_climbing},
    Row{"STEP_TRAINING", Sport::stair_climbing},
    Row{"STRENGTH_TRAINING", Sport::strength_training},
    Row{"WEIGHTS", Sport::strength_training},
    Row{"WEIGHTLIFTING", Sport::strength_training},
    Row{"WEIGHT_MACHINES", Sport::strength_training},
    Row{"FREE_WEIGHTS", Sport::strength_training},
    Row{"POWERLIFTING", Sport::strength_training},
    Row{"FUNCTIONAL_STRENGTH_TRAINING", Sport::strength_training},
    Row{"CORE_TRAINING", Sport::strength_training},
    Row{"BODY_WEIGHT", Sport::strength_training},
    Row{"CALISTHENICS", Sport::strength_training},
    Row{"RESISTANCE_BANDS", Sport::strength_training},
    Row{"TRX", Sport::strength_training},
    Row{"CARDIO_WORKOUT", Sport::cardio_training},
    Row{"AEROBIC_WORKOUT", Sport::cardio_training},
    Row{"CARDIO_SCULPT", Sport::cardio_training},
    Row{"CIRCUIT_TRAINING", Sport::cardio_training},
    Row{"CROSS_TRAINING", Sport::cardio_training},
    Row{"BOOTCAMP", Sport::cardio_training},
    Row{"JUMPING_ROPE", Sport::cardio_training},
    Row{"HIIT", Sport::high_intensity_interval_training},
    Row{"INTERVAL_WORKOUT", Sport::high_intensity_interval_training},
    Row{"TABATA_WORKOUT", Sport::high_intensity_interval_training},
    Row{"CROSSFIT", Sport::high_intensity_interval_training},
    Row{"YOGA", Sport::yoga},
    Row{"YOGA_BIKRAM", Sport::yoga},
    Row{"YOGA_HATHA", Sport::yoga},
    Row{"YOGA_POWER", Sport::yoga},
    Row{"YOGA_VINYASA", Sport::yoga},
    Row{"PILATES", Sport::pilates},
    Row{"STRETCHING", Sport::stretching},
    Row{"DANCING", Sport::dance},
    Row{"BALLET", Sport::dance},
    Row{"BALLROOM_DANCE", Sport::dance},
    Row{"BREAKDANCING", Sport::dance},
    Row{"HIP_HOP", Sport::dance},
    Row{"JAZZ_DANCE", Sport::dance},
    Row{"MODERN_DANCE", Sport::dance},
    Row{"TANGO", Sport::dance},
    Row{"ZUMBA", Sport::dance},
    Row{"BOXING", Sport::boxing},
    Row{"KICKBOXING", Sport::boxing},
    Row{"MARTIAL_ARTS", Sport::martial_arts},
    Row{"JIU_JITSU", Sport::martial_arts},
    Row{"KARATE", Sport::martial_arts},
    Row{"MUAY_THAI", Sport::martial_arts},
    Row{"TAEKWONDO", Sport::martial_arts},
    Row{"WRESTLING", Sport::martial_arts},
    Row{"CLIMBING", Sport::climbing},
    Row{"ROCK_CLIMBING", Sport::climbing},
    Row{"INDOOR_CLIMBING", Sport::climbing},
    Row{"GOLF", Sport::golf},
    Row{"TENNIS", Sport::tennis},
    Row{"TABLE_TENNIS", Sport::table_tennis},
    Row{"BADMINTON", Sport::badminton},
    Row{"SQUASH", Sport::squash},
    Row{"RACQUETBALL", Sport::squash},
    Row{"SOCCER", Sport::soccer},
    Row{"BASKETBALL", Sport::basketball},
    Row{"VOLLEYBALL", Sport::volleyball},
    Row{"VOLLEYBALL_BEACH", Sport::volleyball},
    Row{"HANDBALL", Sport::handball},
    Row{"HOCKEY", Sport::ice_hockey},
    Row{"EQUESTRIAN_SPORTS", Sport::horse_riding},
    Row{"MULTISPORT", Sport::multisport},
};

struct Nearest {
  Sport sport;
  std::string_view exercise_type;
};

// Sports without a word of their own, written as the nearest one.
constexpr std::array nearest = {
    Nearest{Sport::gravel_cycling, "BIKING"},
    Nearest{Sport::virtual_cycling, "STATIONARY_BIKE"},
    Nearest{Sport::backcountry_skiing, "SKIING"},
};

}  // namespace

model::Sport sport_of(std::string_view exercise_type) {
  const auto found = std::ranges::find(rows, exercise_type, &Row::exercise_type);
  return found == rows.end() ? Sport::other : found->sport;
}

std::string_view exercise_type_of(model::Sport sport) {
  if (const auto found = std::ranges::find(rows, sport, &Row::sport); found != rows.end()) return found->exercise_type;
  const auto close = std::ranges::find(nearest, sport, &Nearest::sport);
  return close == nearest.end() ? "OTHER" : close->exercise_type;
}

}  // namespace syncwell::providers::google_health
