// SUP-4: the 24-hour promise.
#include "support/contact_clock.hpp"

#include <gtest/gtest.h>

namespace syncwell::support {
namespace {

using namespace std::chrono_literals;

const Instant failed{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};
const Instant due = failed + 24h;

TEST(ContactClock, WarnsAtHalfAtFourFifthsAndAtTheEnd) {  // SUP-4
  EXPECT_EQ(contact_stage(failed, due, failed), "running");
  EXPECT_EQ(contact_stage(failed, due, failed + 12h - 1ms), "running");
  EXPECT_EQ(contact_stage(failed, due, failed + 12h), "half");
  EXPECT_EQ(contact_stage(failed, due, failed + 19h + 12min), "late");
  EXPECT_EQ(contact_stage(failed, due, due - 1ms), "late");
  EXPECT_EQ(contact_stage(failed, due, due), "overdue");
  EXPECT_EQ(contact_stage(failed, due, failed - 1h), "running") << "a clock that was wrong";
}

TEST(ContactClock, IsLookedAtWhenSomethingIsToBeDone) {  // SUP-4
  EXPECT_EQ(next_contact_look(failed, due, failed, 90), failed + 12h);
  EXPECT_EQ(next_contact_look(failed, due, failed + 12h, 90), failed + 19h + 12min);
  EXPECT_EQ(next_contact_look(failed, due, failed + 20h, 90), failed + 21h + 36min);
  EXPECT_EQ(next_contact_look(failed, due, failed + 20h, 0), due);
  EXPECT_EQ(next_contact_look(failed, due, due, 90), std::nullopt);
  EXPECT_EQ(next_contact_look(failed, due, failed, 10), failed + 2h + 24min);
}

TEST(ContactClock, TheDeskWritesWhenItsTimeHasCome) {  // SUP-4
  EXPECT_FALSE(is_time_to_write(failed, due, failed + 21h, 90));
  EXPECT_TRUE(is_time_to_write(failed, due, failed + 21h + 36min, 90));
  EXPECT_FALSE(is_time_to_write(failed, due, due + 24h, 0)) << "never by itself";
}

}  // namespace
}  // namespace syncwell::support
