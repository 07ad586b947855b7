// What a power cut may leave of SQLite's write-ahead log (sqlite.org/fileformat2.html, section 4, SQLite 3.40): all
// that was synced, that is up to the last commit, and after it whatever the disk made of the rest. Everything that was
// acknowledged lies before. Deletes the shared memory file, which does not outlive a power cut either.
// The server is dead meanwhile. One thread.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.hpp"
#include "base/random.hpp"

namespace syncwell::crash {

enum class TornTail { random_bytes, old_frame, half_a_frame, zeros, nothing };
inline constexpr std::size_t torn_tails = 5;

[[nodiscard]] const char* name_of(TornTail tail);

// Where the last commit of the log ends; 0: there is none. Errors: the file cannot be read.
[[nodiscard]] Result<std::uintmax_t> end_of_commits(const std::filesystem::path& log);

// Tears the log in `data_folder` behind its last commit; what is there, a log without a commit is left as it is.
[[nodiscard]] Result<TornTail> cut_power(const std::filesystem::path& data_folder, Random& random);

}  // namespace syncwell::crash
