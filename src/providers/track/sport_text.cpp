#include "providers/track/sport_text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace syncwell::providers::track {
namespace {

using model::Sport;

struct Row {
  std::string_view text;  // lower case, letters and digits only
  Sport sport;
};

// Longer than any name in the table: what is longer is free text about something else.
constexpr std::size_t max_key_bytes = 64;

constexpr std::array rows = {
    Row{"1", Sport::cycling},
    Row{"2", Sport::alpine_skiing},
    Row{"3", Sport::backcountry_skiing},
    Row{"4", Sport::hiking},
    Row{"5", Sport::ice_skating},
    Row{"6", Sport::inline_skating},
    Row{"7", Sport::cross_country_skiing},
    Row{"9", Sport::running},
    Row{"10", Sport::walking},
    Row{"12", Sport::snowboarding},
    Row{"13", Sport::snowshoeing},
    Row{"15", Sport::windsurfing},
    Row{"16", Sport::swimming},
    Row{"17", Sport::virtual_cycling},
    Row{"18", Sport::e_biking},
    Row{"run", Sport::running},
    Row{"jog", Sport::running},
    Row{"jogging", Sport::running},
    Row{"streetrunning", Sport::running},
    Row{"trackrunning", Sport::running},
    Row{"roadrunning", Sport::running},
    Row{"trailrun", Sport::trail_running},
    Row{"treadmill", Sport::treadmill_running},
    Row{"indoorrunning", Sport::treadmill_running},
    Row{"walk", Sport::walking},
    Row{"nordicwalking", Sport::walking},
    Row{"casualwalking", Sport::walking},
    Row{"speedwalking", Sport::walking},
    Row{"hike", Sport::hiking},
    Row{"trekking", Sport::hiking},
    Row{"mountaineering", Sport::hiking},
    Row{"ride", Sport::cycling},
    Row{"bike", Sport::cycling},
    Row{"biking", Sport::cycling},
    Row{"bicycle", Sport::cycling},
    Row{"cycle", Sport::cycling},
    Row{"roadcycling", Sport::cycling},
    Row{"roadbiking", Sport::cycling},
    Row{"roadbike", Sport::cycling},
    Row{"cyclocross", Sport::cycling},
    Row{"mountainbike", Sport::mountain_biking},
    Row{"mountainbikeride", Sport::mountain_biking},
    Row{"mtb", Sport::mountain_biking},
    Row{"gravelride", Sport::gravel_cycling},
    Row{"gravel", Sport::gravel_cycling},
    Row{"gravelbiking", Sport::gravel_cycling},
    Row{"indoorbiking", Sport::indoor_cycling},
    Row{"spinning", Sport::indoor_cycling},
    Row{"virtualride", Sport::virtual_cycling},
    Row{"ebike", Sport::e_biking},
    Row{"ebikeride", Sport::e_biking},
    Row{"ebikefitness", Sport::e_biking},
    Row{"handcycle", Sport::hand_cycling},
    Row{"swim", Sport::swimming},
    Row{"lapswimming", Sport::pool_swimming},
    Row{"openwaterswim", Sport::open_water_swimming},
    Row{"row", Sport::rowing},
    Row{"kayak", Sport::kayaking},
    Row{"kayakingv2", Sport::kayaking},
    Row{"canoeing", Sport::kayaking},
    Row{"paddling", Sport::kayaking},
    Row{"sup", Sport::stand_up_paddling},
    Row{"standuppaddleboarding", Sport::stand_up_paddling},
    Row{"surf", Sport::surfing},
    Row{"sail", Sport::sailing},
    Row{"nordicski", Sport::cross_country_skiing},
    Row{"nordicskiing", Sport::cross_country_skiing},
    Row{"xcski", Sport::cross_country_skiing},
    Row{"alpineski", Sport::alpine_skiing},
    Row{"skiing", Sport::alpine_skiing},
    Row{"resortskiingsnowboarding", Sport::alpine_skiing},
    Row{"downhillskiing", Sport::alpine_skiing},
    Row{"backcountryski", Sport::backcountry_skiing},
    Row{"skitouring", Sport::backcountry_skiing},
    Row{"snowboard", Sport::snowboarding},
    Row{"snowshoe", Sport::snowshoeing},
    Row{"iceskate", Sport::ice_skating},
    Row{"skating", Sport::ice_skating},
    Row{"inlineskate", Sport::inline_skating},
    Row{"rollerskating", Sport::inline_skating},
    Row{"weighttraining", Sport::strength_training},
    Row{"hiit", Sport::high_intensity_interval_training},
    Row{"rockclimbing", Sport::climbing},
    Row{"horsebackriding", Sport::horse_riding},
    Row{"football", Sport::soccer},
    Row{"car", Sport::driving},
    Row{"automotive", Sport::driving},
};

std::string key_of(std::string_view text) {
  std::string key;
  for (const char c : text.substr(0, max_key_bytes)) {
    if (c >= 'A' && c <= 'Z') key += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
  }
  return key;
}

}  // namespace

std::optional<Sport> sport_from_text(std::string_view text) {
  const std::string key = key_of(text);
  if (key.empty()) return std::nullopt;
  const auto found = std::ranges::find(rows, key, &Row::text);
  if (found != rows.end()) return found->sport;
  for (int i = 0; i <= static_cast<int>(Sport::driving); ++i) {
    const auto sport = static_cast<Sport>(i);
    if (key_of(model::name_of(sport)) == key) return sport;
  }
  return std::nullopt;
}

SportFamily family_of(Sport sport) {
  switch (sport) {
    case Sport::running:
    case Sport::trail_running:
    case Sport::treadmill_running:
      return SportFamily::running;
    case Sport::cycling:
    case Sport::mountain_biking:
    case Sport::gravel_cycling:
    case Sport::indoor_cycling:
    case Sport::virtual_cycling:
    case Sport::e_biking:
    case Sport::hand_cycling:
      return SportFamily::cycling;
    default:
      return SportFamily::other;
  }
}

}  // namespace syncwell::providers::track
