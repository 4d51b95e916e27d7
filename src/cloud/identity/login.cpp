#include "cloud/identity/login.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cloud/identity/body.h"
#include "cloud/identity/catalog.h"
#include "cloud/identity/stamps.h"

namespace fairway::cloud::identity {
namespace {

constexpr std::string_view kRefused = "The request you have made requires authentication.";

std::unexpected<Error> refused() { return fail(Errc::unauthenticated, std::string(kRefused)); }

Result<NamedRef> parse_ref(const json::Object& object, std::string_view where) {
  NamedRef ref;
  FW_TRY(const auto id, text_field(object, "id"));
  FW_TRY(const auto name, text_field(object, "name"));
  ref.id = id.value_or("");
  ref.name = name.value_or("");
  if (!ref.id.empty()) return ref;
  if (ref.name.empty()) return fail(Errc::invalid, fmt::format("Expecting to find id or name in {}.", where));
  // Clients from before Identity v3 know of no domains: theirs is the default one.
  if (!object.contains("domain")) {
    ref.domain_id = "default";
    return ref;
  }
  FW_TRY(const auto* domain, required_object(object, "domain", where));
  FW_TRY(const auto domain_id, text_field(*domain, "id"));
  FW_TRY(const auto domain_name, text_field(*domain, "name"));
  ref.domain_id = domain_id.value_or("");
  ref.domain_name = domain_name.value_or("");
  return ref;
}

Result<> parse_password(const json::Object& identity, LoginRequest& request) {
  request.method = LoginRequest::Method::password;
  FW_TRY(const auto* password, required_object(identity, "password", "identity"));
  FW_TRY(const auto* user, required_object(*password, "user", "password"));
  FW_TRY(request.user, parse_ref(*user, "user"));
  FW_TRY(request.secret, required_text(*user, "password"));
  return {};
}

Result<> parse_token(const json::Object& identity, LoginRequest& request) {
  request.method = LoginRequest::Method::token;
  FW_TRY(const auto* token, required_object(identity, "token", "identity"));
  FW_TRY(request.secret, required_text(*token, "id"));
  return {};
}

Result<> parse_credential(const json::Object& identity, LoginRequest& request) {
  request.method = LoginRequest::Method::application_credential;
  FW_TRY(const auto* credential, required_object(identity, "application_credential", "identity"));
  FW_TRY(request.secret, required_text(*credential, "secret"));
  FW_TRY(const auto id, text_field(*credential, "id"));
  if (id) {
    request.credential_id = *id;
    return {};
  }
  FW_TRY(request.credential_name, required_text(*credential, "name"));
  FW_TRY(const auto* user, required_object(*credential, "user", "application_credential"));
  FW_TRY(request.user, parse_ref(*user, "user"));
  return {};
}

Result<> parse_method(const json::Object& identity, LoginRequest& request) {
  const auto* methods = identity.if_contains("methods");
  if (methods == nullptr || !methods->is_array() || methods->get_array().empty() ||
      !methods->get_array()[0].is_string()) {
    return fail(Errc::invalid, "Expecting to find methods in identity.");
  }
  if (methods->get_array().size() > 1) {
    return fail(Errc::unsupported,
                "Several authentication methods at once are not offered; name one of password, token, "
                "application_credential.");
  }
  const std::string_view method = methods->get_array()[0].get_string();
  if (method == "password") return parse_password(identity, request);
  if (method == "token") return parse_token(identity, request);
  if (method == "application_credential") return parse_credential(identity, request);
  return fail(Errc::unauthenticated, "Attempted to authenticate with an unsupported method.");
}

Result<> parse_scope(const json::Object& auth, LoginRequest& request) {
  using Scoped = LoginRequest::Scoped;
  const auto* scope = auth.if_contains("scope");
  if (scope == nullptr || scope->is_null()) return {};
  if (scope->is_string() && scope->get_string() == "unscoped") {
    request.scoped = Scoped::unscoped;
    return {};
  }
  if (!scope->is_object())
    return fail(Errc::invalid, "Invalid input for field 'scope': it is neither an object nor 'unscoped'");
  const auto& object = scope->get_object();
  if (object.contains("OS-TRUST:trust")) {
    return fail(Errc::unsupported, "Trusts are not offered by this cloud; use an application credential.");
  }
  if (object.contains("project")) {
    request.scoped = Scoped::project;
    FW_TRY(const auto* project, required_object(object, "project", "scope"));
    FW_TRY(request.project, parse_ref(*project, "project"));
  } else if (object.contains("domain")) {
    request.scoped = Scoped::domain;
  } else if (object.contains("system")) {
    request.scoped = Scoped::system;
  } else if (object.contains("unscoped")) {
    request.scoped = Scoped::unscoped;
  } else {
    return fail(Errc::invalid, "Expecting to find project, domain, system or unscoped in scope.");
  }
  return {};
}

const Domain* find_domain(const State& state, const NamedRef& ref) {
  if (!ref.domain_id.empty()) return state.find<Domain>(ref.domain_id);
  for (const auto& [id, row] : state.table<Domain>().rows()) {
    if (row.object->name == ref.domain_name) return row.object.get();
  }
  return nullptr;
}

template <class T>
const T* find_named(const State& state, const NamedRef& ref) {
  if (!ref.id.empty()) return state.find<T>(ref.id);
  const auto* domain = find_domain(state, ref);
  if (domain == nullptr) return nullptr;
  for (const auto* object : state.table<T>().find_by("name", ref.name)) {
    if (object->domain_id == domain->id) return object;
  }
  return nullptr;
}

const ApplicationCredential* find_credential(const State& state, const LoginRequest& request) {
  if (!request.credential_id.empty()) return state.find<ApplicationCredential>(request.credential_id);
  const auto* user = find_user(state, request.user);
  if (user == nullptr) return nullptr;
  for (const auto* credential : state.table<ApplicationCredential>().find_by("user_id", user->id)) {
    if (credential->name == request.credential_name) return credential;
  }
  return nullptr;
}

// Who it is, as proved; not yet for what.
Task<Result<TokenClaims>> prove(ApiContext& context, Tokens& tokens, Passwords& passwords, LoginRequest request) {
  using Method = LoginRequest::Method;
  const auto& state = context.ledger.state();
  TokenClaims claims;
  if (request.method == Method::token) {
    FW_CO_TRY(auto old, tokens.check(request.secret));
    claims.user_id = old.user_id;
    claims.epoch = old.epoch;
    claims.application_credential_id = old.application_credential_id;
    claims.project_id = old.application_credential_id.empty() ? "" : old.project_id;
    claims.expires_us = old.expires_us;  // a token never outlives the one it was made from
    claims.methods = old.methods;
    if (std::ranges::find(claims.methods, "token") == claims.methods.end()) claims.methods.emplace_back("token");
    co_return claims;
  }
  std::string stored;
  if (request.method == Method::password) {
    if (const auto* user = find_user(state, request.user)) {
      claims.user_id = user->id;
      claims.epoch = user->epoch;
      stored = user->password_hash;
    }
    claims.methods = {"password"};
  } else {
    if (const auto* credential = find_credential(state, request)) {
      const auto* owner = state.find<User>(credential->user_id);
      claims.user_id = credential->user_id;
      claims.epoch = owner == nullptr ? 0 : owner->epoch;
      claims.project_id = credential->project_id;
      claims.application_credential_id = credential->id;
      claims.expires_us = credential->expires_at.empty() ? 0 : from_stamp(credential->expires_at).value_or(1);
      stored = credential->secret_hash;
    }
    claims.methods = {"application_credential"};
  }
  const bool right = co_await passwords.verify(stored, request.secret);
  const auto* user = state.find<User>(claims.user_id);
  if (!right || user == nullptr || user->epoch != claims.epoch) co_return refused();
  co_return claims;
}

Result<std::string> choose_project(const State& state, const TokenClaims& claims, const LoginRequest& request) {
  using Scoped = LoginRequest::Scoped;
  if (!claims.application_credential_id.empty()) {
    // The credential has its project; asking for another (or, with the method itself, for any) is refused.
    if (request.scoped == Scoped::unasked) return claims.project_id;
    const auto* asked = request.scoped == Scoped::project ? find_project(state, request.project) : nullptr;
    if (asked == nullptr || asked->id != claims.project_id) return refused();
    return claims.project_id;
  }
  const auto* user = state.find<User>(claims.user_id);
  if (user == nullptr) return refused();
  switch (request.scoped) {
    case Scoped::unscoped:
      return std::string();
    case Scoped::unasked: {
      const bool usable = !granted_roles(state, user->id, user->default_project_id).empty();
      return usable ? user->default_project_id : std::string();
    }
    case Scoped::project: {
      const auto* project = find_project(state, request.project);
      if (project == nullptr) return refused();
      return project->id;
    }
    case Scoped::domain:
    case Scoped::system:
      return refused();  // nobody has roles there
  }
  std::unreachable();
}

json::Object show_domain(const State& state, std::string_view id) {
  const auto* domain = state.find<Domain>(id);
  return {{"id", id}, {"name", domain == nullptr ? "" : domain->name}};
}

}  // namespace

const User* find_user(const State& state, const NamedRef& ref) { return find_named<User>(state, ref); }
const Project* find_project(const State& state, const NamedRef& ref) { return find_named<Project>(state, ref); }

Result<LoginRequest> parse_login(const json::Object& auth) {
  LoginRequest request;
  FW_TRY(const auto* identity, required_object(auth, "identity", "auth"));
  FW_TRY_DO(parse_method(*identity, request));
  FW_TRY_DO(parse_scope(auth, request));
  return request;
}

Task<Result<Login>> log_in(ApiContext& context, Tokens& tokens, Passwords& passwords, LoginRequest request) {
  FW_CO_TRY(auto claims, co_await prove(context, tokens, passwords, request));
  FW_CO_TRY_DO(co_await tokens.maintain());
  // Nothing below waits: what was looked up stays true until the token is issued.
  const auto& state = context.ledger.state();
  FW_CO_TRY(claims.project_id, choose_project(state, claims, request));
  const auto now = stamp_us(context.env.clock.wall());
  if (claims.expires_us != 0 && claims.expires_us <= now) co_return refused();
  FW_CO_TRY_DO(tokens.caller_of(claims));
  Login login;
  login.token = tokens.issue(claims);
  login.claims = std::move(claims);
  co_return login;
}

json::Object show_token(const State& state, const TokenClaims& claims, std::string_view public_url,
                        bool with_catalog) {
  json::Array methods;
  for (const auto& method : claims.methods) methods.emplace_back(method);
  json::Object token{{"methods", std::move(methods)},
                     {"audit_ids", json::Array{claims.audit_id}},
                     {"issued_at", to_stamp(claims.issued_us)},
                     {"expires_at", to_stamp(claims.expires_us)}};
  if (const auto* user = state.find<User>(claims.user_id)) {
    token.emplace("user", json::Object{{"id", user->id},
                                       {"name", user->name},
                                       {"domain", show_domain(state, user->domain_id)},
                                       {"password_expires_at", nullptr}});
  }
  if (const auto* project = state.find<Project>(claims.project_id)) {
    token.emplace("is_domain", false);
    token.emplace("project", json::Object{{"id", project->id},
                                          {"name", project->name},
                                          {"domain", show_domain(state, project->domain_id)}});
    json::Array roles;
    for (const auto& role :
         granted_roles(state, claims.user_id, claims.project_id, claims.application_credential_id)) {
      roles.push_back(json::Object{{"id", role.id}, {"name", role.name}});
    }
    token.emplace("roles", std::move(roles));
    if (with_catalog) token.emplace("catalog", catalog(public_url));
  }
  if (const auto* credential = state.find<ApplicationCredential>(claims.application_credential_id)) {
    token.emplace(
        "application_credential",
        json::Object{{"id", credential->id}, {"name", credential->name}, {"restricted", !credential->unrestricted}});
  }
  return {{"token", std::move(token)}};
}

}  // namespace fairway::cloud::identity
