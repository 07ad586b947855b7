// The contract of store/table.hpp, sentence by sentence (ARCH-8, INT-4). See harness.hpp.
#pragma once

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <limits>
#include <map>

#include "conformance/harness.hpp"
#include "store/table.hpp"

namespace syncwell::conformance {

using store::Condition;
using store::IndexEntry;
using store::Item;
using store::Key;
using store::QueryPage;
using store::Write;

inline Item item(std::string partition, std::string sort, int value = 0) {
  Item made{Key{std::move(partition), std::move(sort)}};
  made.attributes["value"] = value;
  return made;
}

inline Item indexed(std::string sort, std::string index_sort, std::string index = "by_time",
                    std::string index_partition = "i") {
  Item made = item("p", std::move(sort));
  made.indexes.push_back(IndexEntry{std::move(index), std::move(index_partition), std::move(index_sort)});
  return made;
}

inline std::vector<std::string> sort_keys(const std::vector<Item>& items) {
  std::vector<std::string> keys;
  for (const Item& one : items) keys.push_back(one.key.sort);
  return keys;
}

inline Write put_of(Item one, Condition condition = {}) { return Write{Write::Kind::put, std::move(one), condition}; }
inline Write erase_of(Key key, Condition condition = {}) {
  return Write{Write::Kind::erase, Item{std::move(key)}, condition};
}
inline Write check_of(Key key, Condition condition) {
  return Write{Write::Kind::check, Item{std::move(key)}, condition};
}

template <class Harness>
class TableConformance : public PortConformance<Harness> {
 protected:
  store::Table& table() { return this->harness_.table(); }
  std::uint64_t put(Item one, Condition condition = {}) { return this->value(table().put(std::move(one), condition)); }
  std::optional<Item> get(std::string partition, std::string sort) {
    return this->value(table().get(Key{std::move(partition), std::move(sort)}));
  }
  // The sort keys of all pages of a query.
  std::vector<std::string> all(std::string partition, std::string prefix, std::size_t limit) {
    std::vector<std::string> keys;
    std::optional<Key> after;
    do {
      auto page = this->value(table().query(partition, prefix, limit, after));
      EXPECT_LE(page.items.size(), limit);
      for (const auto& key : sort_keys(page.items)) keys.push_back(key);
      after = page.next;
    } while (after);
    return keys;
  }
  std::vector<std::string> all_of_index(std::string index, std::string partition, std::string prefix,
                                        std::size_t limit) {
    std::vector<std::string> keys;
    std::optional<Key> after;
    do {
      auto page = this->value(table().query_index(index, partition, prefix, limit, after));
      for (const auto& key : sort_keys(page.items)) keys.push_back(key);
      after = page.next;
    } while (after);
    return keys;
  }
};

TYPED_TEST_SUITE_P(TableConformance);

TYPED_TEST_P(TableConformance, GivesBackWhatWasPut) {
  Item one = item("user#1", "config#1", 7);
  one.attributes["nested"] = {{"text", "Grüße\n\"\\"}, {"list", {1, 2.5, nullptr, true, -9007199254740993}}};
  one.expires_at = this->now() + std::chrono::hours{1};
  one.indexes = {{"by_destination", "d", "s"}, {"by_time", "t", ""}};
  EXPECT_EQ(this->put(one), 1U);
  const auto found = this->get("user#1", "config#1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, one.key);
  EXPECT_EQ(found->attributes, one.attributes);
  EXPECT_EQ(found->expires_at, one.expires_at);
  EXPECT_EQ(found->indexes, one.indexes);
  EXPECT_EQ(found->version, 1U);
}

TYPED_TEST_P(TableConformance, ReportsAnAbsentItemAsNoItem) {
  this->put(item("a", "b"));
  EXPECT_FALSE(this->get("a", "x"));
  EXPECT_FALSE(this->get("x", "b"));
  EXPECT_FALSE(this->get("", ""));
}

TYPED_TEST_P(TableConformance, RaisesTheVersionWithEveryWrite) {
  for (std::uint64_t version = 1; version <= 4; ++version) {
    EXPECT_EQ(this->put(item("a", "b", static_cast<int>(version))), version);
    EXPECT_EQ(this->get("a", "b")->version, version);
    EXPECT_EQ(this->get("a", "b")->attributes.at("value"), version);
  }
}

TYPED_TEST_P(TableConformance, WritesOnlyWhatItsConditionAllows) {  // INT-4
  auto& table = this->table();
  const Key key{"a", "b"};
  EXPECT_EQ(this->code(table.put(item("a", "b"), Condition::present())), ErrorCode::version_conflict);
  EXPECT_EQ(this->code(table.put(item("a", "b"), Condition::version_is(0))), ErrorCode::version_conflict);
  EXPECT_EQ(this->code(table.erase(key, Condition::present())), ErrorCode::version_conflict);
  EXPECT_FALSE(this->get("a", "b"));
  EXPECT_EQ(this->put(item("a", "b"), Condition::absent()), 1U);
  EXPECT_EQ(this->code(table.put(item("a", "b", 9), Condition::absent())), ErrorCode::version_conflict);
  EXPECT_EQ(this->put(item("a", "b", 1), Condition::present()), 2U);
  EXPECT_EQ(this->put(item("a", "b", 2), Condition::version_is(2)), 3U);
  EXPECT_EQ(this->code(table.put(item("a", "b", 9), Condition::version_is(2))), ErrorCode::version_conflict);
  EXPECT_EQ(this->code(table.erase(key, Condition::version_is(2))), ErrorCode::version_conflict);
  EXPECT_EQ(this->code(table.erase(key, Condition::absent())), ErrorCode::version_conflict);
  EXPECT_EQ(this->get("a", "b")->attributes.at("value"), 2);
  this->value(table.erase(key, Condition::version_is(3)));
  EXPECT_FALSE(this->get("a", "b"));
  this->value(table.erase(key));  // erasing what is not there is no failure
}

TYPED_TEST_P(TableConformance, NeverReturnsAnExpiredItem) {  // INT-3
  Item lock = indexed("lock", "t");
  lock.expires_at = this->now() + std::chrono::seconds{300};
  this->put(lock);
  this->pass(std::chrono::seconds{300} - Duration{1});
  EXPECT_TRUE(this->get("p", "lock"));
  this->pass(Duration{1});
  EXPECT_FALSE(this->get("p", "lock"));
  EXPECT_TRUE(this->value(this->table().get_many({Key{"p", "lock"}})).empty());
  EXPECT_TRUE(this->all("p", "", 10).empty());
  EXPECT_TRUE(this->all_of_index("by_time", "i", "", 10).empty());
}

TYPED_TEST_P(TableConformance, TreatsAnExpiredItemAsAbsent) {  // INT-3, DEC-2
  Item lock = indexed("lock", "t");
  lock.expires_at = this->now() + std::chrono::seconds{1};
  const auto stale = this->put(lock);
  this->pass(std::chrono::seconds{1});
  auto& table = this->table();
  EXPECT_EQ(this->code(table.put(lock, Condition::present())), ErrorCode::version_conflict);
  EXPECT_EQ(this->code(table.put(lock, Condition::version_is(stale))), ErrorCode::version_conflict);
  lock.expires_at = this->now() + std::chrono::hours{1};
  const auto taken_over = this->put(lock, Condition::absent());
  EXPECT_NE(taken_over, stale);
  EXPECT_EQ(this->code(table.erase(lock.key, Condition::version_is(stale))), ErrorCode::version_conflict);
  EXPECT_EQ(this->all_of_index("by_time", "i", "", 10), std::vector<std::string>{"lock"});
}

TYPED_TEST_P(TableConformance, ForgetsExpiryWhenAWriteHasNone) {
  Item one = item("a", "b");
  one.expires_at = this->now() + std::chrono::seconds{1};
  this->put(one);
  this->put(item("a", "b"));
  this->pass(std::chrono::hours{48});
  ASSERT_TRUE(this->get("a", "b"));
  EXPECT_FALSE(this->get("a", "b")->expires_at);
}

TYPED_TEST_P(TableConformance, GetsManyAndLeavesOutWhatIsAbsent) {
  std::vector<Key> keys;
  for (std::size_t i = 0; i < store::max_get_items; ++i) {
    keys.push_back(Key{"p", std::to_string(i)});
    if (i % 2 == 0) this->put(item("p", std::to_string(i)));
  }
  EXPECT_EQ(this->value(this->table().get_many(keys)).size(), store::max_get_items / 2);
  EXPECT_TRUE(this->value(this->table().get_many({})).empty());
  keys.push_back(Key{"p", "one more"});
  EXPECT_EQ(this->code(this->table().get_many(keys)), ErrorCode::invalid_argument);
}

TYPED_TEST_P(TableConformance, TransactsAllOrNothing) {
  auto& table = this->table();
  this->put(item("p", "kept", 1));
  EXPECT_EQ(
      this->code(table.transact({put_of(item("p", "new")), put_of(item("p", "kept", 2)), erase_of(Key{"p", "kept"}),
                                 check_of(Key{"p", "absent"}, Condition::present())})),
      ErrorCode::version_conflict);
  EXPECT_FALSE(this->get("p", "new"));
  EXPECT_EQ(this->get("p", "kept")->version, 1U);
  const auto versions = this->value(table.transact(
      {put_of(item("p", "new"), Condition::absent()), put_of(item("p", "kept", 2)), erase_of(Key{"p", "other"}),
       check_of(Key{"p", "kept"}, Condition::present()), check_of(Key{"p", "none"}, Condition::absent())}));
  EXPECT_EQ(versions, (std::vector<std::uint64_t>{1, 2, 0, 2, 0}));
  EXPECT_TRUE(this->get("p", "new"));
}

TYPED_TEST_P(TableConformance, TransactsInOrder) {
  const auto versions = this->value(this->table().transact(
      {put_of(indexed("k", "1"), Condition::absent()), put_of(indexed("k", "2"), Condition::version_is(1)),
       erase_of(Key{"p", "k"}, Condition::version_is(2)), put_of(indexed("k", "3"), Condition::absent())}));
  EXPECT_EQ(versions, (std::vector<std::uint64_t>{1, 2, 0, 1}));
  EXPECT_EQ(this->all_of_index("by_time", "i", "3", 10), std::vector<std::string>{"k"});
  EXPECT_EQ(this->all_of_index("by_time", "i", "", 10), std::vector<std::string>{"k"});
}

TYPED_TEST_P(TableConformance, RefusesTransactionsPastTheLimit) {
  std::vector<Write> writes;
  for (std::size_t i = 0; i < store::max_transaction_items; ++i) writes.push_back(put_of(item("p", std::to_string(i))));
  EXPECT_EQ(this->value(this->table().transact(writes)).size(), store::max_transaction_items);
  writes.push_back(put_of(item("p", "one more")));
  EXPECT_EQ(this->code(this->table().transact(writes)), ErrorCode::invalid_argument);
  EXPECT_FALSE(this->get("p", "one more"));
}

TYPED_TEST_P(TableConformance, RefusesItemsPastTheSizeLimit) {
  Item one = item("pp", "ss");
  one.attributes["value"] = "";
  const std::size_t empty_bytes = 4 + boost::json::serialize(one.attributes).size();
  one.attributes["value"] = std::string(store::max_item_bytes - empty_bytes, 'x');
  EXPECT_EQ(this->put(one), 1U);
  EXPECT_EQ(this->get("pp", "ss")->attributes, one.attributes);
  one.attributes["value"] = std::string(store::max_item_bytes - empty_bytes + 1, 'x');
  EXPECT_EQ(this->code(this->table().put(one)), ErrorCode::too_large);
  EXPECT_EQ(this->get("pp", "ss")->version, 1U);
}

TYPED_TEST_P(TableConformance, RefusesKeysPastTheSizeLimit) {
  const std::string longest(store::max_key_bytes, 'k');
  EXPECT_EQ(this->put(item(longest, longest)), 1U);
  EXPECT_TRUE(this->get(longest, longest));
  EXPECT_EQ(this->code(this->table().put(item(longest + "k", "s"))), ErrorCode::too_large);
  EXPECT_EQ(this->code(this->table().put(item("p", longest + "k"))), ErrorCode::too_large);
  EXPECT_EQ(this->code(this->table().put(indexed("s", longest + "k"))), ErrorCode::too_large);
  EXPECT_EQ(this->put(indexed("s", longest)), 1U);
  EXPECT_EQ(this->all_of_index("by_time", "i", "", 1), std::vector<std::string>{"s"});
}

TYPED_TEST_P(TableConformance, RefusesEmptyKeys) {
  auto& table = this->table();
  EXPECT_EQ(this->code(table.put(item("", "s"))), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(table.put(item("p", ""))), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(table.erase(Key{"", ""})), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(table.put(indexed("s", "t", ""))), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(table.put(indexed("s", "t", "by_time", ""))), ErrorCode::invalid_argument);
}

TYPED_TEST_P(TableConformance, RefusesIndexesPastTheLimitOrNamedTwice) {
  Item one = item("p", "s");
  for (std::size_t i = 0; i < store::max_item_indexes; ++i) {
    one.indexes.push_back(IndexEntry{"index_" + std::to_string(i), "p", "s"});
  }
  EXPECT_EQ(this->put(one), 1U);
  one.indexes.push_back(IndexEntry{"one_more", "p", "s"});
  EXPECT_EQ(this->code(this->table().put(one)), ErrorCode::too_large);
  one.indexes = {{"twice", "p", "1"}, {"twice", "p", "2"}};
  EXPECT_EQ(this->code(this->table().put(one)), ErrorCode::invalid_argument);
}

TYPED_TEST_P(TableConformance, RefusesAttributesThatJsonCannotCarry) {
  Item one = item("p", "s");
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    one.attributes["value"] = {{"deep", {number}}};
    EXPECT_EQ(this->code(this->table().put(one)), ErrorCode::invalid_argument);
  }
  boost::json::value nested = 1;
  for (std::size_t i = 1; i < store::max_attribute_depth; ++i) nested = boost::json::array{nested};
  one.attributes["value"] = nested;
  EXPECT_EQ(this->put(one), 1U);
  EXPECT_EQ(this->get("p", "s")->attributes, one.attributes);
  one.attributes["value"] = boost::json::array{nested};
  EXPECT_EQ(this->code(this->table().put(one)), ErrorCode::invalid_argument);
}

TYPED_TEST_P(TableConformance, QueriesInByteOrder) {
  using namespace std::string_literals;
  const std::vector<std::string> ordered{"\0"s, "\0\0"s, "A",    "a",        "a\0"s, "a\0b"s,
                                         "aa",  "b",     "\x7f", "\xc3\xa9", "\xff", "\xff\xff"};
  for (auto key = ordered.rbegin(); key != ordered.rend(); ++key) this->put(item("p", *key));
  this->put(item("o", "a"));
  this->put(item("q", "a"));
  for (const std::size_t limit : {1UL, 2UL, 5UL, 12UL, 1000UL}) EXPECT_EQ(this->all("p", "", limit), ordered);
}

TYPED_TEST_P(TableConformance, QueriesByPrefix) {
  for (const char* key : {"a", "a#1", "a#2", "a$", "b#1", "a#10", "\xff", "\xff\xff#"}) this->put(item("p", key));
  using Keys = std::vector<std::string>;
  EXPECT_EQ(this->all("p", "a#", 2), (Keys{"a#1", "a#10", "a#2"}));
  EXPECT_EQ(this->all("p", "\xff", 1), (Keys{"\xff", "\xff\xff#"}));
  EXPECT_EQ(this->all("p", "c", 10), Keys{});
}

TYPED_TEST_P(TableConformance, TellsWhetherThereIsMore) {
  for (const char* key : {"1", "2", "3", "4"}) this->put(item("p", key));
  auto page = this->value(this->table().query("p", "", 2, std::nullopt));
  EXPECT_EQ(sort_keys(page.items), (std::vector<std::string>{"1", "2"}));
  ASSERT_TRUE(page.next);
  this->value(this->table().erase(Key{"p", "2"}));  // the place is found although the item is gone
  page = this->value(this->table().query("p", "", 2, page.next));
  EXPECT_EQ(sort_keys(page.items), (std::vector<std::string>{"3", "4"}));
  EXPECT_FALSE(page.next);
}

TYPED_TEST_P(TableConformance, RefusesPagesPastTheLimit) {
  auto& table = this->table();
  EXPECT_EQ(this->code(table.query("p", "", 0, std::nullopt)), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(table.query("p", "", store::max_query_page + 1, std::nullopt)), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(table.query("p", "", 1, Key{"q", "s"})), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(table.query_index("i", "p", "", 0, std::nullopt)), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(table.query_index("i", "p", "", store::max_query_page + 1, std::nullopt)),
            ErrorCode::invalid_argument);
}

TYPED_TEST_P(TableConformance, EndsALargePageEarlyAndGoesOn) {
  const std::size_t count = store::max_query_page_bytes / (300 * 1024) + 5;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < count; ++i) {
    Item one = indexed(std::to_string(100 + i), std::to_string(100 + i));
    one.attributes["value"] = std::string(300 * 1024, 'x');
    this->put(one);
    expected.push_back(one.key.sort);
  }
  const auto page = this->value(this->table().query("p", "", store::max_query_page, std::nullopt));
  EXPECT_LT(page.items.size(), count);
  EXPECT_TRUE(page.next);
  EXPECT_EQ(this->all("p", "", store::max_query_page), expected);
  EXPECT_EQ(this->all_of_index("by_time", "i", "", store::max_query_page), expected);
}

