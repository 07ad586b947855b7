// The canonical JSON form of a record, version 1, described by schema/record-1.0.json: an Open mHealth data point with
// header and body. It is the format of the `json` provider (one record a line) and of nothing else.
// A reader takes any document of its major version: unknown members are ignored, unknown enum values become
// other / unknown (a newer minor version may add them).
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "model/record.hpp"

namespace syncwell::model {

inline constexpr std::size_t max_record_json_bytes = 64 * 1024 * 1024;
// Numbers, texts, objects and arrays of one document: a workout of 1,000,000 samples and as many route points.
inline constexpr std::size_t max_record_json_values = 12'000'000;
inline constexpr std::size_t max_record_json_depth = 32;

// One line of UTF-8 without a line break. Numbers are written so that reading gives the same value; members come in
// the schema's order, so that equal records give equal text. The record must be valid (why_invalid). Bytes that are no
// UTF-8 become U+FFFD; an offset is written in whole minutes (the instant stays exact), an unknown one as "-00:00".
// A record beyond the maximums above gives text that from_json refuses.
[[nodiscard]] std::string to_json(const Record& record);

// unreadable_input for text that is no record: what is wrong and at which member or byte, without any value.
[[nodiscard]] Result<Record> from_json(std::string_view text);

// The bytes over which the ledger's keyed content digest is made (DEC-7): everything that a destination would store
// (type, time, payload, origin device and method), nothing that may change without an edit (source_id, modified).
[[nodiscard]] std::string content_for_digest(const Record& record);

}  // namespace syncwell::model
