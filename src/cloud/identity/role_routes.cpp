// Roles, and who has which on what project.
#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/identity/body.h"
#include "cloud/identity/identity.h"
#include "cloud/identity/views.h"

namespace fairway::cloud::identity {
namespace {

Result<> check_role(const State& state, const Role& role) {
  FW_TRY_DO(check_name(role.name));
  for (const auto& [id, row] : state.table<Role>().rows()) {
    if (row.object->name == role.name && id != role.id) return duplicate("role", role.name);
  }
  return {};
}

Result<> fill_role(const json::Object& body, Role& role) {
  FW_TRY(const auto name, text_field(body, "name"));
  FW_TRY(const auto description, text_field(body, "description"));
  FW_TRY(const auto domain_id, text_field(body, "domain_id"));
  if (domain_id) return fail(Errc::unsupported, "Roles of a domain are not offered; leave domain_id out.");
  role.name = name.value_or(role.name);
  role.description = description.value_or(role.description);
  return {};
}

Task<Result<http::Response>> create_role(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "role"));
  FW_CO_TRY_DO(required_text(body, "name"));
  Role role{.id = make_hex_id(parts.context.env.random)};
  FW_CO_TRY_DO(fill_role(body, role));
  FW_CO_TRY(const auto made, co_await parts.context.ledger.change<Role>([&](Work& work) -> Result<Role> {
    FW_TRY_DO(check_role(work.state(), role));
    work.put(role);
    return role;
  }));
  co_return rooted(201, "role", show(made, parts.url()));
}

Task<Result<http::Response>> update_role(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "role"));
  const auto& id = call.parameter("id");
  FW_CO_TRY(const auto changed, co_await parts.context.ledger.change<Role>([&](Work& work) -> Result<Role> {
    const auto* found = work.find<Role>(id);
    if (found == nullptr) return not_found("role", id);
    auto role = *found;
    FW_TRY_DO(fill_role(body, role));
    FW_TRY_DO(check_role(work.state(), role));
    work.put(role);
    return role;
  }));
  co_return rooted(200, "role", show(changed, parts.url()));
}

Task<Result<http::Response>> delete_role(IdentityParts parts, Call& call) {
  const auto& id = call.parameter("id");
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    if (work.find<Role>(id) == nullptr) return not_found("role", id);
    std::vector<std::string> assignments;
    for (const auto* assignment : work.table<RoleAssignment>().find_by("role_id", id))
      assignments.push_back(assignment->id);
    for (auto& assignment : assignments) work.erase<RoleAssignment>(std::move(assignment));
    work.erase<Role>(id);
    return true;
  }));
  co_return http::Response::empty(204);
}

// ---- assignments

struct AssignmentPath {
  std::string project, user, role;
  [[nodiscard]] std::string id() const { return fmt::format("{}/{}/{}", user, project, role); }
};

AssignmentPath path_of(const Call& call) {
  return {call.parameter("project"), call.parameter("user"), call.parameter("role")};
}

Result<> check_path(const State& state, const AssignmentPath& path) {
  if (state.find<Project>(path.project) == nullptr) return not_found("project", path.project);
  if (state.find<User>(path.user) == nullptr) return not_found("user", path.user);
  if (state.find<Role>(path.role) == nullptr) return not_found("role", path.role);
  return {};
}

std::unexpected<Error> no_assignment(const AssignmentPath& path) {
  return fail(
      Errc::not_found,
      fmt::format("Could not find role assignment with role: {}, user or group: {}, project, domain, or system: {}.",
                  path.role, path.user, path.project));
}

Result<bool> put_assignment(Work& work, const AssignmentPath& path) {
  FW_TRY_DO(check_path(work.state(), path));
  if (work.find<RoleAssignment>(path.id()) == nullptr)
    work.put(RoleAssignment{path.id(), path.user, path.project, path.role});
  return true;
}

Task<Result<http::Response>> assign(IdentityParts parts, Call& call) {
  const auto path = path_of(call);
  FW_CO_TRY_DO(
      co_await parts.context.ledger.change<bool>([&path](Work& work) { return put_assignment(work, path); }));
  co_return http::Response::empty(204);
}

Result<bool> erase_assignment(Work& work, const AssignmentPath& path) {
  FW_TRY_DO(check_path(work.state(), path));
  if (work.find<RoleAssignment>(path.id()) == nullptr) return no_assignment(path);
  work.erase<RoleAssignment>(path.id());
  return true;
}

Task<Result<http::Response>> unassign(IdentityParts parts, Call& call) {
  const auto path = path_of(call);
  FW_CO_TRY_DO(
      co_await parts.context.ledger.change<bool>([&path](Work& work) { return erase_assignment(work, path); }));
  co_return http::Response::empty(204);
}

Result<http::Response> check_assignment(const IdentityParts& parts, const Call& call) {
  const auto path = path_of(call);
  FW_TRY_DO(check_path(parts.context.ledger.state(), path));
  if (parts.context.ledger.state().find<RoleAssignment>(path.id()) == nullptr) return no_assignment(path);
  return http::Response::empty(204);
}

