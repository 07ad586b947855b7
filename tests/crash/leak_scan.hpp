// Searches everything that the server has left on the disk for what must not be there in the clear: tokens, provider
// user ids and paths (as the vault holds them), the account's name, health values (DEC-8, DEC-11).
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "world.hpp"

namespace syncwell::crash {

struct Needle {
  std::string what;  // "an access token": safe to print
  std::string bytes;
};

// What the vault holds for this world's connections. Works on a copy of the data folder, since opening it changes it.
[[nodiscard]] Result<std::vector<Needle>> secrets_of(const World& world);

struct LeakReport {
  std::size_t files = 0;
  std::uintmax_t bytes = 0;
  std::vector<std::string> found;  // "server.log: an access token"
};

// `present` is something that certainly is in the data folder (a connection's id): not finding it is an error, since a
// scan that finds nothing says nothing.
[[nodiscard]] Result<LeakReport> scan_for_leaks(const World& world, const std::vector<Needle>& needles,
                                                const std::string& present);

// The same in the memory of the running server: what a core of it would hold. `files` counts mappings.
// unsupported where the system forbids to look.
[[nodiscard]] Result<LeakReport> scan_memory(const World& world, const std::vector<Needle>& needles,
                                             const std::string& present);

}  // namespace syncwell::crash
