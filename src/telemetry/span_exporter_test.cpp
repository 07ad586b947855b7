#include "telemetry/span_exporter.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/virtual_runtime.hpp"
#include "telemetry/otlp_json.hpp"

namespace syncwell::telemetry {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class Collector final : public net::HttpClient {
 public:
  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline) override {
    requests.push_back(std::move(request));
    if (status == 0) co_return fail(ErrorCode::connection_failed, "nobody listens");
    co_return net::Response{status};
  }
  int status = 200;
  std::vector<net::Request> requests;
};

Span sample() {
  Span span{{"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"}};
  span.parent_span_id = "00f067aa0ba902b7";
  span.name = "sync job";
  span.kind = Span::Kind::consumer;
  span.began = Instant{1'000ms};
  span.took = 250ms;
  span.attributes = {{"syncwell.job.id", "job_1"}, {"syncwell.attempt", std::int64_t{2}}};
  span.error = "timeout";
  return span;
}

TEST(OtlpJson, HasTheFormOfTheSpecification) {  // OBS
  const std::vector<Span> spans{sample()};
  const auto body = json::parse(to_otlp_json(spans));
  const auto& group = body.at("resourceSpans").at(0);
  EXPECT_EQ(group.at("resource").at("attributes").at(0).at("key"), "service.name");
  const auto& span = group.at("scopeSpans").at(0).at("spans").at(0);
  EXPECT_EQ(span.at("traceId"), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(span.at("spanId"), "b7ad6b7169203331");
  EXPECT_EQ(span.at("parentSpanId"), "00f067aa0ba902b7");
  EXPECT_EQ(span.at("kind"), 5);
  EXPECT_EQ(span.at("startTimeUnixNano"), "1000000000");
  EXPECT_EQ(span.at("endTimeUnixNano"), "1250000000");
  EXPECT_EQ(span.at("attributes").at(0).at("value").at("stringValue"), "job_1");
  EXPECT_EQ(span.at("attributes").at(1).at("value").at("intValue"), "2");
  EXPECT_EQ(span.at("status").at("code"), 2);
}

class SpanExporterTest : public testing::Test {
 protected:
  std::size_t spans_in(const net::Request& request) {
    return json::parse(request.body).at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").as_array().size();
  }
  VirtualRuntime runtime;
  Collector collector;
  SpanQueue spans;
  SpanExporter exporter{spans, "http://collector:4318", collector, runtime};
};

TEST_F(SpanExporterTest, SendsInBatches) {  // OBS
  for (std::size_t i = 0; i < max_exported_at_once + 1; ++i) spans.add(sample());
  exporter.start();
  runtime.run_for(export_interval + 1ms);
  ASSERT_EQ(collector.requests.size(), 2U);
  EXPECT_EQ(collector.requests[0].url, "http://collector:4318/v1/traces");
  EXPECT_EQ(spans_in(collector.requests[0]), max_exported_at_once);
  EXPECT_EQ(spans_in(collector.requests[1]), 1U);
  runtime.run(exporter.stop());
  EXPECT_EQ(collector.requests.size(), 2U);
}

TEST_F(SpanExporterTest, ACollectorThatIsAwayCostsSpansAndNothingElse) {  // OBS
  collector.status = 0;
  spans.add(sample());
  exporter.start();
  runtime.run_for(export_interval * 4);
  EXPECT_EQ(collector.requests.size(), static_cast<std::size_t>(max_export_tries));
  EXPECT_EQ(spans.dropped(), 1U);
  collector.status = 200;
  spans.add(sample());
  runtime.run_for(export_interval * 2);
  EXPECT_EQ(collector.requests.size(), static_cast<std::size_t>(max_export_tries) + 1);
  runtime.run(exporter.stop());
}

TEST_F(SpanExporterTest, WhatWaitsGoesOutAtTheEnd) {  // OBS
  exporter.start();
  spans.add(sample());
  runtime.run(exporter.stop());
  EXPECT_EQ(collector.requests.size(), 1U);
}

TEST(SpanQueue, OnePastTheBoundIsDroppedAndCounted) {  // OBS, ARCH: bounded buffers
  SpanQueue spans;
  for (std::size_t i = 0; i < max_waiting_spans + 1; ++i) spans.add(sample());
  EXPECT_EQ(spans.dropped(), 1U);
  EXPECT_EQ(spans.take(max_waiting_spans + 1).size(), max_waiting_spans);
  EXPECT_TRUE(spans.take(1).empty());
}

}  // namespace
}  // namespace syncwell::telemetry
