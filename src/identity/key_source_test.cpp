// API: the keys of an identity provider are cached, rotated and forgotten on demand.
#include "identity/key_source.hpp"

#include <gtest/gtest.h>

#include "base/virtual_runtime.hpp"
#include "base/virtual_runtime_run.hpp"
#include "identity/test_tokens.hpp"

namespace syncwell::identity {
namespace {

using namespace std::chrono_literals;

class ScriptedKeys final : public net::HttpClient {
 public:
  explicit ScriptedKeys(Runtime& runtime) : runtime_(runtime) {}
  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline) override {
    ++calls;
    url = request.url;
    auto now = answer;
    (void)co_await runtime_.sleep_for(latency);
    co_return now;
  }
  Result<net::Response> answer = net::Response{200};
  int calls = 0;
  std::string url;
  Duration latency{0};

 private:
  Runtime& runtime_;
};

class KeySourceTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    first = std::make_unique<TestKey>("first", TestKey::Kind::p256);
    second = std::make_unique<TestKey>("second", TestKey::Kind::p256);
  }
  static void TearDownTestSuite() {
    first.reset();
    second.reset();
  }
  void publish(std::initializer_list<const TestKey*> keys) { http.answer = net::Response{200, {}, key_set_of(keys)}; }
  Result<std::shared_ptr<const KeySet>> keys_for(const std::string& id) { return runtime.run(source.keys_for(id)); }
  void pass(Duration time) { ASSERT_TRUE(runtime.run(static_cast<Runtime&>(runtime).sleep_for(time))); }

  static std::unique_ptr<TestKey> first;
  static std::unique_ptr<TestKey> second;
  VirtualRuntime runtime;
  ScriptedKeys http{runtime};
  KeySource source{http, runtime, {.url = "https://id.example/jwks"}};
};
std::unique_ptr<TestKey> KeySourceTest::first;
std::unique_ptr<TestKey> KeySourceTest::second;

TEST_F(KeySourceTest, KeysAreFetchedOnceAndKept) {  // API: caching
  publish({first.get()});
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(keys_for("first").value()->has("first"));
  EXPECT_EQ(http.calls, 1);
  EXPECT_EQ(http.url, "https://id.example/jwks");
  pass(1h);
  EXPECT_TRUE(keys_for("first"));
  EXPECT_EQ(http.calls, 2);
}

TEST_F(KeySourceTest, AnUnknownKeyIsLookedUpAtOnceButNotAgainAndAgain) {  // API: rotation
  publish({first.get()});
  (void)keys_for("first");
  pass(31s);
  publish({first.get(), second.get()});
  EXPECT_TRUE(keys_for("second").value()->has("second"));
  EXPECT_EQ(http.calls, 2);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(keys_for("forged").value()->has("forged"));
  EXPECT_EQ(http.calls, 2) << "within thirty seconds of the last fetch";
  pass(31s);
  (void)keys_for("forged");
  EXPECT_EQ(http.calls, 3);
}

TEST_F(KeySourceTest, AProviderThatIsDownLocksNobodyOutForADay) {  // API
  publish({first.get()});
  (void)keys_for("first");
  http.answer = fail(ErrorCode::connection_failed, "refused");
  for (int i = 0; i < 22; ++i) {
    pass(1h);
    EXPECT_TRUE(keys_for("first")) << i;
  }
  pass(2h);
  const auto late = keys_for("first");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::connection_failed);
  EXPECT_TRUE(late.error().retry_after);
}

TEST_F(KeySourceTest, WithoutKeysTheErrorSaysWhy) {  // API
  http.answer = net::Response{500};
  EXPECT_EQ(keys_for("first").error().code, ErrorCode::provider_failed);
  EXPECT_EQ(keys_for("first").error().http_status, 500);
  EXPECT_EQ(http.calls, 1) << "a provider in trouble is not asked again at once";
  pass(31s);
  http.answer = net::Response{200, {}, "<html>"};
  EXPECT_EQ(keys_for("first").error().code, ErrorCode::unreadable_input);
  pass(31s);
  publish({first.get()});
  EXPECT_TRUE(keys_for("first"));
}

TEST_F(KeySourceTest, WhatIsInvalidatedIsFetchedAnew) {  // API: forced invalidation
  publish({first.get()});
  (void)keys_for("first");
  publish({second.get()});
  source.invalidate();
  EXPECT_FALSE(keys_for("first").value()->has("first"));
  EXPECT_EQ(http.calls, 2);
}

TEST_F(KeySourceTest, CallersShareOneFetch) {  // API
  publish({first.get()});
  http.latency = 3s;
  TaskGroup group(runtime.executor());
  int good = 0;
  struct Ask {
    static Async<void> keys(KeySource& from, int& count) {
      auto found = co_await from.keys_for("first");
      count += found.has_value() ? 1 : 0;
    }
  };
  for (int i = 0; i < 50; ++i) group.spawn(Ask::keys(source, good));
  runtime.run(group.wait_empty());
  EXPECT_EQ(good, 50);
  EXPECT_EQ(http.calls, 1);
}

TEST_F(KeySourceTest, AFetchThatBeganBeforeTheInvalidationDoesNotCount) {  // API: forced invalidation
  publish({first.get()});
  http.latency = 3s;
  TaskGroup group(runtime.executor());
  struct Ask {
    static Async<void> keys(KeySource& from) { (void)co_await from.keys_for("first"); }
  };
  group.spawn(Ask::keys(source));
  pass(1s);
  source.invalidate();
  runtime.run(group.wait_empty());
  publish({second.get()});
  EXPECT_FALSE(keys_for("second").value()->has("first"));
}

}  // namespace
}  // namespace syncwell::identity
