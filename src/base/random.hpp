// Injected randomness: seeded in tests and in the simulation, from the operating system in production.
// A Random belongs to one thread.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace syncwell {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // Seeded from the operating system. Not for keys or tokens: those come from libsodium in the vault.
  static Random from_system() { return Random((std::uint64_t{std::random_device{}()} << 32) ^ std::random_device{}()); }

  std::uint64_t next() { return engine_(); }
  // Uniform in [0, limit); 0 for limit 0.
  std::uint64_t below(std::uint64_t limit) {
    return limit == 0 ? 0 : std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(engine_);
  }
  // Uniform in [0, 1).
  double unit() { return std::uniform_real_distribution<double>(0.0, 1.0)(engine_); }
  // A random (version 4) UUID, lower case: "f81d4fae-7dec-41d0-a765-00a0c91e6bf6".
  std::string uuid4();

 private:
  std::mt19937_64 engine_;
};

}  // namespace syncwell
