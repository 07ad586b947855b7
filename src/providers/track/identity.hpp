// Who a workout from a file is (Record::source_id). Never the file's name, which people change, unless we gave it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace syncwell::providers::track {

// The id of a record that has none: BLAKE2b-128 of what makes it itself, as 32 hexadecimal digits.
[[nodiscard]] std::string content_id(std::string_view what_makes_it_itself);

// "swaaaa….gpx" and "swaaaa….gpx.gz" → "swaaaa…": the id under which SyncWell wrote this file; empty for other names.
[[nodiscard]] std::string own_id_of_file(const std::filesystem::path& file);

}  // namespace syncwell::providers::track
