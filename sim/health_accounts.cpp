#include "sim/health_accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

namespace syncwell::sim {

namespace json = boost::json;

namespace {

// Far enough apart that no two weights are taken for the same measurement.
constexpr Duration between_weights = std::chrono::minutes{11};
constexpr Duration before_start = std::chrono::hours{20};
constexpr double chance_of_entry = 0.6;
constexpr double chance_of_correction = 0.25;

}  // namespace

std::size_t HealthAccounts::add_ring(std::vector<std::string> accounts) {
  rings_.push_back({std::move(accounts), {}});
  return rings_.size() - 1;
}

void HealthAccounts::store(const Weight& weight, Instant now) {
  const json::object point{{"name", "users/me/dataTypes/weight/dataPoints/" + weight.id},
                           {"weight",
                            {{"sampleTime", {{"physicalTime", format_rfc3339(weight.at)}, {"utcOffset", "3600s"}}},
                             {"weightGrams", weight.grams}}}};
  json::array points;
  points.push_back(point);
  const auto seeded = sandbox_.google_health().seed(weight.account, {{"dataPoints", std::move(points)}}, now);
  if (!seeded) throw std::logic_error("the sandbox refuses a weight: " + seeded.error());
}

void HealthAccounts::change_something(Instant now) {
  Ring& ring = rings_[random_.below(rings_.size())];
  const double draw = random_.unit();
  if (ring.weights.empty() || draw < chance_of_entry) {
    ++entered_;
    ring.weights.push_back({fmt::format("weight-{}", entered_),
                            ring.accounts[random_.below(ring.accounts.size())],
                            start_ - before_start + entered_ * between_weights,
                            ++last_grams_,
                            {}});
    store(ring.weights.back(), now);
    return;
  }
  Weight& weight = ring.weights[random_.below(ring.weights.size())];
  if (weight.deleted) return;
  if (draw < chance_of_entry + chance_of_correction) {
    weight.earlier_grams.push_back(weight.grams);
    weight.grams = ++last_grams_;
    store(weight, now);
  } else {
    weight.deleted = true;
    if (!sandbox_.google_health().remove(weight.account, "weight", weight.id))
      throw std::logic_error("the sandbox does not hold a weight that was entered");
  }
}

std::string HealthAccounts::history_of(const Ring& ring, int grams) {
  for (const Weight& weight : ring.weights) {
    if (weight.grams == grams)
      return fmt::format("{} of {} {}", weight.id, weight.account, weight.deleted ? "was until it was deleted" : "is");
    if (std::ranges::find(weight.earlier_grams, grams) != weight.earlier_grams.end())
      return fmt::format("{} of {} was before it became {} g{}", weight.id, weight.account, weight.grams,
                         weight.deleted ? " and was deleted" : "");
  }
  return "nobody entered";
}

std::optional<std::string> HealthAccounts::difference_in(const Ring& ring, const std::string& account) const {
  std::map<int, int> missing;  // grams, how often
  for (const Weight& weight : ring.weights) {
    if (!weight.deleted) ++missing[weight.grams];
  }
  const json::object state = sandbox_.google_health().state(account, false);
  const auto* held = state.if_contains(account);
  const auto* types = held == nullptr ? nullptr : held->as_object().if_contains("dataTypes");
  const auto* weights = types == nullptr ? nullptr : types->as_object().if_contains("weight");
  if (weights != nullptr) {
    for (const json::value& point : weights->as_object().at("points").as_array()) {
      const auto grams =
          static_cast<int>(point.as_object().at("weight").as_object().at("weightGrams").to_number<double>());
      if (--missing[grams] < 0) {
        return fmt::format("{} holds {} g, which {}: {}", account, grams, history_of(ring, grams),
                           json::serialize(point));
      }
    }
  }
  for (const Weight& weight : ring.weights) {
    if (!weight.deleted && missing[weight.grams] > 0) {
      return fmt::format("{} lacks {} of {}", account, weight.id, weight.account);
    }
  }
  return std::nullopt;
}

std::optional<std::string> HealthAccounts::difference() const {
  for (const Ring& ring : rings_) {
    for (const auto& account : ring.accounts) {
      if (auto found = difference_in(ring, account)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace syncwell::sim
