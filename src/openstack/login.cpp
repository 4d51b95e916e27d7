#include "openstack/login.h"

namespace fairway::openstack {
namespace {

json::Object domain(const std::string& id, const std::string& name) {
  if (!id.empty()) return {{"id", id}};
  if (!name.empty()) return {{"name", name}};
  return {{"id", "default"}};
}

json::Object user(const Credentials& from) {
  if (!from.user_id.empty()) return {{"id", from.user_id}};
  return {{"name", from.username}, {"domain", domain(from.user_domain_id, from.user_domain_name)}};
}

json::Object identity(const Credentials& from) {
  if (!from.token.empty()) {
    return {{"methods", json::Array{"token"}}, {"token", json::Object{{"id", from.token}}}};
  }
  if (!from.application_credential_id.empty() || !from.application_credential_name.empty()) {
    json::Object credential;
    if (!from.application_credential_id.empty()) {
      credential["id"] = from.application_credential_id;
    } else {
      credential["name"] = from.application_credential_name;
      credential["user"] = user(from);
    }
    credential["secret"] = from.application_credential_secret;
    return {{"methods", json::Array{"application_credential"}}, {"application_credential", std::move(credential)}};
  }
  auto who = user(from);
  who["password"] = from.password;
  return {{"methods", json::Array{"password"}}, {"password", json::Object{{"user", std::move(who)}}}};
}

json::Object scope(const Credentials& from) {
  if (!from.trust_id.empty()) return {{"OS-TRUST:trust", json::Object{{"id", from.trust_id}}}};
  if (!from.project_id.empty()) return {{"project", json::Object{{"id", from.project_id}}}};
  if (from.project_name.empty()) return {};
  return {{"project", json::Object{{"name", from.project_name},
                                   {"domain", domain(from.project_domain_id, from.project_domain_name)}}}};
}

bool in_region(const Credentials& credentials, const json::Value& endpoint) {
  if (credentials.region.empty()) return true;
  return json::string_or(endpoint, "region_id") == credentials.region ||
         json::string_or(endpoint, "region") == credentials.region;
}

bool is_meant(const Credentials& credentials, const json::Value& endpoint) {
  return json::string_or(endpoint, "interface") == credentials.interface && in_region(credentials, endpoint);
}

std::string endpoint_of(const Credentials& credentials, const json::Array& catalog,
                        std::initializer_list<std::string_view> types) {
  for (const auto& service : catalog) {
    if (std::ranges::find(types, json::string_or(service, "type")) == types.end()) continue;
    for (const auto& endpoint : json::array_or_empty(service, "endpoints")) {
      if (is_meant(credentials, endpoint)) return json::string_or(endpoint, "url");
    }
  }
  return {};
}

}  // namespace

json::Value login_request(const Credentials& credentials) {
  json::Object auth{{"identity", identity(credentials)}};
  const bool brings_scope =
      !credentials.application_credential_id.empty() || !credentials.application_credential_name.empty();
  if (auto wanted = scope(credentials); !wanted.empty() && (!brings_scope || !credentials.token.empty()))
    auth["scope"] = std::move(wanted);
  return json::Object{{"auth", std::move(auth)}};
}

std::string without_version(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  for (const std::string_view version : {"/v2.0", "/v3", "/v2", "/v1"}) {
    if (url.ends_with(version)) {
      url.resize(url.size() - version.size());
      break;
    }
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Result<Session> read_session(const Credentials& credentials, std::string token, const json::Value& answer) {
  Session session;
  session.token = std::move(token);
  if (session.token.empty())
    return fail(Errc::unavailable, "Keystone's answer has no X-Subject-Token; is the auth URL right?");
  session.project_id = json::string_or(answer, "token.project.id");
  if (session.project_id.empty()) {
    return fail(Errc::denied,
                "the token is not scoped to a project; name one (OS_PROJECT_NAME) that the user has a role in");
  }
  const auto& catalog = json::array_or_empty(answer, "token.catalog");
  session.endpoints[Service::identity] = without_version(credentials.auth_url);
  session.endpoints[Service::network] = without_version(endpoint_of(credentials, catalog, {"network"}));
  session.endpoints[Service::load_balancer] =
      without_version(endpoint_of(credentials, catalog, {"load-balancer", "loadbalancer"}));
  session.endpoints[Service::container_infra] =
      without_version(endpoint_of(credentials, catalog, {"container-infra"}));
  return session;
}

}  // namespace fairway::openstack
