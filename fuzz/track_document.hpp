// The properties that GPX and TCX share (providers/track/decoder.hpp). Input: one byte that chooses the size of the
// pieces in which the decoder is fed, then the document.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "fuzz/input.hpp"
#include "fuzz/property.hpp"
#include "providers/track/decoder.hpp"

namespace syncwell::fuzz {

inline Result<providers::track::Batch> decode_in_pieces(const providers::track::Format& format,
                                                        std::string_view document, std::size_t piece_bytes) {
  const auto decoder = format.make_decoder("");
  providers::track::Batch batch;
  for (bool takes_more = true; takes_more && !document.empty();) {
    takes_more = decoder->feed(document.substr(0, piece_bytes), batch);
    document.remove_prefix(std::min(piece_bytes, document.size()));
  }
  if (auto over = decoder->finish(batch, std::nullopt); !over) return fail(std::move(over.error()));
  return batch;
}

// Writes a workout and reads it back; empty where the format cannot hold it.
inline std::optional<model::Record> written_and_read(const providers::track::Format& format,
                                                     const model::Record& record, std::string& document) {
  auto written = format.encode(record);
  if (!written) {
    require_error(written.error(), {ErrorCode::unsupported}, "");
    return std::nullopt;
  }
  document = std::move(*written);
  auto read = decode_in_pieces(format, document, 4096);
  require(read.has_value(), "what we write can be read: " + document);
  for (const auto& warning : read->warnings) {
    require(false, "what we write reads without a warning: " + warning + "\n" + document);
  }
  require(!read->partial, "what we write is read whole: " + document);
  require(read->records.size() == 1, "a workout is written as one workout: " + document);
  require_record(read->records.front());
  return std::move(read->records.front());
}

// What the format cannot hold (a pause shorter than a pause may be, a sensor value without a position) is gone after
// the first writing; from then on nothing changes.
inline void check_written(const providers::track::Format& format, const model::Record& record) {
  std::string first;
  std::string second;
  std::string third;
  const auto once = written_and_read(format, record, first);
  if (!once) return;
  const auto twice = written_and_read(format, *once, second);
  require(twice.has_value(), "what was written once can be written again");
  require(written_and_read(format, *twice, third).has_value(), "what was written twice can be written again");
  require(second == third, "writing again gives the same document:\n" + second + "\n---\n" + third);
}

inline void check_document(const providers::track::Format& format, Input input) {
  const std::size_t piece_bytes = input.byte() + std::size_t{1};
  const std::string_view document = input.rest();
  const auto whole = decode_in_pieces(format, document, document.size() + 1);
  const auto pieces = decode_in_pieces(format, document, piece_bytes);
  require(whole.has_value() == pieces.has_value(), "pieces of any size give the same outcome");
  if (!whole) {
    require_error(whole.error(), {ErrorCode::unreadable_input, ErrorCode::too_large}, document);
    // Of several things that are wrong, another may be met first.
    require(whole.error().code == pieces.error().code, "pieces of any size give the same error");
    return;
  }
  require(whole->records == pieces->records, "pieces of any size give the same records");
  require(whole->partial == pieces->partial && whole->warnings == pieces->warnings,
          "pieces of any size give the same warnings");
  for (const auto& warning : whole->warnings) require_message(warning, document);
  for (const auto& record : whole->records) {
    require_record(record);
    check_written(format, record);
  }
}

}  // namespace syncwell::fuzz
