#include "leak_check.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>

#include "leak_scan.hpp"
#include "net/http.hpp"
#include "run.hpp"
#include "scenario.hpp"

namespace syncwell::crash {
namespace {

// What belongs to a person.
std::vector<Needle> personal_needles() {
  const double kilograms = seeded_weight_g / 1000;
  const auto bytes = [](double value) {
    const auto array = std::bit_cast<std::array<char, sizeof value>>(value);
    return std::string(array.data(), array.size());
  };
  return {{"the account's name", account_name},
          {"the account's name, encoded", net::percent_encode(account_name)},
          {"a weight in grams", "73119.86"},
          {"a weight in kilograms", "73.11986"},
          {"a weight in grams, binary", bytes(seeded_weight_g)},
          {"a weight in kilograms, binary", bytes(kilograms)}};
}

// What the server is configured with: it has to have that in memory, but nowhere else.
std::vector<Needle> configured_needles() {
  return {{"a client secret", "syncwell-google-secret"},
          {"a client secret", "syncwell-strava-secret"},
          {"the vault key", World::vault_key},
          {"the operator's token", World::admin_token}};
}

}  // namespace

Result<bool> is_tight(World& world, const std::string& connection) {
  auto needles = secrets_of(world);
  if (!needles) return fail(std::move(needles.error()));
  const std::size_t from_vault = needles->size();
  for (auto& needle : personal_needles()) needles->push_back(std::move(needle));
  for (auto& needle : configured_needles()) needles->push_back(std::move(needle));
  auto report = scan_for_leaks(world, *needles, connection);
  if (!report) return fail(std::move(report.error()));
  say(fmt::format("scanned {} files ({} KiB) for {} secrets of the vault and {} known values: {} found", report->files,
                  report->bytes / 1024, from_vault, needles->size() - from_vault, report->found.size()));
  for (const auto& leak : report->found) say("  LEAK " + leak);
  return report->found.empty();
}

Result<bool> forgets(World& world) {
  auto needles = secrets_of(world);
  if (!needles) return fail(std::move(needles.error()));
  // The server knows this folder from its configuration too.
  std::erase_if(*needles, [&](const Needle& needle) { return needle.bytes == world.records(); });
  for (auto& needle : personal_needles()) needles->push_back(std::move(needle));
  auto report = scan_memory(world, *needles, World::admin_token);
  if (!report && report.error().code == ErrorCode::unsupported) {
    say("the memory of the idle server was NOT scanned: " + report.error().message);
    return true;
  }
  if (!report) return fail(std::move(report.error()));
  say(fmt::format("scanned the memory of the idle server ({} mappings, {} MiB) for {} secrets and values: {} found",
                  report->files, report->bytes / 1024 / 1024, needles->size(), report->found.size()));
  for (const auto& leak : report->found) say("  LEAK " + leak);
  return report->found.empty();
}

}  // namespace syncwell::crash
