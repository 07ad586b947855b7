// For tests and the simulation: tokens that are given out beforehand.
#pragma once

#include <map>
#include <string>

#include "identity/authenticator.hpp"

namespace syncwell::identity {

class FixedTokens final : public Authenticator {
 public:
  explicit FixedTokens(std::map<std::string, std::string> users_by_token) : users_(std::move(users_by_token)) {}
  [[nodiscard]] Async<Result<Caller>> authenticate(std::string token) override {
    const auto found = users_.find(token);
    if (found == users_.end()) co_return fail(ErrorCode::unauthenticated, "no such token");
    co_return Caller{found->second};
  }
  void invalidate() override { users_.clear(); }
  void forget(const std::string& user) override {
    std::erase_if(users_, [&](const auto& each) { return each.second == user; });
  }

 private:
  std::map<std::string, std::string> users_;
};

}  // namespace syncwell::identity
