// Text from elsewhere on a terminal: whatever it holds, it moves no cursor, changes no colour and fakes no line.
#pragma once

#include <string>
#include <string_view>

namespace syncwell::app {

// Control characters (C0, DEL, C1), bidirectional overrides and what is no UTF-8 become "·"; longer texts than
// `most_characters` end with "…".
[[nodiscard]] std::string terminal_text(std::string_view text, std::size_t most_characters = 2000);

}  // namespace syncwell::app