TYPED_TEST_P(TableConformance, HasOnlyItemsWithAKeyInAnIndex) {
  this->put(item("p", "without"));
  this->put(indexed("with", "1"));
  this->put(indexed("elsewhere", "1", "by_owner"));
  this->put(indexed("other partition", "1", "by_time", "j"));
  using Keys = std::vector<std::string>;
  EXPECT_EQ(this->all_of_index("by_time", "i", "", 10), Keys{"with"});
  this->put(item("p", "with"));
  EXPECT_EQ(this->all_of_index("by_time", "i", "", 10), Keys{});
  this->put(indexed("with", "2"));
  this->value(this->table().erase(Key{"p", "with"}));
  EXPECT_EQ(this->all_of_index("by_time", "i", "", 10), Keys{});
}

TYPED_TEST_P(TableConformance, QueriesAnIndexInItsOwnOrder) {
  this->put(indexed("z", "1"));
  this->put(indexed("y", "2"));
  this->put(indexed("b", "3"));
  this->put(indexed("a", "3"));
  this->put(indexed("x", "30"));
  this->put(indexed("w", ""));
  using Keys = std::vector<std::string>;
  for (const std::size_t limit : {1UL, 2UL, 6UL}) {
    EXPECT_EQ(this->all_of_index("by_time", "i", "", limit), (Keys{"w", "z", "y", "a", "b", "x"}));
    EXPECT_EQ(this->all_of_index("by_time", "i", "3", limit), (Keys{"a", "b", "x"}));
  }
  this->put(indexed("z", "9"));
  EXPECT_EQ(this->all_of_index("by_time", "i", "", 10), (Keys{"w", "y", "a", "b", "x", "z"}));
}

