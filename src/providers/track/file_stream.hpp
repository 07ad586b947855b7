// A fetch from files (RecordStream): file after file, piece after piece, lazily. One damaged file costs a warning,
// never the rest. A record comes once, even when the folder holds it in two files. Reads block the thread for one piece
// at a time; between pages the stream gives way to other coroutines.
#pragma once

#include <memory>

#include "providers/provider.hpp"
#include "providers/track/decoder.hpp"

namespace syncwell::providers::track {

inline constexpr std::size_t max_page_points = 200'000;           // a page ends once it holds as many
inline constexpr std::uint64_t max_page_bytes = 4 * 1024 * 1024;  // or once as many were read for it

// `format` outlives the stream. Errors of next(): not_found, unreadable_input (the location, or the one file that was
// named, cannot be read at all), timeout, cancelled.
[[nodiscard]] std::unique_ptr<RecordStream> make_file_stream(const Format& format, CallContext context, Account account,
                                                             FetchRequest request);

}  // namespace syncwell::providers::track
