// Application credentials: how a program logs in without a person's password, with some of that person's roles on one
// project. The secret is in the answer to the create, and nowhere else.
#include <algorithm>

#include <fmt/format.h>

#include "cloud/api/policy.h"
#include "cloud/identity/body.h"
#include "cloud/identity/identity.h"
#include "cloud/identity/stamps.h"
#include "cloud/identity/views.h"

namespace fairway::cloud::identity {
namespace {

// One's own, or anybody's for an administrator (who may look and delete, not create).
Result<> check_owner(const Call& call, std::string_view action) {
  if (call.parameter("user") == call.caller.user_id || allowed(call.caller, action)) return {};
  return fail(Errc::denied,
              "You are not authorized to perform the requested action: identity:application_credentials.");
}

const ApplicationCredential* find_own(const State& state, const Call& call) {
  const auto* credential = state.find<ApplicationCredential>(call.parameter("id"));
  return credential != nullptr && credential->user_id == call.parameter("user") ? credential : nullptr;
}

Result<std::vector<std::string>> wanted_roles(const State& state, const Call& call, const json::Object& body) {
  std::vector<std::string> ids;
  const auto granted =
      granted_roles(state, call.caller.user_id, call.caller.project_id, call.caller.application_credential_id);
  const auto* wanted = body.if_contains("roles");
  if (wanted == nullptr || wanted->is_null() || (wanted->is_array() && wanted->get_array().empty())) {
    for (const auto& role : granted) ids.push_back(role.id);
    return ids;
  }
  if (!wanted->is_array()) return fail(Errc::invalid, "Invalid input for field 'roles': it is not of type 'array'");
  for (const auto& item : wanted->get_array()) {
    const auto id = json::string_or(item, "id"), name = json::string_or(item, "name");
    const auto found = std::ranges::find_if(
        granted, [&](const GrantedRole& role) { return id.empty() ? role.name == name : role.id == id; });
    if (found == granted.end()) {
      return fail(
          Errc::invalid,
          fmt::format(
              "Invalid application credential: Could not find role assignment with role: {}, user or group: {}, "
              "project, domain, or system: {}.",
              id.empty() ? name : id, call.caller.user_id, call.caller.project_id));
    }
    ids.push_back(found->id);
  }
  return ids;
}

Result<> check_limits(const Call& call, const json::Object& body) {
  if (call.parameter("user") != call.caller.user_id) {
    return fail(Errc::denied,
                "You are not authorized to perform the requested action: identity:create_application_credential.");
  }
  if (call.caller.restricted) {
    return fail(
        Errc::denied,
        "Using method 'application_credential' is not allowed for managing additional application credentials.");
  }
  if (call.caller.project_id.empty()) {
    return fail(Errc::denied, "An application credential belongs to a project; log in with the scope of one.");
  }
  if (const auto* rules = body.if_contains("access_rules");
      rules != nullptr && rules->is_array() && !rules->get_array().empty()) {
    return fail(Errc::unsupported,
                "Access rules of application credentials are not offered; leave access_rules out.");
  }
  return {};
}

Result<ApplicationCredential> read_credential(const IdentityParts& parts, const Call& call,
                                              const json::Object& body) {
  FW_TRY_DO(check_limits(call, body));
  FW_TRY(const auto name, required_text(body, "name"));
  FW_TRY_DO(check_name(name));
  FW_TRY(const auto description, text_field(body, "description"));
  FW_TRY(const auto expires_at, text_field(body, "expires_at"));
  FW_TRY(const auto unrestricted, bool_field(body, "unrestricted"));
  ApplicationCredential credential{
      .id = make_hex_id(parts.context.env.random), .name = name, .description = description.value_or("")};
  credential.user_id = call.caller.user_id;
  credential.project_id = call.caller.project_id;
  credential.unrestricted = unrestricted.value_or(false);
  if (expires_at) {
    const auto time = from_stamp(*expires_at);
    if (!time)
      return fail(
          Errc::invalid,
          fmt::format("Invalid input for field 'expires_at': '{}' is not a time (2026-01-31T12:00:00)", *expires_at));
    if (*time <= stamp_us(parts.context.env.clock.wall())) {
      return fail(Errc::invalid, "Invalid application credential: the expiration time must be in the future");
    }
    credential.expires_at = to_stamp(*time);
  }
  FW_TRY(credential.role_ids, wanted_roles(parts.context.ledger.state(), call, body));
  return credential;
}

Task<Result<http::Response>> create_credential(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "application_credential"));
  FW_CO_TRY(auto credential, read_credential(parts, call, body));
  FW_CO_TRY(const auto given, text_field(body, "secret"));
  const std::string secret = given ? *given : make_secret(parts.context.env.random, 64);
  credential.secret_hash = co_await parts.passwords.hash(secret);
  FW_CO_TRY(
      const auto made,
      co_await parts.context.ledger.change<ApplicationCredential>([&](Work& work) -> Result<ApplicationCredential> {
        for (const auto* other : work.table<ApplicationCredential>().find_by("user_id", credential.user_id)) {
          if (other->name == credential.name) return duplicate("application_credential", credential.name);
        }
        work.put(credential);
        return credential;
      }));
  auto shown = show(made, parts.context.ledger.state(), parts.url());
  shown.emplace("secret", secret);
  co_return rooted(201, "application_credential", std::move(shown));
}

Result<http::Response> list_credentials(const IdentityParts& parts, const Call& call) {
  FW_TRY_DO(check_owner(call, "identity:read_all"));
  const auto& state = parts.context.ledger.state();
  std::vector<json::Object> shown;
  for (const auto* credential : state.table<ApplicationCredential>().find_by("user_id", call.parameter("user"))) {
    shown.push_back(show(*credential, state, parts.url()));
  }
  return keystone_list(call, "application_credentials", std::move(shown), {"id", "name"},
                       fmt::format("{}/users/{}/application_credentials", parts.url(), call.parameter("user")));
}

Result<http::Response> show_credential(const IdentityParts& parts, const Call& call) {
  FW_TRY_DO(check_owner(call, "identity:read_all"));
  const auto& state = parts.context.ledger.state();
  const auto* credential = find_own(state, call);
  if (credential == nullptr) return not_found("application credential", call.parameter("id"));
  return rooted(200, "application_credential", show(*credential, state, parts.url()));
}

Task<Result<http::Response>> delete_credential(IdentityParts parts, Call& call) {
  FW_CO_TRY_DO(check_owner(call, "identity:write"));
  if (call.caller.restricted) {
    co_return fail(
        Errc::denied,
        "Using method 'application_credential' is not allowed for managing additional application credentials.");
  }
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    if (find_own(work.state(), call) == nullptr) return not_found("application credential", call.parameter("id"));
    work.erase<ApplicationCredential>(call.parameter("id"));
    return true;
  }));
  co_return http::Response::empty(204);
}

}  // namespace

void add_credential_routes(Routes& routes, IdentityParts parts) {
  constexpr std::string_view kAll = "/v3/users/{user}/application_credentials";
  constexpr std::string_view kOne = "/v3/users/{user}/application_credentials/{id}";
  routes.add("POST", kAll, "identity:own", [parts](Call& call) { return create_credential(parts, call); });
  routes.add_plain("GET", kAll, "identity:own", [parts](Call& call) { return list_credentials(parts, call); });
  routes.add_plain("GET", kOne, "identity:own", [parts](Call& call) { return show_credential(parts, call); });
  routes.add("DELETE", kOne, "identity:own", [parts](Call& call) { return delete_credential(parts, call); });
}

}  // namespace fairway::cloud::identity