TYPED_TEST_P(TableConformance, GoesOnInAnIndexAfterTheLastItem) {
  auto& table = this->table();
  for (const char* key : {"a", "b", "c", "d"}) this->put(indexed(key, key));
  using Keys = std::vector<std::string>;
  auto page = this->value(table.query_index("by_time", "i", "", 2, std::nullopt));
  ASSERT_TRUE(page.next);
  EXPECT_EQ(sort_keys(this->value(table.query_index("by_time", "i", "", 2, Key{"p", "b"})).items), (Keys{"c", "d"}));
  this->value(table.erase(Key{"p", "b"}));
  EXPECT_EQ(sort_keys(this->value(table.query_index("by_time", "i", "", 2, page.next)).items), (Keys{"c", "d"}));
  EXPECT_EQ(this->code(table.query_index("by_time", "i", "", 2, Key{"p", "b"})), ErrorCode::invalid_argument);
}

TYPED_TEST_P(TableConformance, CountsInAnIndexUpToALimit) {
  auto& table = this->table();
  EXPECT_EQ(this->value(table.count_index("by_time", "i", 10)), 0U);
  for (const char* key : {"a", "b", "c"}) this->put(indexed(key, key));
  Item passing = indexed("d", "d");
  passing.expires_at = this->now() + std::chrono::seconds{1};
  this->put(std::move(passing));
  EXPECT_EQ(this->value(table.count_index("by_time", "i", 10)), 4U);
  EXPECT_EQ(this->value(table.count_index("by_time", "i", 2)), 2U);
  EXPECT_EQ(this->value(table.count_index("by_time", "other", 10)), 0U);
  this->pass(std::chrono::seconds{1});
  this->value(table.erase(Key{"p", "a"}));
  const auto left = this->value(table.count_index("by_time", "i", 10));
  EXPECT_TRUE(left == 2U || left == 3U) << left << ": the one that expired may still be counted";
}

