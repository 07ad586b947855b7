#include "store/audit_log.hpp"

#include <gtest/gtest.h>

#include "store/attributes.hpp"
#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

class AuditLogTest : public TableTest {
 protected:
  void append(const std::string& action) {
    AuditEntry entry;
    entry.at = runtime.now();
    entry.who = "ada";
    entry.role = "support";
    entry.action = action;
    entry.target = "42";
    ASSERT_TRUE(runtime.run(log.append(entry)));
  }
  AuditLog::Verdict verdict(const std::string& expected = {}) { return runtime.run(log.verify(expected)).value(); }
  // Behind the log's back.
  void change(std::uint64_t sequence, const char* member, boost::json::value value) {
    const Key key{"audit#0000000000", fmt_key(sequence)};
    auto item = runtime.run(table().get(key)).value().value();
    item.attributes[member] = std::move(value);
    ASSERT_TRUE(runtime.run(table().put(item)));
  }
  void erase(std::uint64_t sequence) {
    ASSERT_TRUE(runtime.run(table().erase({"audit#0000000000", fmt_key(sequence)})));
  }
  static std::string fmt_key(std::uint64_t sequence) {
    const auto digits = std::to_string(sequence);
    return std::string(16 - digits.size(), '0') + digits;
  }

  AuditLog log{table()};
};

TEST_F(AuditLogTest, ListsTheNewestFirstInPages) {  // SUP-5, Q-06
  for (int i = 1; i <= 5; ++i) append("action-" + std::to_string(i));
  auto page = runtime.run(log.list(3)).value();
  ASSERT_EQ(page.entries.size(), 3U);
  EXPECT_EQ(page.entries[0].action, "action-5");
  EXPECT_EQ(page.entries[0].who, "ada");
  ASSERT_TRUE(page.next);
  page = runtime.run(log.list(3, page.next)).value();
  ASSERT_EQ(page.entries.size(), 2U);
  EXPECT_EQ(page.entries[1].action, "action-1");
  EXPECT_FALSE(page.next);
}

TEST_F(AuditLogTest, AnUntouchedChainIsIntact) {  // SUP-5
  EXPECT_TRUE(verdict().intact);
  for (int i = 0; i < 20; ++i) append("dlq.view");
  const auto found = verdict();
  EXPECT_TRUE(found.intact) << found.reason;
  EXPECT_EQ(found.entries, 20U);
  EXPECT_TRUE(verdict(found.head).intact);
  EXPECT_FALSE(verdict("a hash of another chain").intact);
}

TEST_F(AuditLogTest, WhatWasChangedLeftOutOrCutOffShows) {  // SUP-5
  for (int i = 0; i < 5; ++i) append("dlq.view");
  const auto head = verdict().head;
  change(3, "who", "eve");
  EXPECT_EQ(verdict().broken_at, 3U);
  change(3, "who", "ada");
  EXPECT_TRUE(verdict().intact);
  erase(5);
  EXPECT_EQ(verdict().broken_at, 5U);
  // Whoever takes the newest entry and mends the head too is found by a hash that was kept elsewhere.
  const auto fourth = runtime.run(table().get({"audit#0000000000", fmt_key(4)})).value().value();
  Item mended{{"audit", "head"}};
  mended.attributes = {{"sequence", 4}, {"hash", text_attribute(fourth.attributes, "hash")}};
  ASSERT_TRUE(runtime.run(table().put(mended)));
  EXPECT_TRUE(verdict().intact);
  EXPECT_FALSE(verdict(head).intact);
  erase(2);
  EXPECT_EQ(verdict().broken_at, 2U);
  ASSERT_TRUE(runtime.run(table().erase({"audit", "head"})));
  EXPECT_EQ(verdict().reason, "the head is missing");
}

TEST_F(AuditLogTest, ThoseWhoAppendAtTheSameTimeMakeOneChain) {  // SUP-5
  std::size_t done = 0;
  for (int i = 0; i < 10; ++i) {
    boost::asio::co_spawn(runtime.executor(), log.append({.at = runtime.now(), .who = "ada", .action = "dlq.view"}),
                          [&](std::exception_ptr, Result<void> appended) { done += appended ? 1 : 0; });
  }
  runtime.run();
  EXPECT_EQ(done, 10U);
  EXPECT_EQ(verdict().entries, 10U);
  EXPECT_TRUE(verdict().intact);
}

TEST_F(AuditLogTest, LongTextsAreCut) {  // STYLE 8
  AuditEntry entry{.at = runtime.now(), .purpose = std::string(max_audit_text_bytes + 1, 'p')};
  ASSERT_TRUE(runtime.run(log.append(entry)));
  EXPECT_EQ(runtime.run(log.list(1)).value().entries[0].purpose.size(), max_audit_text_bytes);
  EXPECT_TRUE(verdict().intact);
}

}  // namespace
}  // namespace syncwell::store
