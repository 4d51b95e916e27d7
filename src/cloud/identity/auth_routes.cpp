// Discovery, tokens, and what a token's holder may ask about themselves.
#include <fmt/format.h>

#include "cloud/api/policy.h"
#include "cloud/identity/body.h"
#include "cloud/identity/catalog.h"
#include "cloud/identity/identity.h"
#include "cloud/identity/login.h"
#include "cloud/identity/views.h"

namespace fairway::cloud::identity {
namespace {

json::Object version(const std::string& url) {
  return {{"id", "v3.14"},
          {"status", "stable"},
          {"updated", "2020-04-07T00:00:00Z"},
          {"links", json::Array{json::Object{{"rel", "self"}, {"href", url + "/"}}}},
          {"media-types", json::Array{json::Object{{"base", "application/json"},
                                                   {"type", "application/vnd.openstack.identity-v3+json"}}}}};
}

Task<Result<http::Response>> issue_token(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto auth, read_keystone_body(call.request, "auth"));
  FW_CO_TRY(auto request, parse_login(auth));
  FW_CO_TRY(const auto login, co_await log_in(parts.context, parts.tokens, parts.passwords, std::move(request)));
  const bool with_catalog = !call.request.query.find("nocatalog");
  const auto shown = show_token(parts.context.ledger.state(), login.claims, parts.context.public_url, with_catalog);
  auto response = http::Response::json(201, json::write(shown));
  response.headers.set("X-Subject-Token", login.token);
  response.headers.set("Vary", "X-Auth-Token");
  co_return response;
}

// The token that a call is about: the holder's own, or anybody's for an administrator.
Result<TokenClaims> subject(const IdentityParts& parts, const Call& call) {
  const auto token = call.request.headers.find("X-Subject-Token");
  if (!token) return fail(Errc::not_found, "Failed to validate token: the header X-Subject-Token is missing.");
  auto claims = parts.tokens.check(*token);
  if (!claims) return fail(Errc::not_found, "Failed to validate token");
  if (claims->user_id != call.caller.user_id && !allowed(call.caller, "identity:read_all")) {
    return fail(Errc::denied, "You are not authorized to perform the requested action: identity:validate_token.");
  }
  return *std::move(claims);
}

Result<http::Response> show_subject(const IdentityParts& parts, const Call& call) {
  FW_TRY(const auto claims, subject(parts, call));
  const bool with_catalog = !call.request.query.find("nocatalog");
  auto response = http::Response::json(
      200, json::write(show_token(parts.context.ledger.state(), claims, parts.context.public_url, with_catalog)));
  response.headers.set("X-Subject-Token", std::string(*call.request.headers.find("X-Subject-Token")));
  response.headers.set("Vary", "X-Auth-Token");
  return response;
}

Task<Result<http::Response>> revoke_token(IdentityParts parts, Call& call) {
  FW_CO_TRY(auto claims, subject(parts, call));
  FW_CO_TRY_DO(co_await parts.tokens.revoke(std::move(claims)));
  co_return http::Response::empty(204);
}

// Projects in which the user has a role.
std::vector<json::Object> projects_of(const State& state, std::string_view user_id, const std::string& url) {
  std::vector<json::Object> shown;
  for (const auto& [id, row] : state.table<Project>().rows()) {
    if (row.object->enabled && !granted_roles(state, user_id, id).empty()) shown.push_back(show(*row.object, url));
  }
  return shown;
}

std::vector<json::Object> as_objects(json::Array array) {
  std::vector<json::Object> objects;
  for (auto& item : array) objects.push_back(std::move(item.get_object()));
  return objects;
}

Result<http::Response> one_of(json::Array array, std::string_view root, const std::string& id) {
  for (auto& item : array) {
    if (json::string_or(item, "id") == id) return rooted(200, root, std::move(item.get_object()));
  }
  return not_found(root, id);
}

}  // namespace

void add_discovery_routes(Routes& routes, IdentityParts parts) {
  routes.add_open("GET", "", [parts](Call&) -> Task<Result<http::Response>> {
    const json::Object values{{"values", json::Array{version(parts.url())}}};
    auto response = http::Response::json(300, json::write(json::Object{{"versions", values}}));
    response.headers.set("Vary", "X-Auth-Token");
    response.headers.set("Location", parts.url() + "/");
    co_return response;
  });
  routes.add_open("GET", "/v3", [parts](Call&) -> Task<Result<http::Response>> {
    co_return rooted(200, "version", version(parts.url()));
  });
}

