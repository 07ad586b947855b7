// What must hold whatever the input was. A property that does not hold prints itself and aborts, which libFuzzer takes
// as a finding.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "model/record.hpp"
#include "providers/provider.hpp"

namespace syncwell::fuzz {

// Messages are for people and logs: one line, not endless, and not a piece of what somebody sent.
inline constexpr std::size_t max_message_bytes = 600;
inline constexpr std::size_t max_quoted_bytes = 143;

void require(bool holds, std::string_view property);

// `text` is a message about `input`: one line of printable text, bounded, quoting at most max_quoted_bytes on end.
void require_message(std::string_view text, std::string_view input);
// A message as above, and a code that the port's header names.
void require_error(const Error& error, std::initializer_list<ErrorCode> allowed, std::string_view input);
void require_none(const std::optional<Error>& error, std::string_view property);
// model::why_invalid, and texts that are bounded.
void require_record(const model::Record& record);
// The port's promises about a page: records sound and of this type, no more than a page may hold.
void require_page(const providers::Page& page, model::DataType type, std::string_view input);

// The codes of HttpClient::send and of an answer's status (providers/provider.hpp): what a cloud provider may say.
[[nodiscard]] bool is_outward_error(ErrorCode code);

}  // namespace syncwell::fuzz
