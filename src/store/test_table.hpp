// For tests of the repositories: the table of a storage in a temporary folder, in simulated time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "adapters/sqlite/test_storage.hpp"
#include "store/table.hpp"

namespace syncwell::store {

class TableTest : public testing::Test {
 protected:
  TableTest() {
    auto opened = sqlite::Storage::open(sqlite::test_options(folder_.path()), clock_, runtime.executor());
    if (!opened) throw std::runtime_error(opened.error().message);
    storage = std::move(*opened);
  }

  [[nodiscard]] Table& table() { return storage->table(); }
  Result<std::vector<std::uint64_t>> write(std::vector<Write> writes) {
    return runtime.run(table().transact(std::move(writes)));
  }
  // An item as an older version, or damage, may have left it.
  void put_raw(Key key, boost::json::object attributes) {
    ASSERT_TRUE(runtime.run(table().put(Item{std::move(key), std::move(attributes)})));
  }

 private:
  sqlite::TemporaryFolder folder_;

 protected:
  VirtualRuntime runtime;

 private:
  sqlite::RuntimeClock clock_{runtime};

 protected:
  std::unique_ptr<sqlite::Storage> storage;
};

// The code of a Result that should have failed; a Result that succeeded fails the test.
template <class T>
ErrorCode code_of(const Result<T>& result) {
  EXPECT_FALSE(result.has_value()) << "this should have failed";
  return result ? ErrorCode::internal : result.error().code;
}

}  // namespace syncwell::store
