// A health platform in memory behind the DataProvider interface, for tests of the engine: it can be told what it can
// do, what it holds, and how it fails. Heart-rate-free: every test uses the type it wants.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "providers/provider.hpp"

namespace syncwell::tests {

class FakePlatform final : public providers::DataProvider {
 public:
  explicit FakePlatform(std::string key, model::DataType type) {
    capabilities_.key = capabilities_.display_name = std::move(key);
    capabilities_.types.push_back({type, true, true, providers::Overwrite::any_record, true, true});
    capabilities_.max_push_batch = 10;
  }

  [[nodiscard]] providers::TypeCapability& capability() { return capabilities_.types.front(); }
  [[nodiscard]] providers::Capabilities& editable_capabilities() { return capabilities_; }
  [[nodiscard]] const providers::Capabilities& capabilities() const override { return capabilities_; }

  // What the person does at the platform.
  void put(model::Record record) { records_[record.source_id] = std::move(record); }
  void erase(const std::string& id) { records_.erase(id); }
  [[nodiscard]] const std::map<std::string, model::Record>& records() const { return records_; }

  // Faults: each call of fetch or push takes one from its list, if there is one.
  std::deque<std::optional<Error>> fetch_faults;
  std::deque<std::optional<Error>> push_faults;     // the call does nothing
  std::deque<std::optional<Error>> lost_answers;    // the push takes effect, its answer is lost
  std::deque<std::string> cut_lists;                // a list that ends before this record, and says it is complete
  std::optional<std::string> rejected_record;       // a push of this record is a 400
  std::optional<std::string> inexpressible_record;  // the platform has no way to hold it
  std::string state;                                // what a cheap look tells (TRIG-5); empty: nothing
  Duration latency{0};
  std::size_t page_records = 0;  // of one page; 0: all there are
  std::uint64_t fetches = 0;
  std::uint64_t pushes = 0;
  std::uint64_t pushed_ops = 0;

  [[nodiscard]] Result<std::unique_ptr<providers::RecordStream>> fetch(providers::CallContext context,
                                                                       providers::Account,
                                                                       providers::FetchRequest request) override {
    return std::make_unique<Stream>(*this, context.runtime, request);
  }

  [[nodiscard]] Async<Result<std::string>> state_of(providers::CallContext, providers::Account) override {
    co_return state;
  }

  [[nodiscard]] Async<providers::PushResult> push(providers::CallContext context, providers::Account, model::DataType,
                                                  std::span<const providers::WriteOp> ops) override {
    ++pushes;
    pushed_ops += ops.size();
    providers::PushResult result;
    std::optional<Error> fault = take(push_faults);
    if (latency > Duration{0}) {
      auto slept = co_await context.runtime.sleep_for(latency);
      if (!slept) fault = slept.error();
    }
    const std::optional<Error> lost = fault ? std::nullopt : take(lost_answers);
    for (const auto& op : ops) {
      if (fault) {
        result.outcomes.push_back(fail(*fault));
        continue;
      }
      auto done = apply(op, context.runtime.now());
      if (lost) {
        result.outcomes.push_back(fail(*lost));
      } else {
        result.outcomes.push_back(std::move(done));
      }
    }
    co_return result;
  }

 private:
  class Stream final : public providers::RecordStream {
   public:
    Stream(FakePlatform& platform, Runtime& runtime, providers::FetchRequest request)
        : platform_(platform), runtime_(runtime), request_(request) {}
    [[nodiscard]] Async<Result<providers::Page>> next() override {
      ++platform_.fetches;
      if (platform_.latency > Duration{0}) {
        auto slept = co_await runtime_.sleep_for(platform_.latency);
        if (!slept) co_return fail(std::move(slept.error()));
      }
      if (const auto fault = take(platform_.fetch_faults)) co_return fail(*fault);
      providers::Page page;
      page.cursor = "cursor-of-" + platform_.capabilities_.key;
      const auto cut = take_cut();
      bool page_is_full = false;
      for (auto at = platform_.records_.upper_bound(after_); at != platform_.records_.end(); ++at) {
        const auto& [id, record] = *at;
        if (cut && id >= *cut) break;
        page_is_full = platform_.page_records > 0 && page.records.size() == platform_.page_records;
        if (page_is_full) break;
        after_ = id;
        const bool inside = record.time.start.at < request_.range.end &&
                            (record.time.is_instant() ? record.time.start.at >= request_.range.start
                                                      : record.time.end.at > request_.range.start);
        if (inside && record.type == request_.type) page.records.push_back(record);
      }
      page.last = !page_is_full;
      co_return page;
    }

   private:
    std::optional<std::string> take_cut() {
      if (platform_.cut_lists.empty()) return std::nullopt;
      auto cut = std::move(platform_.cut_lists.front());
      platform_.cut_lists.pop_front();
      return cut;
    }

    FakePlatform& platform_;
    Runtime& runtime_;
    providers::FetchRequest request_;
    std::string after_{};  // the pages so far end with this record
  };

  static std::optional<Error> take(std::deque<std::optional<Error>>& faults) {
    if (faults.empty()) return std::nullopt;
    auto fault = std::move(faults.front());
    faults.pop_front();
    return fault;
  }

  Result<providers::WriteDone> apply(const providers::WriteOp& op, Instant now) {
    using Kind = providers::WriteOp::Kind;
    if (op.kind == Kind::erase) {
      if (records_.erase(op.destination_id) == 0) return fail(ErrorCode::not_found, "no such record");
      return providers::WriteDone{op.destination_id};
    }
    if (inexpressible_record && op.record->source_id == *inexpressible_record)
      return fail(ErrorCode::unsupported, "cannot hold this");
    if (rejected_record && op.record->source_id == *rejected_record) return fail(ErrorCode::provider_rejected, "400");
    const std::string id = op.kind == Kind::update ? op.destination_id : op.external_id;
    const bool existed = op.kind == Kind::create && records_.contains(id);
    if (existed) return providers::WriteDone{id, true};
    model::Record record = *op.record;
    record.source_id = id;
    record.external_id = op.external_id;
    record.modified = now;
    records_[id] = std::move(record);
    return providers::WriteDone{id};
  }

  providers::Capabilities capabilities_;
  std::map<std::string, model::Record> records_;
};

}  // namespace syncwell::tests
