// What the client in front of a provider tells whoever observes it; admission itself is in admission_test.cpp.
#include "engine/outward_client.hpp"

#include <gtest/gtest.h>

#include "base/virtual_runtime.hpp"

namespace syncwell::engine {
namespace {

using namespace std::chrono_literals;

class FarSide final : public net::HttpClient {
 public:
  explicit FarSide(Runtime& runtime) : runtime_(runtime) {}
  [[nodiscard]] Async<Result<net::Response>> send(net::Request, Deadline) override {
    auto slept = co_await runtime_.sleep_for(120ms);
    if (!slept) co_return fail(std::move(slept.error()));
    if (status == 0) co_return fail(ErrorCode::connection_failed, "nobody there");
    co_return net::Response{status};
  }
  int status = 200;

 private:
  Runtime& runtime_;
};

class NamedProvider final : public providers::DataProvider {
 public:
  NamedProvider() { capabilities_.key = capabilities_.display_name = "far"; }
  [[nodiscard]] const providers::Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<providers::RecordStream>> fetch(providers::CallContext, providers::Account,
                                                                       providers::FetchRequest) override {
    return fail(ErrorCode::unsupported, "never called");
  }
  [[nodiscard]] Async<providers::PushResult> push(providers::CallContext, providers::Account, model::DataType,
                                                  std::span<const providers::WriteOp>) override {
    co_return providers::PushResult{};
  }

 private:
  providers::Capabilities capabilities_;
};

class Recorder final : public Observer {
 public:
  struct Call {
    std::string provider, method, parent;
    std::optional<int> status;
    std::optional<ErrorCode> error;
    Duration took{};
  };
  void call_ended(const CallEnded& call) override {
    calls.push_back({std::string(call.provider), std::string(call.method), call.parent.span_id, call.status, call.error,
                     call.took});
  }
  void job_ended(const JobEnded&) override {}
  std::vector<Call> calls;
};

class OutwardClientTest : public testing::Test {
 protected:
  Result<net::Response> send() {
    return runtime.run(
        client.send({"GET", "https://far.example/v1/weights?user=secret"}, Deadline::after(runtime, 1min)));
  }
  VirtualRuntime runtime;
  FarSide http{runtime};
  NamedProvider provider;
  InProcessRateLimiter limiter{[this] { return runtime.now(); }, [this] { return runtime.steady_now(); }};
  Breakers breakers{BreakerSettings{}};
  OutwardClient client{http, limiter, breakers, runtime, provider, "conn_1", Priority::high};
  Recorder recorder;
};

TEST_F(OutwardClientTest, TellsOfEachCall) {  // OBS: provider latency and errors, traces
  client.set_observer(&recorder, {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"});
  EXPECT_TRUE(send());
  http.status = 503;
  EXPECT_TRUE(send());
  http.status = 0;
  EXPECT_FALSE(send());
  ASSERT_EQ(recorder.calls.size(), 3U);
  EXPECT_EQ(recorder.calls[0].provider, "far");
  EXPECT_EQ(recorder.calls[0].method, "GET");
  EXPECT_EQ(recorder.calls[0].parent, "b7ad6b7169203331");
  EXPECT_EQ(recorder.calls[0].status, 200);
  EXPECT_EQ(recorder.calls[0].took, 120ms);
  EXPECT_EQ(recorder.calls[1].status, 503);
  EXPECT_EQ(recorder.calls[2].error, ErrorCode::connection_failed);
  EXPECT_FALSE(recorder.calls[2].status);
}

TEST_F(OutwardClientTest, NobodyHasToLook) {
  EXPECT_TRUE(send());
  EXPECT_TRUE(recorder.calls.empty());
}

}  // namespace
}  // namespace syncwell::engine
