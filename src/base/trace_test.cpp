#include "base/trace.hpp"

#include <gtest/gtest.h>

namespace syncwell {
namespace {

constexpr std::string_view example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Traceparent, IsReadAndWritten) {  // OBS; the recommendation's example
  const auto context = parse_traceparent(example);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->span_id, "b7ad6b7169203331");
  EXPECT_EQ(to_traceparent(*context), example);
}

TEST(Traceparent, WhatIsInvalidIsNoTrace) {  // OBS
  const auto with = [](std::size_t position, std::string_view what) {
    std::string header(example);
    header.replace(position, what.size(), what);
    return header;
  };
  EXPECT_FALSE(parse_traceparent(""));
  EXPECT_FALSE(parse_traceparent(example.substr(1)));
  EXPECT_FALSE(parse_traceparent(with(0, "ff")));
  EXPECT_FALSE(parse_traceparent(with(0, "0x")));
  EXPECT_FALSE(parse_traceparent(with(2, "_")));
  EXPECT_FALSE(parse_traceparent(with(3, "0AF7")));
  EXPECT_FALSE(parse_traceparent(with(3, std::string(32, '0'))));
  EXPECT_FALSE(parse_traceparent(with(36, std::string(16, '0'))));
  EXPECT_FALSE(parse_traceparent(with(53, "zz")));
  EXPECT_FALSE(parse_traceparent(std::string(example) + "-more")) << "version 00 has no more";
  EXPECT_FALSE(parse_traceparent(with(0, "01") + "more"));
  EXPECT_TRUE(parse_traceparent(with(0, "01") + "-more")) << "a later version may have more";
}

TEST(TraceIds, AreThoseOfTheCorrelation) {  // OBS: traces along one correlation id
  EXPECT_EQ(trace_id_of("0af76519-16cd-43dd-8448-eb211c80319c"), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(correlation_id_of("0af7651916cd43dd8448eb211c80319c"), "0af76519-16cd-43dd-8448-eb211c80319c");
  EXPECT_EQ(trace_id_of("anything"), "");
  EXPECT_EQ(correlation_id_of("anything"), "");
}

TEST(TraceIds, NewOnesAreIds) {  // OBS
  Random random(1);
  const TraceContext context{new_trace_id(random), new_span_id(random)};
  const auto read = parse_traceparent(to_traceparent(context));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->span_id, context.span_id);
}

}  // namespace
}  // namespace syncwell
