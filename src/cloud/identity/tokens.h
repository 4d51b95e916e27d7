// Tokens: who logged in, for what project, until when, signed with a key from the store (HMAC-SHA-256). Nothing is
// stored for a living token, so tokens outlive restarts and any process that has the store can check them; only a
// revocation is written down, until the token would have expired.
//
// A token says who; what that allows is looked up at each check: the user, the project and the roles of now.
// Text: "fw1.<payload>.<signature>", both URL-safe base64.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/api/caller.h"
#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud::identity {

// What is inside a token.
struct TokenClaims {
  std::string audit_id, user_id, project_id, application_credential_id;
  std::vector<std::string> methods;
  std::int64_t epoch = 0;                      // the user's, when it was issued
  std::int64_t issued_us = 0, expires_us = 0;  // microseconds since 1970
};

struct TokenConfig {
  std::chrono::seconds lifetime{std::chrono::hours(1)};
  std::chrono::seconds key_lifetime{
      std::chrono::hours(24 * 7)};  // then a new key signs; the old one checks a while longer
};

// The roles that a user (through an application credential, if one is named) has on a project, implied ones included.
struct GrantedRole {
  std::string id, name;
};
[[nodiscard]] std::vector<GrantedRole> granted_roles(const State& state, std::string_view user_id,
                                                     std::string_view project_id,
                                                     std::string_view application_credential_id = "");

class Tokens final : public TokenVerifier {
 public:
  // ledger and env outlive it.
  Tokens(Ledger& ledger, Env& env, TokenConfig config) : ledger_(ledger), env_(env), config_(config) {}

  // Sees to it that a key of a good age signs, and drops keys and revocations that have no use any more. Call at
  // start and before issuing; mostly it does nothing.
  Task<Result<>> maintain();

  // Fills audit_id, issued_us, and expires_us where it is 0 or past the configured lifetime.
  [[nodiscard]] std::string issue(TokenClaims& claims) const;

  [[nodiscard]] Result<Caller> verify(std::string_view token) const override;
  // The claims of a token that verify() would accept.
  [[nodiscard]] Result<TokenClaims> check(std::string_view token) const;
  // May this one still log in: user, project, their domains and the application credential there and enabled, and
  // with a role. Error: unauthenticated.
  [[nodiscard]] Result<Caller> caller_of(const TokenClaims& claims) const;

  Task<Result<>> revoke(TokenClaims claims);

 private:
  [[nodiscard]] const SigningKey* newest_key() const;
  [[nodiscard]] Result<TokenClaims> open(std::string_view token) const;
  [[nodiscard]] std::int64_t now_us() const;

  Ledger& ledger_;
  Env& env_;
  TokenConfig config_;
};

}  // namespace fairway::cloud::identity
