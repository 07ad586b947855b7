#include "sim/health_accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

namespace syncwell::sim {

namespace json = boost::json;

namespace {

// Far enough apart that no two weights are taken for the same measurement.
constexpr Duration between_weights = std::chrono::minutes{11};
// A scale uploads what it measured up to this long ago. With the error of our own clock that has to stay within what a
// sync reads again (DEC-5).
constexpr Duration most_late = std::chrono::hours{9};
constexpr Duration no_changes_after = std::chrono::hours{4};
constexpr double chance_of_entry = 0.6;
constexpr double chance_of_correction = 0.25;
// People travel, and clocks change twice a year.
constexpr std::array<const char*, 6> offsets = {"3600s", "7200s", "0s", "-28800s", "20700s", "50400s"};

}  // namespace

void HealthAccounts::store(const Weight& weight) {
  const json::object point{
      {"name", "users/me/dataTypes/weight/dataPoints/" + weight.id},
      {"weight",
       {{"sampleTime",
         {{"physicalTime", format_rfc3339(weight.at)}, {"utcOffset", offsets[random_.below(offsets.size())]}}},
        {"weightGrams", json::parse(fmt::format("{}.{}9", weight.grams, mark_of_weights))}}}};
  json::array points;
  points.push_back(point);
  const auto seeded =
      sandbox_.google_health().seed(weight.account, {{"dataPoints", std::move(points)}}, start_ + weight.changed);
  if (!seeded) throw std::logic_error("the sandbox refuses a weight: " + seeded.error());
}

void HealthAccounts::enter(Ring& ring, const std::string& account, Duration elapsed) {
  const auto slots = static_cast<std::uint64_t>(most_late / between_weights);
  const Instant newest = start_ + (elapsed / between_weights) * between_weights;
  for (std::uint64_t tries = 0; tries < slots; ++tries) {
    const Instant at = newest - static_cast<std::int64_t>(random_.below(slots)) * between_weights;
    if (!ring.taken.insert(at).second) continue;
    ring.weights.push_back({fmt::format("weight-{}", ++entered_), account, at, ++last_grams_, elapsed});
    store(ring.weights.back());
    return;
  }
}

void HealthAccounts::correct(Weight& weight, Duration elapsed) {
  weight.earlier_grams.push_back(weight.grams);
  weight.grams = ++last_grams_;
  weight.changed = elapsed;
  store(weight);
}

void HealthAccounts::erase(Weight& weight, Duration elapsed) {
  weight.deleted = true;
  weight.changed = elapsed;
  if (!sandbox_.google_health().remove(weight.account, "weight", weight.id))
    throw std::logic_error("the sandbox does not hold a weight that was entered");
}

void HealthAccounts::change_something(Duration elapsed) {
  Ring& ring = rings_[random_.below(rings_.size())];
  const double draw = random_.unit();
  if (ring.weights.empty() || draw < chance_of_entry) {
    enter(ring, ring.accounts[random_.below(ring.accounts.size())], elapsed);
    return;
  }
  Weight& weight = ring.weights[random_.below(ring.weights.size())];
  if (weight.deleted || start_ + elapsed - weight.at > most_late + no_changes_after) return;
  draw < chance_of_entry + chance_of_correction ? correct(weight, elapsed) : erase(weight, elapsed);
}

void HealthAccounts::enter(std::size_t account, Duration elapsed) {
  Ring& ring = rings_.front();
  enter(ring, ring.accounts.at(account), elapsed);
}

void HealthAccounts::correct_oldest(Duration elapsed) { correct(rings_.front().weights.at(0), elapsed); }
void HealthAccounts::delete_oldest(Duration elapsed) { erase(rings_.front().weights.at(1), elapsed); }

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

namespace {

// Calls `visit` with the grams of each weight that an account holds, and with the point.
template <class Visit>
void for_each_weight(sandbox::Sandbox& sandbox, const std::string& account, Visit visit) {
  const json::object state = sandbox.google_health().state(account, false);
  const auto* held = state.if_contains(account);
  const auto* types = held == nullptr ? nullptr : held->as_object().if_contains("dataTypes");
  const auto* weights = types == nullptr ? nullptr : types->as_object().if_contains("weight");
  if (weights == nullptr) return;
  for (const json::value& point : weights->as_object().at("points").as_array())
    visit(static_cast<int>(point.as_object().at("weight").as_object().at("weightGrams").to_number<double>()), point);
}

}  // namespace

std::optional<std::string> HealthAccounts::difference_in(const Ring& ring, const std::string& account) const {
  std::map<int, int> missing;  // grams, how often
  for (const Weight& weight : ring.weights) {
    if (!weight.deleted) ++missing[weight.grams];
  }
  std::optional<std::string> found;
  for_each_weight(sandbox_, account, [&](int grams, const json::value& point) {
    if (--missing[grams] < 0 && !found) {
      found =
          fmt::format("{} holds {} g, which {}: {}", account, grams, history_of(ring, grams), json::serialize(point));
    }
  });
  if (found) return found;
  for (const Weight& weight : ring.weights) {
    if (!weight.deleted && missing[weight.grams] > 0)
      return fmt::format("{} lacks {} of {}", account, weight.id, weight.account);
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

std::optional<std::string> HealthAccounts::missing_after_sync(const std::string& config, Duration began) const {
  const auto sync = syncs_.find(config);
  if (sync == syncs_.end()) return std::nullopt;
  const auto& [from, to] = sync->second;
  std::set<int> held;
  for_each_weight(sandbox_, to, [&](int grams, const json::value&) { held.insert(grams); });
  for (const Ring& ring : rings_) {
    for (const Weight& weight : ring.weights) {
      if (weight.account == from && !weight.deleted && weight.changed < began && !held.contains(weight.grams))
        return fmt::format("{} of {} is not at {}", weight.id, from, to);
    }
  }
  return std::nullopt;
}

}  // namespace syncwell::sim
