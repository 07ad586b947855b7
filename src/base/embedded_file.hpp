// A text file that was compiled into the program (tools/embed.py). Constant, any thread.
#pragma once

#include <string_view>

namespace syncwell {

struct EmbeddedFile {
  std::string_view path;  // below the folder that was embedded: "en/initial.txt"
  std::string_view text;
};

}  // namespace syncwell
