// Users and their passwords.
#include <fmt/format.h>

#include "cloud/api/policy.h"
#include "cloud/identity/body.h"
#include "cloud/identity/identity.h"
#include "cloud/identity/views.h"

namespace fairway::cloud::identity {
namespace {

constexpr std::string_view kDefaultDomain = "default";
constexpr std::size_t kMaxPassword = 4096;

Result<> check_user(const State& state, const User& user) {
  FW_TRY_DO(check_name(user.name));
  if (state.find<Domain>(user.domain_id) == nullptr) return not_found("domain", user.domain_id);
  for (const auto* other : state.table<User>().find_by("name", user.name)) {
    if (other->domain_id == user.domain_id && other->id != user.id) return duplicate("user", user.name);
  }
  return {};
}

struct UserChange {
  std::optional<std::string> name, description, email, default_project_id, password;
  std::optional<bool> enabled;
};

Result<UserChange> read_change(const json::Object& body) {
  UserChange change;
  FW_TRY(change.name, text_field(body, "name"));
  FW_TRY(change.description, text_field(body, "description"));
  FW_TRY(change.email, text_field(body, "email"));
  FW_TRY(change.default_project_id, text_field(body, "default_project_id"));
  FW_TRY(change.password, text_field(body, "password"));
  FW_TRY(change.enabled, bool_field(body, "enabled"));
  if (change.password && change.password->size() > kMaxPassword) {
    return fail(Errc::invalid,
                fmt::format("Invalid input for field 'password': it is too long ({} bytes at most)", kMaxPassword));
  }
  return change;
}

// `hash`: of change.password, where there is one.
void apply(const UserChange& change, const std::string& hash, User& user) {
  user.name = change.name.value_or(user.name);
  user.description = change.description.value_or(user.description);
  user.email = change.email.value_or(user.email);
  user.default_project_id = change.default_project_id.value_or(user.default_project_id);
  const bool disabled = user.enabled && !change.enabled.value_or(true);
  user.enabled = change.enabled.value_or(user.enabled);
  if (change.password) user.password_hash = hash;
  if (change.password || disabled) ++user.epoch;
}

Task<std::string> hash_of(IdentityParts parts, std::optional<std::string> password) {
  if (!password) co_return std::string();
  auto hash = co_await parts.passwords.hash(*std::move(password));
  co_return hash;
}

Task<Result<http::Response>> create_user(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "user"));
  FW_CO_TRY_DO(required_text(body, "name"));
  FW_CO_TRY(const auto change, read_change(body));
  FW_CO_TRY(const auto domain_id, text_field(body, "domain_id"));
  const auto hash = co_await hash_of(parts, change.password);
  User user{.id = make_hex_id(parts.context.env.random),
            .domain_id = domain_id.value_or(std::string(kDefaultDomain))};
  apply(change, hash, user);
  FW_CO_TRY(const auto made, co_await parts.context.ledger.change<User>([&](Work& work) -> Result<User> {
    FW_TRY_DO(check_user(work.state(), user));
    work.put(user);
    return user;
  }));
  co_return rooted(201, "user", show(made, parts.url()));
}

Task<Result<http::Response>> update_user(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "user"));
  FW_CO_TRY(const auto change, read_change(body));
  const auto& id = call.parameter("id");
  const auto hash = co_await hash_of(parts, change.password);
  FW_CO_TRY(const auto changed, co_await parts.context.ledger.change<User>([&](Work& work) -> Result<User> {
    const auto* found = work.find<User>(id);
    if (found == nullptr) return not_found("user", id);
    auto user = *found;
    apply(change, hash, user);
    FW_TRY_DO(check_user(work.state(), user));
    work.put(user);
    return user;
  }));
  co_return rooted(200, "user", show(changed, parts.url()));
}

// People change their own password by proving the old one.
Task<Result<http::Response>> change_password(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "user"));
  FW_CO_TRY(const auto original, required_text(body, "original_password"));
  FW_CO_TRY(const auto password, required_text(body, "password"));
  const auto& id = call.parameter("id");
  const auto* found = parts.context.ledger.state().find<User>(id);
  if (id != call.caller.user_id || found == nullptr) {
    co_return fail(Errc::denied, "You are not authorized to perform the requested action: identity:change_password.");
  }
  const std::string stored = found->password_hash;
  const bool right = co_await parts.passwords.verify(stored, original);
  if (!right) co_return fail(Errc::unauthenticated, "The request you have made requires authentication.");
  const auto hash = co_await hash_of(parts, password);
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    const auto* now = work.find<User>(id);
    if (now == nullptr || now->password_hash != stored)
      return fail(Errc::conflict, "The password was changed by somebody else meanwhile.");
    auto user = *now;
    user.password_hash = hash;
    ++user.epoch;
    work.put(user);
    return true;
  }));
  co_return http::Response::empty(204);
}

Task<Result<http::Response>> delete_user(IdentityParts parts, Call& call) {
  const auto& id = call.parameter("id");
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    if (work.find<User>(id) == nullptr) return not_found("user", id);
    std::vector<std::string> assignments, credentials;
    for (const auto* assignment : work.table<RoleAssignment>().find_by("user_id", id))
      assignments.push_back(assignment->id);
    for (const auto* credential : work.table<ApplicationCredential>().find_by("user_id", id))
      credentials.push_back(credential->id);
    for (auto& assignment : assignments) work.erase<RoleAssignment>(std::move(assignment));
    for (auto& credential : credentials) work.erase<ApplicationCredential>(std::move(credential));
    work.erase<User>(id);
    return true;
  }));
  co_return http::Response::empty(204);
}

Result<http::Response> show_user(const IdentityParts& parts, const Call& call) {
  const auto& id = call.parameter("id");
  if (id != call.caller.user_id && !allowed(call.caller, "identity:read_all")) {
    return fail(Errc::denied, "You are not authorized to perform the requested action: identity:get_user.");
  }
  const auto* user = parts.context.ledger.state().find<User>(id);
  if (user == nullptr) return not_found("user", id);
  return rooted(200, "user", show(*user, parts.url()));
}

}  // namespace

void add_user_routes(Routes& routes, IdentityParts parts) {
  routes.add_plain("GET", "/v3/users", "identity:read", [parts](Call& call) {
    std::vector<json::Object> shown;
    for (const auto& [id, row] : parts.context.ledger.state().table<User>().rows())
      shown.push_back(show(*row.object, parts.url()));
    return keystone_list(call, "users", std::move(shown), {"id", "name", "domain_id", "enabled"},
                         parts.url() + "/users");
  });
  routes.add_plain("GET", "/v3/users/{id}", "identity:own", [parts](Call& call) { return show_user(parts, call); });
  routes.add("POST", "/v3/users", "identity:write", [parts](Call& call) { return create_user(parts, call); });
  routes.add("PATCH", "/v3/users/{id}", "identity:write", [parts](Call& call) { return update_user(parts, call); });
  routes.add("DELETE", "/v3/users/{id}", "identity:write", [parts](Call& call) { return delete_user(parts, call); });
  routes.add("POST", "/v3/users/{id}/password", "identity:own",
             [parts](Call& call) { return change_password(parts, call); });
  // Groups are not offered; clients that ask for them first see that there are none.
  routes.add_plain("GET", "/v3/groups", "identity:read",
                   [parts](Call& call) { return keystone_list(call, "groups", {}, {}, parts.url() + "/groups"); });
}

}  // namespace fairway::cloud::identity
