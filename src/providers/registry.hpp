// The providers of this process by key. Filled at start-up, read-only afterwards.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.hpp"

namespace syncwell::providers {

class Registry {
 public:
  void add(std::unique_ptr<DataProvider> provider) { providers_.push_back(std::move(provider)); }

  // Null for an unknown key.
  [[nodiscard]] DataProvider* find(std::string_view key) const {
    const auto found = std::ranges::find_if(providers_, [&](const auto& p) { return p->capabilities().key == key; });
    return found == providers_.end() ? nullptr : found->get();
  }

  // "apple_health_export, fit, …" for error messages.
  [[nodiscard]] std::string key_list() const {
    std::string list;
    for (const auto& provider : providers_) list += (list.empty() ? "" : ", ") + provider->capabilities().key;
    return list;
  }

  [[nodiscard]] const std::vector<std::unique_ptr<DataProvider>>& all() const { return providers_; }

 private:
  std::vector<std::unique_ptr<DataProvider>> providers_;
};

}  // namespace syncwell::providers
