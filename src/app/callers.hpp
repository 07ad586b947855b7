// Who may call this server's API, from the configuration: the identity provider, if there is one, and the built-in
// issuer. Belongs to the thread of the API.
#pragma once

#include <memory>
#include <optional>

#include "app/platform.hpp"
#include "identity/authenticator.hpp"

namespace syncwell::app {

class Callers {
 public:
  // `platform` and `lane` outlive it. invalid_argument: settings that do not go together; storage and vault errors.
  [[nodiscard]] static Async<Result<std::unique_ptr<Callers>>> open(Platform& platform, Lane& lane);

  [[nodiscard]] identity::JwtAuthenticator& authenticator() { return *authenticator_; }
  [[nodiscard]] const identity::Issuer* issuer() const { return issuer_.get(); }

 private:
  Callers() = default;
  std::optional<identity::KeySource> keys_;
  std::unique_ptr<identity::Issuer> issuer_;
  std::optional<identity::JwtAuthenticator> authenticator_;
};

}  // namespace syncwell::app
