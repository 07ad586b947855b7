// For the tests of this folder: a temporary folder and the provider called as the engine calls it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/json.hpp"
#include "providers/file_provider_fixture.hpp"
#include "providers/json/json_provider.hpp"

namespace syncwell::providers::json {

inline constexpr Instant day_start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}};
inline constexpr TimeRange all_time{min_instant, max_instant + Duration{1}};

// A step count of `minutes` from `minute` of the day on.
inline model::Record steps_at(int minute, double value = 10, int minutes = 1) {
  model::Record record;
  record.type = model::DataType::steps;
  record.source_id = "source-" + std::to_string(minute);
  record.origin.provider = "test";
  record.time = {{day_start + std::chrono::minutes{minute}, UtcOffset{std::chrono::hours{1}}},
                 {day_start + std::chrono::minutes{minute + minutes}, UtcOffset{std::chrono::hours{1}}}};
  record.payload = model::Quantity{value};
  return record;
}

// The record as it is after it was written under `id`.
inline model::Record written_as(model::Record record, const std::string& id) {
  record.source_id = id;
  record.external_id = id;
  return record;
}

inline WriteOp create(const std::string& id, const model::Record& record) {
  return {WriteOp::Kind::create, id, "", &record};
}
inline WriteOp update(const std::string& id, const model::Record& record, const std::string& external_id = "") {
  return {WriteOp::Kind::update, external_id, id, &record};
}
inline WriteOp erase(const std::string& id) { return {WriteOp::Kind::erase, "", id, nullptr}; }

class JsonProviderTest : public testing::Test {
 protected:
  [[nodiscard]] CallContext context(Duration timeout = std::chrono::minutes{5}) {
    return {network_, runtime_, Deadline::after(runtime_, timeout)};
  }
  [[nodiscard]] Account account() const { return {"connection", folder(), ""}; }
  [[nodiscard]] std::string folder() const { return (temporary_.path() / "records").string(); }
  [[nodiscard]] std::string file(model::DataType type = model::DataType::steps) const {
    return folder() + "/" + std::string(name_of(type)) + ".jsonl";
  }

  Result<Fetched> try_fetch(TimeRange range = all_time, model::DataType type = model::DataType::steps,
                            bool summary_only = false) {
    auto fetched = fetch_all(*provider_, runtime_, context(), account(), {type, range, summary_only});
    if (fetched.error) return fail(std::move(*fetched.error));
    return fetched;
  }
  Fetched fetch(TimeRange range = all_time, model::DataType type = model::DataType::steps) {
    auto fetched = try_fetch(range, type);
    if (!fetched) {
      ADD_FAILURE() << fetched.error().message;
      return {};
    }
    return std::move(*fetched);
  }
  std::vector<Result<WriteDone>> push(const std::vector<WriteOp>& ops, model::DataType type = model::DataType::steps) {
    return runtime_.run(provider_->push(context(), account(), type, ops)).outcomes;
  }
  // All succeed.
  void push_well(const std::vector<WriteOp>& ops, model::DataType type = model::DataType::steps) {
    for (const auto& outcome : push(ops, type)) EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
  }
  ErrorCode push_error(const std::vector<WriteOp>& ops) {
    const auto outcomes = push(ops);
    for (const auto& outcome : outcomes) {
      EXPECT_FALSE(outcome.has_value());
      if (outcome) return ErrorCode::internal;
    }
    return outcomes.at(0).error().code;
  }
  // Another process, or the next start of this one: nothing is known.
  void restart() { provider_ = std::make_unique<JsonProvider>(); }

  void write_file(const std::string& content, model::DataType type = model::DataType::steps) const {
    temporary_.write(file(type), content);
  }
  [[nodiscard]] std::string read_file(model::DataType type = model::DataType::steps) const {
    return read_test_file(file(type));
  }

  TemporaryFolder temporary_;
  VirtualRuntime runtime_;
  NoNetwork network_;
  std::unique_ptr<JsonProvider> provider_ = std::make_unique<JsonProvider>();
};

}  // namespace syncwell::providers::json
