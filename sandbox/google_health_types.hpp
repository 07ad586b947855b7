// The data types of the Google Health API v4 as tables: their kind of time, what may be done with them, and the
// fields of their payload. Source: fact sheet google_health.md (Reading, Writing, Payload by type) and the public
// proto definitions it names (googleapis, google/devicesandservices/health/v4, August 2026).
// Static data; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace syncwell::sandbox {

// Decides the filter members, the order and the civil times of a type.
enum class PointKind { interval, sample, daily, session, sleep, electrocardiogram };

enum class FieldKind { int64, number, percentage, text, boolean, enumeration, duration, timestamp, message, list, any };

// One member of a payload. `members` describes message, and the elements of list.
struct FieldRule {
  std::string_view name;
  FieldKind kind = FieldKind::any;
  bool required = false;
  bool output_only = false;  // ignored on input, as AIP-203 says
  std::span<const FieldRule> members{};
};

struct GoogleHealthType {
  std::string_view id;  // kebab-case, as in the URL
  PointKind kind;
  bool listable;                      // false: rollUp only
  bool writable;                      // create, PATCH, batchDelete
  bool identifiable;                  // get; has a name in reconciled streams
  std::string_view scope;             // X of googlehealth.X.readonly
  std::span<const FieldRule> fields;  // empty: any payload is taken (from seeds)

  [[nodiscard]] std::string snake_case() const;  // filter fields: run_vo2_max
  [[nodiscard]] std::string camel_case() const;  // JSON: runVo2Max
};

// nullptr for a type that does not exist.
[[nodiscard]] const GoogleHealthType* find_google_health_type(std::string_view id);
[[nodiscard]] std::span<const GoogleHealthType> google_health_types();
[[nodiscard]] std::span<const FieldRule> data_source_fields();

}  // namespace syncwell::sandbox
