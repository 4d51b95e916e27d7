// Identity v3 (Keystone's API): discovery, tokens, domains, projects, users, roles, assignments, application
// credentials, and the lists of services, endpoints and regions. Under /identity.
#pragma once

#include "cloud/api/answer.h"
#include "cloud/api/context.h"
#include "cloud/api/routes.h"
#include "cloud/identity/passwords.h"
#include "cloud/identity/tokens.h"
#include "http/router.h"
#include "json/value.h"

namespace fairway::cloud::identity {

// context, tokens and passwords outlive the routes.
void add_routes(http::Router& router, ApiContext& context, Tokens& tokens, Passwords& passwords);

// What add_routes is made of, each in a file of its own.
struct IdentityParts {
  ApiContext& context;
  Tokens& tokens;
  Passwords& passwords;
  // ".../identity/v3"
  [[nodiscard]] std::string url() const { return context.identity_url() + "/v3"; }
};
void add_discovery_routes(Routes& routes, IdentityParts parts);
void add_token_routes(Routes& routes, IdentityParts parts);
void add_catalog_routes(Routes& routes, IdentityParts parts);
void add_domain_routes(Routes& routes, IdentityParts parts);
void add_project_routes(Routes& routes, IdentityParts parts);
void add_user_routes(Routes& routes, IdentityParts parts);
void add_role_routes(Routes& routes, IdentityParts parts);
void add_assignment_routes(Routes& routes, IdentityParts parts);
void add_credential_routes(Routes& routes, IdentityParts parts);

// Shared by them: a filtered list.
[[nodiscard]] Result<http::Response> keystone_list(const Call& call, std::string_view collection,
                                                   std::vector<json::Object> objects,
                                                   std::vector<std::string_view> filters, const std::string& self);

}  // namespace fairway::cloud::identity