TYPED_TEST_P(TableConformance, KeepsWhatItAcknowledged) {  // INT-1
  this->put(indexed("s", "t"));
  this->put(indexed("s", "u"));
  this->put(item("p", "gone"));
  this->value(this->table().erase(Key{"p", "gone"}));
  this->harness_.restart();
  ASSERT_TRUE(this->get("p", "s"));
  EXPECT_EQ(this->get("p", "s")->version, 2U);
  EXPECT_EQ(this->all_of_index("by_time", "i", "u", 10), std::vector<std::string>{"s"});
  EXPECT_FALSE(this->get("p", "gone"));
}

inline Async<Result<int>> increment(store::Table& table, int times) {
  int conflicts = 0;
  for (int done = 0; done < times;) {
    auto found = co_await table.get(Key{"p", "counter"});
    if (!found) co_return fail(found.error());
    Item next = *found ? std::move(**found) : item("p", "counter", 0);
    next.attributes["value"] = next.attributes.at("value").as_int64() + 1;
    const auto condition = *found ? Condition::version_is(next.version) : Condition::absent();
    auto put = co_await table.put(std::move(next), condition);
    if (put) {
      ++done;
    } else if (put.error().code == ErrorCode::version_conflict) {
      ++conflicts;
    } else {
      co_return fail(put.error());
    }
  }
  co_return conflicts;
}