Result<http::Response> list_roles_of_user(const IdentityParts& parts, const Call& call) {
  const auto& state = parts.context.ledger.state();
  const auto &project = call.parameter("project"), &user = call.parameter("user");
  std::vector<json::Object> shown;
  for (const auto* assignment : state.table<RoleAssignment>().find_by("user_id", user)) {
    const auto* role = assignment->project_id == project ? state.find<Role>(assignment->role_id) : nullptr;
    if (role != nullptr) shown.push_back(show(*role, parts.url()));
  }
  return keystone_list(call, "roles", std::move(shown), {"id", "name"},
                       fmt::format("{}/projects/{}/users/{}/roles", parts.url(), project, user));
}

bool flag(const Call& call, std::string_view name) {
  const auto value = call.request.query.find(name);
  return value && *value != "0" && to_lower(*value) != "false";
}

// With `effective`, a row for each implied role too.
void add_effective(const State& state, std::vector<RoleAssignment>& rows) {
  const std::vector<RoleAssignment> direct = rows;
  for (const auto& row : direct) {
    for (const auto& role : granted_roles(state, row.user_id, row.project_id)) {
      RoleAssignment implied{fmt::format("{}/{}/{}", row.user_id, row.project_id, role.id), row.user_id,
                             row.project_id, role.id};
      if (std::ranges::find(rows, implied.id, &RoleAssignment::id) == rows.end()) rows.push_back(std::move(implied));
    }
  }
}

Result<http::Response> list_assignments(const IdentityParts& parts, const Call& call) {
  const auto& state = parts.context.ledger.state();
  std::vector<RoleAssignment> rows;
  for (const auto& [id, row] : state.table<RoleAssignment>().rows()) rows.push_back(*row.object);
  if (flag(call, "effective")) add_effective(state, rows);
  const auto& query = call.request.query;
  const auto differs = [&](std::string_view filter, const std::string& value) {
    const auto wanted = query.find(filter);
    return wanted && *wanted != value;
  };
  // Assignments of groups, on domains and on the system do not exist here: asking for them finds nothing.
  const bool elsewhere = query.find("group.id") || query.find("scope.domain.id") || query.find("scope.system");
  std::vector<json::Object> shown;
  for (const auto& row : rows) {
    if (elsewhere || differs("user.id", row.user_id) || differs("role.id", row.role_id) ||
        differs("scope.project.id", row.project_id) || differs("project.id", row.project_id)) {
      continue;
    }
    shown.push_back(show(row, state, flag(call, "include_names"), parts.url()));
  }
  return keystone_list(call, "role_assignments", std::move(shown), {}, parts.url() + "/role_assignments");
}

Result<http::Response> no_such_scope(Call&) {
  return fail(Errc::unsupported, "Roles on domains, groups and the system are not offered; give them on a project.");
}

}  // namespace

void add_role_routes(Routes& routes, IdentityParts parts) {
  routes.add_plain("GET", "/v3/roles", "identity:read", [parts](Call& call) {
    std::vector<json::Object> shown;
    for (const auto& [id, row] : parts.context.ledger.state().table<Role>().rows())
      shown.push_back(show(*row.object, parts.url()));
    return keystone_list(call, "roles", std::move(shown), {"id", "name"}, parts.url() + "/roles");
  });
  routes.add_plain("GET", "/v3/roles/{id}", "identity:read", [parts](Call& call) -> Result<http::Response> {
    const auto* role = parts.context.ledger.state().find<Role>(call.parameter("id"));
    if (role == nullptr) return not_found("role", call.parameter("id"));
    return rooted(200, "role", show(*role, parts.url()));
  });
  routes.add("POST", "/v3/roles", "identity:write", [parts](Call& call) { return create_role(parts, call); });
  routes.add("PATCH", "/v3/roles/{id}", "identity:write", [parts](Call& call) { return update_role(parts, call); });
  routes.add("DELETE", "/v3/roles/{id}", "identity:write", [parts](Call& call) { return delete_role(parts, call); });
}

void add_assignment_routes(Routes& routes, IdentityParts parts) {
  constexpr std::string_view kOne = "/v3/projects/{project}/users/{user}/roles/{role}";
  routes.add("PUT", kOne, "identity:write", [parts](Call& call) { return assign(parts, call); });
  routes.add("DELETE", kOne, "identity:write", [parts](Call& call) { return unassign(parts, call); });
  routes.add_plain("GET", kOne, "identity:read", [parts](Call& call) { return check_assignment(parts, call); });
  routes.add_plain("HEAD", kOne, "identity:read", [parts](Call& call) { return check_assignment(parts, call); });
  routes.add_plain("GET", "/v3/projects/{project}/users/{user}/roles", "identity:read",
                   [parts](Call& call) { return list_roles_of_user(parts, call); });
  routes.add_plain("GET", "/v3/role_assignments", "identity:read",
                   [parts](Call& call) { return list_assignments(parts, call); });
  routes.add_plain("PUT", "/v3/domains/{domain}/users/{user}/roles/{role}", "identity:write", no_such_scope);
  routes.add_plain("PUT", "/v3/system/users/{user}/roles/{role}", "identity:write", no_such_scope);
}

}  // namespace fairway::cloud::identity
