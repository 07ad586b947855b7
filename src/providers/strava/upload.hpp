// Writing to Strava: POST /uploads with a FIT file, then GET /uploads/{id} until Strava has made an activity of it or
// says why not. Source: "Uploading to Strava", developers.strava.com; recorded answers in tests/data/api/strava.
//
// Strava recognises a second upload of the same activity by its content and says so ("duplicate of activity N"): that
// is success, and it is what makes a repeat after an uncertain outcome (time-out, reset) safe (INT-5).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "providers/provider.hpp"

namespace syncwell::providers::strava {

// Makes a FIT file of a workout record; empty for one that FIT cannot hold (times before 1998).
using WorkoutEncoder = std::function<std::string(const model::Record&)>;

inline constexpr Duration first_poll_wait = std::chrono::seconds{1};  // Strava asks for one second at least
inline constexpr Duration longest_poll_wait = std::chrono::seconds{8};
inline constexpr std::size_t max_upload_bytes = 25 * 1024 * 1024;  // Strava's limit for a file

// An upload that Strava took: finished at once, or to be asked for at `url`.
struct Upload {
  std::optional<WriteDone> done{};
  std::string url{};
  Steady accepted{};
};

// Uploads one workout. provider_rejected where Strava refuses the file.
[[nodiscard]] Async<Result<Upload>> start_upload(CallContext context, std::string api_base,
                                                 const WorkoutEncoder& encode, const WriteOp& op);

// Waits for the outcome, at most until the deadline: then `timeout`, and the activity may come to be all the same.
[[nodiscard]] Async<Result<WriteDone>> finish_upload(CallContext context, Upload upload);

// The activity's id in "morning_run.fit duplicate of activity 8319193780" and in the older
// "duplicate of <a href='/activities/8319193780'>Morning Run</a>".
[[nodiscard]] std::optional<std::string> duplicate_of(std::string_view error_text);

}  // namespace syncwell::providers::strava
