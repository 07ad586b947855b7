// Decodes a document that is in memory whole, in pieces of a given size, and what tests want to know of it. For tests,
// which have such documents.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "providers/track/decoder.hpp"

namespace syncwell::providers::track {

[[nodiscard]] inline Result<Batch> decode_document(Decoder& decoder, std::string_view document,
                                                   std::size_t piece_bytes = 4096) {
  Batch batch;
  bool takes_more = true;
  while (takes_more && !document.empty()) {
    takes_more = decoder.feed(document.substr(0, piece_bytes), batch);
    document.remove_prefix(std::min(piece_bytes, document.size()));
  }
  if (auto over = decoder.finish(batch, std::nullopt); !over) return fail(over.error());
  return batch;
}

// The record of a document that holds one; an empty record, and a failure, for any other.
[[nodiscard]] inline model::Record only_record(const Result<Batch>& batch) {
  EXPECT_TRUE(batch) << (batch ? "" : batch.error().message);
  EXPECT_TRUE(batch && batch->records.size() == 1U);
  return batch && !batch->records.empty() ? batch->records.front() : model::Record{};
}

// What our encoder wrote: one record, nothing to warn of.
[[nodiscard]] inline model::Record read_back(Decoder& decoder, std::string_view document) {
  const auto batch = decode_document(decoder, document);
  if (batch) EXPECT_TRUE(batch->warnings.empty()) << testing::PrintToString(batch->warnings);
  return only_record(batch);
}

[[nodiscard]] inline model::Workout& workout_of(model::Record& record) {
  return std::get<model::Workout>(record.payload);
}
[[nodiscard]] inline const model::Workout& workout_of(const model::Record& record) {
  return std::get<model::Workout>(record.payload);
}

// To a tenth of a millimetre, which is what the text formats hold of a position.
[[nodiscard]] inline bool is_same_route(const std::vector<model::RoutePoint>& a,
                                        const std::vector<model::RoutePoint>& b) {
  return std::ranges::equal(a, b, [](const model::RoutePoint& one, const model::RoutePoint& other) {
    return one.at == other.at && std::abs(one.latitude_deg - other.latitude_deg) < 1e-9 &&
           std::abs(one.longitude_deg - other.longitude_deg) < 1e-9 && one.altitude_m == other.altitude_m;
  });
}

}  // namespace syncwell::providers::track
