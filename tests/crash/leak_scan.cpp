#include "leak_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>

#include "app/platform.hpp"
#include "base/cancellation.hpp"
#include "engine/account_secret.hpp"
#include "store/connections.hpp"

namespace syncwell::crash {
namespace {

constexpr std::size_t shown_before = 48;    // of what stands before a leak: it tells whose buffer that is
constexpr std::size_t shortest_needle = 6;  // anything shorter is found by chance

void add(std::vector<Needle>& needles, std::string what, std::string bytes) {
  if (bytes.size() >= shortest_needle) needles.push_back({std::move(what), std::move(bytes)});
}

// What a buffer ends in the middle of is a leak too.
void add_halves(std::vector<Needle>& needles, const std::string& what, const std::string& bytes) {
  const std::size_t half = bytes.size() / 2;
  add(needles, "the first half of " + what, bytes.substr(0, half));
  add(needles, "the second half of " + what, bytes.substr(half));
}

Async<Result<std::vector<Needle>>> read_secrets(store::Table& table, vault::Vault& vault) {
  std::vector<Needle> needles;
  auto connections = co_await store::Connections(table).list(vault.digest("user", "local"));
  if (!connections) co_return fail(std::move(connections.error()));
  for (const auto& connection : *connections) {
    auto stored = co_await vault.get(connection.secret_pointer);
    if (!stored) co_return fail(std::move(stored.error()));
    auto secret = engine::account_secret_from_json(stored->value);
    if (!secret) co_return fail(std::move(secret.error()));
    add(needles, "the path of " + connection.provider, secret->location);
    add(needles, "the user id at " + connection.provider, secret->provider_user_id);
    if (!secret->tokens) continue;
    add_halves(needles, "an access token of " + connection.provider, secret->tokens->access_token);
    add_halves(needles, "a refresh token of " + connection.provider, secret->tokens->refresh_token);
  }
  co_return needles;
}

std::string printable(const std::string& content, std::size_t begin, std::size_t end) {
  std::string text = content.substr(begin, end - begin);
  for (auto& character : text) {
    if (character < ' ' || character > '~') character = '.';
  }
  return text;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

Result<std::vector<Needle>> secrets_of(const World& world) {
  const auto copy = world.data_folder().string() + ".copy";
  std::error_code error;
  std::filesystem::copy(world.data_folder(), copy, std::filesystem::copy_options::recursive, error);
  if (error) return fail(ErrorCode::storage_failed, copy + ": " + error.message());
  auto environment = world.environment();
  environment.insert(environment.begin(), {"SYNCWELL_DATA_DIR=" + copy, "SYNCWELL_LOG_LEVEL=error"});
  auto configuration = app::Configuration::load("", environment);
  if (!configuration) return fail(std::move(configuration.error()));
  auto platform = app::Platform::open(std::move(*configuration));
  if (!platform) return fail(std::move(platform.error()));
  std::optional<Result<std::vector<Needle>>> needles;
  boost::asio::io_context io(1);
  auto& storage = (*platform)->storage();
  boost::asio::co_spawn(io, without_cancellation_exceptions(read_secrets(storage.table(), storage.vault())),
                        [&](std::exception_ptr failure, Result<std::vector<Needle>> result) {
                          if (failure) std::rethrow_exception(failure);
                          needles = std::move(result);
                        });
  io.run();
  return std::move(*needles);
}

Result<LeakReport> scan_for_leaks(const World& world, const std::vector<Needle>& needles, const std::string& present) {
  LeakReport report;
  bool found_present = false;
  const auto scan = [&](const std::filesystem::path& file) {
    const std::string content = content_of(file);
    ++report.files;
    report.bytes += content.size();
    found_present = found_present || content.find(present) != std::string::npos;
    for (const auto& needle : needles) {
      if (content.find(needle.bytes) != std::string::npos)
        report.found.push_back(file.filename().string() + ": " + needle.what);
    }
  };
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(world.data_folder(), error)) {
    if (entry.is_regular_file()) scan(entry.path());
  }
  if (error) return fail(ErrorCode::storage_failed, error.message());
  scan(world.log());
  if (!found_present) return fail(ErrorCode::internal, "the scan does not find what is certainly there");
  return report;
}

Result<LeakReport> scan_memory(const World& world, const std::vector<Needle>& needles, const std::string& present) {
  const std::string process = "/proc/" + std::to_string(world.server_process());
  std::ifstream mappings(process + "/maps");
  std::ifstream memory(process + "/mem", std::ios::binary);
  if (!mappings || !memory)
    return fail(ErrorCode::unsupported, "this system does not let a process read another one's memory");
  LeakReport report;
  bool found_present = false;
  for (std::string line; std::getline(mappings, line);) {
    // "7f12a0000000-7f12a0021000 rw-p 00000000 00:00 0 [heap]"
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char access = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx %*c%c", &begin, &end, &access) != 3 || access != 'w') continue;
    std::string content(end - begin, '\0');
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(begin));
    memory.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, memory.gcount())));
    ++report.files;
    report.bytes += content.size();
    found_present = found_present || content.find(present) != std::string::npos;
    const auto name = line.find_first_of("[/");
    for (const auto& needle : needles) {
      for (auto at = content.find(needle.bytes); at != std::string::npos; at = content.find(needle.bytes, at + 1)) {
        report.found.push_back(fmt::format("{} at {:x}: {} after \"{}\"",
                                           name == std::string::npos ? "memory" : line.substr(name), begin + at,
                                           needle.what, printable(content, at - std::min(at, shown_before), at)));
      }
    }
  }
  if (!found_present) return fail(ErrorCode::internal, "the scan does not find what is certainly there");
  return report;
}

}  // namespace syncwell::crash
