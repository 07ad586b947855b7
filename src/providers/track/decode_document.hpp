// Decodes a document that is in memory whole, in pieces of a given size. For tests, which have such documents.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

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

}  // namespace syncwell::providers::track
