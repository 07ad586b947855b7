// The FIT container's constants: base types, checksum, epoch and the named maximums of this folder. Pure values, any
// thread. Source: shared fact sheet "FIT, GPX and TCX files" (container read from python-fitparse and fitdecode, 2026).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace syncwell::providers::fit {

// FIT times count seconds since 1989-12-31T00:00:00Z.
inline constexpr std::int64_t fit_epoch_unix_s = 631'065'600;
// Smaller values are seconds since power-on, not dates.
inline constexpr std::uint32_t min_date_time = 0x1000'0000;
inline constexpr std::uint32_t invalid_u32 = 0xFFFF'FFFF;

inline constexpr std::size_t max_file_mib = 64;  // after decompression
inline constexpr std::size_t max_file_bytes = max_file_mib << 20U;
inline constexpr std::size_t max_parts = 1000;              // chained header + data + CRC blocks
inline constexpr std::size_t max_track_points = 1'000'000;  // per file: eleven days at one a second
inline constexpr std::size_t max_sessions = 1000;
inline constexpr std::size_t max_laps = 20'000;
inline constexpr std::size_t max_timer_events = 100'000;
inline constexpr std::size_t max_monitoring_readings = 1'000'000;
inline constexpr std::size_t max_body_readings = 100'000;  // weighings; sleep levels
inline constexpr std::size_t max_developer_fields = 1024;  // descriptions per part
inline constexpr std::size_t max_file_warnings = 100;      // per file; the last one counts the rest
inline constexpr std::size_t max_text_bytes = 255;         // a FIT string field

inline constexpr std::size_t short_header_bytes = 12;
inline constexpr std::size_t long_header_bytes = 14;
inline constexpr std::size_t file_crc_bytes = 2;

// The low five bits of a base type byte: unlike the full byte, they are the same in every known writer.
enum class BaseType : std::uint8_t {
  enumeration = 0,
  sint8 = 1,
  uint8 = 2,
  sint16 = 3,
  uint16 = 4,
  sint32 = 5,
  uint32 = 6,
  string = 7,
  float32 = 8,
  float64 = 9,
  uint8z = 10,
  uint16z = 11,
  uint32z = 12,
  byte = 13,
  sint64 = 14,
  uint64 = 15,
  uint64z = 16,
};

// A type that nobody defined reads as bytes.
[[nodiscard]] BaseType base_type_of(std::uint8_t code) noexcept;
[[nodiscard]] std::size_t size_of(BaseType type) noexcept;

// CRC-16 (polynomial 0x8005, reflected, start 0) over `bytes`, continuing from `crc`.
[[nodiscard]] std::uint16_t crc16(std::span<const std::uint8_t> bytes, std::uint16_t crc = 0) noexcept;

}  // namespace syncwell::providers::fit