TYPED_TEST_P(TableConformance, LosesNoConditionalUpdate) {  // INT-4
  std::vector<std::optional<Result<int>>> outcomes(8);
  for (auto& outcome : outcomes) this->start(increment(this->table(), 10), outcome);
  this->harness_.runtime().run();
  int conflicts = 0;
  for (const auto& outcome : outcomes) {
    ASSERT_TRUE(outcome && *outcome);
    conflicts += **outcome;
  }
  EXPECT_GT(conflicts, 0);
  EXPECT_EQ(this->get("p", "counter")->attributes.at("value"), 80);
  EXPECT_EQ(this->get("p", "counter")->version, 80U);
}

// Random writes against a plain map, with all reads compared.
TYPED_TEST_P(TableConformance, BehavesLikeAMap) {
  Random random(7);
  std::map<std::string, Item> model;
  for (int step = 0; step < 300; ++step) {
    std::string sort = "k" + std::to_string(random.below(12));
    const auto found = model.find(sort);
    const std::uint64_t present = found == model.end() ? 0 : found->second.version;
    const std::uint64_t guess = random.below(2) == 0 ? present : random.below(4);
    const bool fits = found != model.end() && guess == present;
    if (random.below(3) == 0) {
      const auto erased = this->run(this->table().erase(Key{"p", sort}, Condition::version_is(guess)));
      EXPECT_EQ(erased.has_value(), fits);
      if (erased) model.erase(sort);
    } else {
      Item one = item("p", sort, step);
      if (random.below(2) == 0) one.indexes.push_back({"by_time", "i", std::to_string(random.below(5))});
      const bool create = found == model.end();
      const auto put = this->run(this->table().put(one, create ? Condition::absent() : Condition::version_is(guess)));
      EXPECT_EQ(put.has_value(), create || fits);
      if (put) {
        one.version = *put;
        model[sort] = one;
      }
    }
  }
  std::vector<std::string> keys;
  std::vector<std::pair<std::string, std::string>> by_time;
  for (const auto& [sort, one] : model) {
    keys.push_back(sort);
    EXPECT_EQ(this->get("p", sort)->attributes, one.attributes);
    EXPECT_EQ(this->get("p", sort)->version, one.version);
    for (const auto& entry : one.indexes) by_time.emplace_back(entry.sort, sort);
  }
  std::ranges::sort(by_time);
  std::vector<std::string> index_keys;
  for (const auto& [time, sort] : by_time) index_keys.push_back(sort);
  EXPECT_EQ(this->all("p", "", 3), keys);
  EXPECT_EQ(this->all_of_index("by_time", "i", "", 3), index_keys);
}