void add_token_routes(Routes& routes, IdentityParts parts) {
  routes.add_open("POST", "/v3/auth/tokens", [parts](Call& call) { return issue_token(parts, call); });
  routes.add_plain("GET", "/v3/auth/tokens", "identity:own",
                   [parts](Call& call) { return show_subject(parts, call); });
  routes.add_plain("HEAD", "/v3/auth/tokens", "identity:own",
                   [parts](Call& call) { return show_subject(parts, call); });
  routes.add("DELETE", "/v3/auth/tokens", "identity:own", [parts](Call& call) { return revoke_token(parts, call); });
  routes.add_plain("GET", "/v3/auth/projects", "identity:own", [parts](Call& call) {
    auto shown = projects_of(parts.context.ledger.state(), call.caller.user_id, parts.url());
    return keystone_list(call, "projects", std::move(shown), {"id", "name", "domain_id", "enabled"},
                         parts.url() + "/auth/projects");
  });
  routes.add_plain("GET", "/v3/users/{user}/projects", "identity:own", [parts](Call& call) -> Result<http::Response> {
    const auto& user_id = call.parameter("user");
    if (user_id != call.caller.user_id && !allowed(call.caller, "identity:read_all")) {
      return fail(Errc::denied,
                  "You are not authorized to perform the requested action: identity:list_user_projects.");
    }
    auto shown = projects_of(parts.context.ledger.state(), user_id, parts.url());
    return keystone_list(call, "projects", std::move(shown), {"id", "name", "domain_id", "enabled"},
                         fmt::format("{}/users/{}/projects", parts.url(), user_id));
  });
  // Nobody has roles on domains or on the system as a whole.
  routes.add_plain("GET", "/v3/auth/domains", "identity:own", [parts](Call& call) {
    return keystone_list(call, "domains", {}, {}, parts.url() + "/auth/domains");
  });
  routes.add_plain("GET", "/v3/auth/system", "identity:own", [parts](Call& call) {
    return keystone_list(call, "system", {}, {}, parts.url() + "/auth/system");
  });
}

void add_catalog_routes(Routes& routes, IdentityParts parts) {
  routes.add_plain("GET", "/v3/auth/catalog", "identity:own", [parts](Call&) -> Result<http::Response> {
    return http::Response::json(
        200, json::write(json::Object{
                 {"catalog", catalog(parts.context.public_url)},
                 {"links",
                  json::Object{{"self", parts.url() + "/auth/catalog"}, {"next", nullptr}, {"previous", nullptr}}}}));
  });
  routes.add_plain("GET", "/v3/services", "identity:read", [parts](Call& call) {
    return keystone_list(call, "services", as_objects(services(parts.url())), {"id", "name", "type"},
                         parts.url() + "/services");
  });
  routes.add_plain("GET", "/v3/services/{id}", "identity:read",
                   [parts](Call& call) { return one_of(services(parts.url()), "service", call.parameter("id")); });
  routes.add_plain("GET", "/v3/endpoints", "identity:read", [parts](Call& call) {
    return keystone_list(call, "endpoints", as_objects(endpoints(parts.context.public_url, parts.url())),
                         {"id", "interface", "service_id", "region_id", "region"}, parts.url() + "/endpoints");
  });
  routes.add_plain("GET", "/v3/endpoints/{id}", "identity:read", [parts](Call& call) {
    return one_of(endpoints(parts.context.public_url, parts.url()), "endpoint", call.parameter("id"));
  });
  routes.add_plain("GET", "/v3/regions", "identity:read", [parts](Call& call) {
    return keystone_list(call, "regions", as_objects(regions(parts.url())), {"id", "parent_region_id"},
                         parts.url() + "/regions");
  });
  routes.add_plain("GET", "/v3/regions/{id}", "identity:read",
                   [parts](Call& call) { return one_of(regions(parts.url()), "region", call.parameter("id")); });
}

}  // namespace fairway::cloud::identity
