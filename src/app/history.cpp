#include "app/history.hpp"

#include <boost/json.hpp>

#include <cmath>
#include <functional>
#include <set>

namespace syncwell::app {

namespace json = boost::json;

namespace {

constexpr double ms_per_s = 1000.0;

using Provider = HistorySample::Provider;
// A point of a series, from the samples at both ends of a step; nullopt: there is none.
using Figure = std::function<std::optional<double>(const HistorySample& before, const HistorySample& now)>;

double rate(std::uint64_t before, std::uint64_t now, const HistorySample& from, const HistorySample& to) {
  const double seconds = static_cast<double>((to.at - from.at).count()) / ms_per_s;
  return seconds <= 0 ? 0.0 : static_cast<double>(now - std::min(now, before)) / seconds;
}

std::optional<double> percentile_ms(const Distribution& before, const Distribution& now, double share) {
  const auto seconds = now.since(before).percentile(share);
  if (!seconds) return std::nullopt;
  return *seconds * ms_per_s;
}

const Provider& provider_of(const HistorySample& sample, const std::string& key) {
  static const Provider none;
  const auto found = sample.providers.find(key);
  return found == sample.providers.end() ? none : found->second;
}

Figure percentile_of(Distribution HistorySample::* which, double share) {
  return [which, share](const HistorySample& before, const HistorySample& now) {
    return percentile_ms(before.*which, now.*which, share);
  };
}

Figure rate_of(std::uint64_t HistorySample::* which) {
  return [which](const HistorySample& before, const HistorySample& now) -> std::optional<double> {
    return rate(before.*which, now.*which, before, now);
  };
}

Figure level_of(std::int64_t HistorySample::* which) {
  return [which](const HistorySample&, const HistorySample& now) -> std::optional<double> {
    return static_cast<double>(now.*which);
  };
}

// Two digits behind the point are more than a curve shows.
double rounded(double value) { return std::round(value * 100.0) / 100.0; }

json::object series_of(std::string name, const char* unit, const std::deque<HistorySample>& samples,
                       const Figure& figure) {
  json::array points;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const auto value = figure(samples[i - 1], samples[i]);
    if (!value) continue;
    const auto at = std::chrono::floor<std::chrono::seconds>(samples[i].at).time_since_epoch().count();
    points.push_back(json::array{at, rounded(*value)});
  }
  return {{"name", std::move(name)}, {"unit", unit}, {"points", std::move(points)}};
}

}  // namespace

void History::add(HistorySample sample) {
  while (sample.providers.size() > max_history_providers) sample.providers.erase(std::prev(sample.providers.end()));
  samples_.push_back(std::move(sample));
  // A point stands for the step between two samples.
  if (samples_.size() > max_history_points + 1) samples_.pop_front();
}

json::object History::series() const {
  json::array all;
  const auto add = [&](std::string name, const char* unit, const Figure& figure) {
    all.push_back(series_of(std::move(name), unit, samples_, figure));
  };
  add("jobsSucceeded", "1/s", rate_of(&HistorySample::jobs_succeeded));
  add("jobsFailed", "1/s", rate_of(&HistorySample::jobs_failed));
  add("queueVisible", "", level_of(&HistorySample::queue_visible));
  add("queueOldestAge", "s", [](const HistorySample&, const HistorySample& now) { return now.queue_oldest_age_s; });
  add("deadLetters", "", level_of(&HistorySample::dead_letters));
  add("jobP50", "ms", percentile_of(&HistorySample::job_seconds, 0.5));
  add("jobP95", "ms", percentile_of(&HistorySample::job_seconds, 0.95));
  add("jobP99", "ms", percentile_of(&HistorySample::job_seconds, 0.99));
  add("apiP95", "ms", percentile_of(&HistorySample::api_seconds, 0.95));
  std::set<std::string> keys;
  for (const auto& sample : samples_) {
    for (const auto& [key, figures] : sample.providers) keys.insert(key);
  }
  for (const auto& key : keys) {
    add("providerErrors/" + key, "1/s", [&](const HistorySample& before, const HistorySample& now) {
      return rate(provider_of(before, key).errors, provider_of(now, key).errors, before, now);
    });
    add("providerP95/" + key, "ms", [&](const HistorySample& before, const HistorySample& now) {
      return percentile_ms(provider_of(before, key).seconds, provider_of(now, key).seconds, 0.95);
    });
  }
  const auto step = std::chrono::floor<std::chrono::seconds>(history_step).count();
  return {{"stepSeconds", step}, {"series", std::move(all)}};
}

History::ProviderFigures History::of(const std::string& provider) const {
  if (samples_.empty()) return {};
  const Provider& first = provider_of(samples_.front(), provider);
  const Provider& last = provider_of(samples_.back(), provider);
  return {last.calls - std::min(last.calls, first.calls), last.errors - std::min(last.errors, first.errors),
          percentile_ms(first.seconds, last.seconds, 0.5), percentile_ms(first.seconds, last.seconds, 0.95)};
}

}  // namespace syncwell::app
