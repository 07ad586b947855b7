#include "providers/fit/fit_profile.hpp"

#include <algorithm>
#include <array>

namespace syncwell::providers::fit {
namespace {

struct Name {
  std::uint32_t number;
  std::string_view name;
};

constexpr std::array manufacturers = {
    Name{1, "Garmin"},    Name{2, "Garmin"},       Name{15, "Dynastream"}, Name{16, "Timex"},
    Name{23, "Suunto"},   Name{28, "PeakSware"},   Name{32, "Wahoo"},      Name{37, "Magellan"},
    Name{40, "Concept2"}, Name{45, "Xplova"},      Name{48, "Pioneer"},    Name{69, "Stages Cycling"},
    Name{70, "Sigma"},    Name{89, "Tacx"},        Name{95, "Stryd"},      Name{115, "iGPSPORT"},
    Name{123, "Polar"},   Name{258, "Lezyne"},     Name{260, "Zwift"},     Name{265, "Strava"},
    Name{267, "Bryton"},  Name{289, "Hammerhead"},
};

constexpr std::array garmin_products = {
    Name{1018, "Forerunner 310XT"}, Name{1036, "Edge 500"},      Name{1169, "Edge 800"},
    Name{1328, "Forerunner 910XT"}, Name{1436, "Forerunner 70"}, Name{1765, "Forerunner 920XT"},
    Name{1836, "Edge 1000"},        Name{1967, "fenix 2"},       Name{2148, "Forerunner 25"},
    Name{2337, "vivoactive HR"},    Name{2604, "fenix 5X"},      Name{2691, "Forerunner 935"},
    Name{2697, "fenix 5"},          Name{3121, "Edge 530"},
};

template <std::size_t Count>
std::string_view name_in(const std::array<Name, Count>& names, std::uint32_t number) {
  const auto found = std::ranges::find(names, number, &Name::number);
  return found == names.end() ? std::string_view{} : found->name;
}

}  // namespace

std::string_view manufacturer_name(std::uint32_t manufacturer) noexcept { return name_in(manufacturers, manufacturer); }
std::string_view garmin_product_name(std::uint32_t product) noexcept { return name_in(garmin_products, product); }

}  // namespace syncwell::providers::fit
