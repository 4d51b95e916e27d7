// POST /v3/auth/tokens: who asks, how they prove it, and for what project.
//
// Every refusal is the same 401, in the same time: nobody learns which users, projects or credentials exist.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cloud/api/context.h"
#include "cloud/identity/passwords.h"
#include "cloud/identity/tokens.h"
#include "json/value.h"

namespace fairway::cloud::identity {

// By id, or by name in a domain (which itself is by id or name).
struct NamedRef {
  std::string id, name, domain_id, domain_name;
};

struct LoginRequest {
  enum class Method { password, token, application_credential };
  enum class Scoped { unasked, unscoped, project, domain, system };
  Method method = Method::password;
  NamedRef user;       // password; application credential by name
  std::string secret;  // the password, the token, or the credential's secret
  std::string credential_id, credential_name;
  Scoped scoped = Scoped::unasked;
  NamedRef project;
};

// `auth`: what stands under "auth" in the body. Errors: invalid, unsupported (trusts), unauthenticated (unknown
// method).
[[nodiscard]] Result<LoginRequest> parse_login(const json::Object& auth);

struct Login {
  std::string token;
  TokenClaims claims;
};

// Errors: unauthenticated; unavailable, when the store fails.
Task<Result<Login>> log_in(ApiContext& context, Tokens& tokens, Passwords& passwords, LoginRequest request);

// The body that describes a token: {"token":{…}}, with or without the catalogue.
[[nodiscard]] json::Object show_token(const State& state, const TokenClaims& claims, std::string_view public_url,
                                      bool with_catalog);

[[nodiscard]] const User* find_user(const State& state, const NamedRef& ref);
[[nodiscard]] const Project* find_project(const State& state, const NamedRef& ref);

}  // namespace fairway::cloud::identity
