// Damaged and hostile documents for any decoder of text: whatever comes, it ends with records that hold or with one
// clear line. For tests; each failure is reported where it is found.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/random.hpp"
#include "providers/track/decode_document.hpp"

namespace syncwell::providers::track {

using MakeDecoder = std::unique_ptr<Decoder> (*)(std::string own_id);

// Decodes and checks what must hold for any input at all.
inline Result<Batch> decode_anything(MakeDecoder make_decoder, std::string_view document,
                                     std::size_t piece_bytes = 4096) {
  const auto decoder = make_decoder({});
  auto batch = decode_document(*decoder, document, piece_bytes);
  if (!batch) {
    EXPECT_EQ(batch.error().code, ErrorCode::unreadable_input);
    EXPECT_FALSE(batch.error().message.empty());
    return batch;
  }
  for (const model::Record& record : batch->records) EXPECT_EQ(model::why_invalid(record), std::nullopt);
  return batch;
}

// Of a document with one workout, cut every `step` bytes: the more there is of it, the more is read. Gives how many
// points the longest piece had.
inline std::size_t points_of_cut_documents(MakeDecoder make_decoder, std::string_view document, std::size_t step) {
  std::size_t points_before = 0;
  for (std::size_t size = 0; size < document.size(); size += step) {
    const auto batch = decode_anything(make_decoder, document.substr(0, size));
    if (!batch) continue;
    EXPECT_TRUE(batch->partial) << size;
    const auto points = workout_of(only_record(batch)).route.size();
    EXPECT_GE(points, points_before);
    points_before = points;
  }
  return points_before;
}

inline void expect_flipped_bytes_do_no_harm(MakeDecoder make_decoder, const std::string& document) {
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = document;
    for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    }
    (void)decode_anything(make_decoder, damaged);
  }
}

// Random bytes, alone and after `beginning` of a document.
inline void expect_random_bytes_are_refused(MakeDecoder make_decoder, const std::string& beginning) {
  Random random(11);
  for (int round = 0; round < 500; ++round) {
    std::string document = round % 2 == 0 ? "" : beginning;
    for (std::uint64_t size = random.below(300); size > 0; --size) document += static_cast<char>(random.below(256));
    EXPECT_FALSE(decode_anything(make_decoder, document));
  }
}

inline void expect_the_size_of_pieces_does_not_matter(MakeDecoder make_decoder, const std::string& document) {
  const auto whole = decode_anything(make_decoder, document, document.size());
  ASSERT_TRUE(whole);
  for (const std::size_t piece : {1, 2, 3, 7, 64}) {
    const auto batch = decode_anything(make_decoder, document, piece);
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->records, whole->records);
    EXPECT_EQ(batch->warnings, whole->warnings);
  }
}

}  // namespace syncwell::providers::track
