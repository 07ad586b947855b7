#include "base/error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace syncwell {
namespace {

TEST(ErrorDictionary, EveryCodeHasItsEntry) {  // OBS: one dictionary for code, documents and API
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < error_dictionary().size(); ++i) {
    const auto& entry = entry_of(static_cast<ErrorCode>(i));
    EXPECT_EQ(&entry, &error_dictionary()[i]);
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.meaning.empty()) << entry.name;
    EXPECT_FALSE(entry.advice.empty()) << entry.name;
    EXPECT_GE(entry.http_status, 400) << entry.name;
    EXPECT_EQ(find_error(entry.name), &entry);
  }
  EXPECT_EQ(entry_of(ErrorCode::internal).name, "internal");
  EXPECT_EQ(error_dictionary().size(), static_cast<std::size_t>(ErrorCode::internal) + 1);
}

TEST(ErrorDictionary, AnUnknownNameHasNone) {
  EXPECT_EQ(find_error("no_such_code"), nullptr);
  EXPECT_EQ(find_error(""), nullptr);
}

TEST(ErrorDictionary, SaysWhatTheLifeCycleDoes) {  // PROV-3, DEC-1, DEC-3
  EXPECT_EQ(retry_class_of(ErrorCode::unauthenticated), RetryClass::permanent_auth);
  EXPECT_EQ(retry_class_of(ErrorCode::forbidden), RetryClass::permanent_auth);
  EXPECT_EQ(retry_class_of(ErrorCode::rate_limited), RetryClass::delayed);
  EXPECT_EQ(retry_class_of(ErrorCode::circuit_open), RetryClass::delayed);
  EXPECT_EQ(retry_class_of(ErrorCode::provider_failed), RetryClass::transient);
  EXPECT_EQ(retry_class_of(ErrorCode::timeout), RetryClass::transient);
  EXPECT_EQ(retry_class_of(ErrorCode::provider_rejected), RetryClass::permanent_request);
  EXPECT_EQ(retry_class_of(ErrorCode::mapping), RetryClass::mapping);
  EXPECT_EQ(retry_class_of(ErrorCode::lease_lost), RetryClass::cancelled);
}

}  // namespace
}  // namespace syncwell
