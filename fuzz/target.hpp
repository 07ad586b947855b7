// What a fuzz target is: one function. entry.cpp gives it to libFuzzer.
#pragma once

#include <string_view>

namespace syncwell::fuzz {

// Takes any bytes. A property that does not hold (property.hpp), an exception, a sanitizer's report, more memory than
// the limits or more than ten seconds is a finding.
void run(std::string_view input);

}  // namespace syncwell::fuzz
