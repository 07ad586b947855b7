#include "api/page_cursor.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace syncwell::api {
namespace {

Result<PageRequest> request(const std::string& query) { return page_request(net::parse_target("/v1/x?" + query)); }

TEST(PageCursor, LimitsAreChecked) {  // API
  EXPECT_EQ(request("")->limit, default_page_items);
  EXPECT_EQ(request("limit=200")->limit, 200U);
  for (const char* wrong : {"limit=0", "limit=201", "limit=-1", "limit=", "limit=1x", "limit=99999999999999999999"})
    EXPECT_FALSE(request(wrong)) << wrong;
}

TEST(PageCursor, AForeignCursorIsRefused) {  // API
  for (const std::string& wrong : {std::string("after="), std::string("after=%00"), std::string("after=abc"),
                                   std::string("after=!"), "after=" + std::string(3000, 'A')})
    EXPECT_FALSE(request(wrong)) << wrong;
}

RC_GTEST_PROP(PageCursor, ReadsBack, ()) {  // API
  const auto partition = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('!', '~')));
  const auto sort = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  RC_PRE(partition.size() + sort.size() < 1000);
  const auto page = request("after=" + to_cursor({partition, sort}));
  RC_ASSERT(page.has_value());
  RC_ASSERT(page->after->partition == partition);
  RC_ASSERT(page->after->sort == sort);
}

}  // namespace
}  // namespace syncwell::api