REGISTER_TYPED_TEST_SUITE_P(TableConformance, GivesBackWhatWasPut, ReportsAnAbsentItemAsNoItem,
                            RaisesTheVersionWithEveryWrite, WritesOnlyWhatItsConditionAllows, NeverReturnsAnExpiredItem,
                            TreatsAnExpiredItemAsAbsent, ForgetsExpiryWhenAWriteHasNone,
                            GetsManyAndLeavesOutWhatIsAbsent, TransactsAllOrNothing, TransactsInOrder,
                            RefusesTransactionsPastTheLimit, RefusesItemsPastTheSizeLimit, RefusesKeysPastTheSizeLimit,
                            RefusesEmptyKeys, RefusesIndexesPastTheLimitOrNamedTwice,
                            RefusesAttributesThatJsonCannotCarry, QueriesInByteOrder, QueriesByPrefix,
                            TellsWhetherThereIsMore, RefusesPagesPastTheLimit, EndsALargePageEarlyAndGoesOn,
                            HasOnlyItemsWithAKeyInAnIndex, QueriesAnIndexInItsOwnOrder, GoesOnInAnIndexAfterTheLastItem,
                            CountsInAnIndexUpToALimit, KeepsWhatItAcknowledged, LosesNoConditionalUpdate,
                            BehavesLikeAMap);

}  // namespace syncwell::conformance
