// A whole fetch, as the engine does it, with the port's promises checked page by page.
#pragma once

#include <functional>
#include <vector>

#include "base/virtual_runtime.hpp"
#include "fuzz/property.hpp"
#include "providers/provider.hpp"

namespace syncwell::fuzz {

struct Fetched {
  std::vector<model::Record> records;
  std::optional<Error> error;  // what ended it
};

// No input is long enough for more pages than this.
inline constexpr std::size_t max_pages = 10'000;

inline Fetched fetch_all(providers::DataProvider& provider, VirtualRuntime& runtime, providers::CallContext context,
                         const providers::Account& account, const providers::FetchRequest& request,
                         std::string_view input) {
  Fetched fetched;
  auto stream = provider.fetch(context, account, request);
  if (!stream) {
    fetched.error = std::move(stream.error());
    return fetched;
  }
  for (std::size_t pages = 0;; ++pages) {
    require(pages < max_pages, "a fetch has an end");
    auto page = runtime.run((*stream)->next());
    if (!page) {
      fetched.error = std::move(page.error());
      return fetched;
    }
    require_page(*page, request.type, input);
    std::ranges::move(page->records, std::back_inserter(fetched.records));
    if (page->last) return fetched;
  }
}

}  // namespace syncwell::fuzz
