#include "store/staff.hpp"

#include <boost/json/serialize.hpp>

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

using StaffTest = TableTest;

TEST_F(StaffTest, AMemberIsKnownByTheTokenAndByNothingElse) {  // SUP-5
  Staff staff(table());
  const auto token = runtime.run(staff.add({"stf_1", "ada", Role::support, runtime.now()})).value();
  EXPECT_TRUE(token.starts_with(staff_token_prefix));
  const auto known = runtime.run(staff.who_has(token)).value();
  ASSERT_TRUE(known);
  EXPECT_EQ(known->name, "ada");
  EXPECT_EQ(known->role, Role::support);
  EXPECT_FALSE(runtime.run(staff.who_has(token + "0")).value());
  EXPECT_FALSE(runtime.run(staff.who_has("")).value());
  for (const auto& item : runtime.run(table().query("staff", "", 10, std::nullopt)).value().items)
    EXPECT_EQ(boost::json::serialize(item.attributes).find(token), std::string::npos) << "the token is not kept";
}

TEST_F(StaffTest, WhoIsRemovedIsNobody) {  // SUP-5
  Staff staff(table());
  const auto token = runtime.run(staff.add({"stf_1", "ada", Role::admin, runtime.now()})).value();
  EXPECT_TRUE(runtime.run(staff.remove("stf_1")));
  EXPECT_FALSE(runtime.run(staff.who_has(token)).value());
  EXPECT_TRUE(runtime.run(staff.list()).value().empty());
  EXPECT_EQ(code_of(runtime.run(staff.remove("stf_1"))), ErrorCode::not_found);
  EXPECT_EQ(code_of(runtime.run(staff.remove(""))), ErrorCode::not_found);
}

}  // namespace
}  // namespace syncwell::store
