// What the tests of file providers have in common: a network that must not be used, and a fetch from its first page to
// its last. For tests only; no target but test executables includes it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <vector>

#include "base/virtual_runtime.hpp"
#include "providers/provider.hpp"
#include "providers/test_files.hpp"

namespace syncwell::providers {

class NoNetwork final : public net::HttpClient {
 public:
  Async<Result<net::Response>> send(net::Request, Deadline) override {
    ADD_FAILURE() << "a file provider has no business on the network";
    co_return fail(ErrorCode::internal, "no network");
  }
};

inline constexpr TimeRange all_times{min_instant, max_instant};

inline Account account_at(const std::filesystem::path& location) {
  return {.connection_id = "connection", .location = location.string(), .provider_user_id = {}};
}

// All pages of one fetch.
struct Fetched {
  std::vector<model::Record> records;
  std::vector<Warning> warnings;
  std::size_t pages = 0;
  bool partial = false;
  std::optional<Error> error;  // what ended it
};

inline Fetched fetch_all(DataProvider& provider, VirtualRuntime& runtime, CallContext context, Account account,
                         FetchRequest request) {
  Fetched fetched;
  auto stream = provider.fetch(context, std::move(account), std::move(request));
  if (!stream) {
    fetched.error = std::move(stream.error());
    return fetched;
  }
  for (bool last = false; !last;) {
    auto page = runtime.run((*stream)->next());
    if (!page) {
      fetched.error = std::move(page.error());
      return fetched;
    }
    EXPECT_LE(page->records.size(), max_page_records);
    std::ranges::move(page->records, std::back_inserter(fetched.records));
    std::ranges::move(page->warnings, std::back_inserter(fetched.warnings));
    fetched.partial = fetched.partial || page->partial;
    ++fetched.pages;
    last = page->last;
  }
  return fetched;
}

}  // namespace syncwell::providers
