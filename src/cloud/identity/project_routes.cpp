// Domains and projects.
#include <algorithm>

#include <fmt/format.h>

#include "cloud/api/policy.h"
#include "cloud/identity/body.h"
#include "cloud/identity/identity.h"
#include "cloud/identity/views.h"

namespace fairway::cloud::identity {
namespace {

constexpr std::string_view kDefaultDomain = "default";

template <class T>
void erase_all_of(Work& work, std::string_view index, std::string_view value) {
  std::vector<std::string> ids;
  for (const auto* object : work.table<T>().find_by(index, value)) ids.push_back(object->id);
  for (auto& id : ids) work.erase<T>(std::move(id));
}

// ---- domains

Result<> check_domain_name(const State& state, const Domain& domain) {
  FW_TRY_DO(check_name(domain.name));
  for (const auto& [id, row] : state.table<Domain>().rows()) {
    if (row.object->name == domain.name && id != domain.id) return duplicate("domain", domain.name);
  }
  return {};
}

Result<> fill_domain(const json::Object& body, Domain& domain) {
  FW_TRY(const auto name, text_field(body, "name"));
  FW_TRY(const auto description, text_field(body, "description"));
  FW_TRY(const auto enabled, bool_field(body, "enabled"));
  domain.name = name.value_or(domain.name);
  domain.description = description.value_or(domain.description);
  domain.enabled = enabled.value_or(domain.enabled);
  return {};
}

Task<Result<http::Response>> create_domain(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "domain"));
  Domain domain{.id = make_hex_id(parts.context.env.random)};
  FW_CO_TRY_DO(required_text(body, "name"));
  FW_CO_TRY_DO(fill_domain(body, domain));
  FW_CO_TRY(const auto made, co_await parts.context.ledger.change<Domain>([&](Work& work) -> Result<Domain> {
    FW_TRY_DO(check_domain_name(work.state(), domain));
    work.put(domain);
    return domain;
  }));
  co_return rooted(201, "domain", show(made, parts.url()));
}

Task<Result<http::Response>> update_domain(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "domain"));
  const auto& id = call.parameter("id");
  FW_CO_TRY(const auto changed, co_await parts.context.ledger.change<Domain>([&](Work& work) -> Result<Domain> {
    const auto* found = work.find<Domain>(id);
    if (found == nullptr) return not_found("domain", id);
    auto domain = *found;
    FW_TRY_DO(fill_domain(body, domain));
    FW_TRY_DO(check_domain_name(work.state(), domain));
    if (id == kDefaultDomain && !domain.enabled)
      return fail(Errc::denied, "The default domain cannot be disabled: this cloud lives in it.");
    work.put(domain);
    return domain;
  }));
  co_return rooted(200, "domain", show(changed, parts.url()));
}

Result<bool> erase_domain(Work& work, const std::string& id) {
  const auto* domain = work.find<Domain>(id);
  if (domain == nullptr) return not_found("domain", id);
  if (domain->enabled) return fail(Errc::denied, "Cannot delete a domain that is enabled, please disable it first.");
  const auto inside = [&](const auto& row) { return row.second.object->domain_id == id; };
  if (std::ranges::any_of(work.table<Project>().rows(), inside) ||
      std::ranges::any_of(work.table<User>().rows(), inside)) {
    return fail(Errc::denied, "Cannot delete a domain that still has projects or users; delete those first.");
  }
  work.erase<Domain>(id);
  return true;
}

Task<Result<http::Response>> delete_domain(IdentityParts parts, Call& call) {
  const auto& id = call.parameter("id");
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&id](Work& work) { return erase_domain(work, id); }));
  co_return http::Response::empty(204);
}

// ---- projects

Result<> check_project(const State& state, const Project& project) {
  FW_TRY_DO(check_name(project.name));
  if (state.find<Domain>(project.domain_id) == nullptr) return not_found("domain", project.domain_id);
  for (const auto* other : state.table<Project>().find_by("name", project.name)) {
    if (other->domain_id == project.domain_id && other->id != project.id) return duplicate("project", project.name);
  }
  return {};
}

Result<> fill_project(const json::Object& body, Project& project) {
  FW_TRY(const auto name, text_field(body, "name"));
  FW_TRY(const auto description, text_field(body, "description"));
  FW_TRY(const auto enabled, bool_field(body, "enabled"));
  FW_TRY(const auto is_domain, bool_field(body, "is_domain"));
  if (is_domain.value_or(false))
    return fail(Errc::unsupported, "Projects that act as domains are not offered; create a domain.");
  project.name = name.value_or(project.name);
  project.description = description.value_or(project.description);
  project.enabled = enabled.value_or(project.enabled);
  if (const auto* tags = body.if_contains("tags"); tags != nullptr && tags->is_array()) {
    project.tags.clear();
    for (const auto& tag : tags->get_array()) {
      if (!tag.is_string()) return fail(Errc::invalid, "Invalid input for field 'tags': a tag is a string");
      project.tags.emplace_back(tag.get_string());
    }
  }
  return {};
}

Task<Result<http::Response>> create_project(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "project"));
  FW_CO_TRY_DO(required_text(body, "name"));
  FW_CO_TRY(const auto domain_id, text_field(body, "domain_id"));
  FW_CO_TRY(const auto parent_id, text_field(body, "parent_id"));
  Project project{.id = make_hex_id(parts.context.env.random),
                  .domain_id = domain_id.value_or(std::string(kDefaultDomain))};
  if (parent_id && *parent_id != project.domain_id) {
    co_return fail(Errc::unsupported, "Projects within projects are not offered; leave parent_id out.");
  }
  FW_CO_TRY_DO(fill_project(body, project));
  FW_CO_TRY(const auto made, co_await parts.context.ledger.change<Project>([&](Work& work) -> Result<Project> {
    FW_TRY_DO(check_project(work.state(), project));
    work.put(project);
    return project;
  }));
  co_return rooted(201, "project", show(made, parts.url()));
}

Task<Result<http::Response>> update_project(IdentityParts parts, Call& call) {
  FW_CO_TRY(const auto body, read_keystone_body(call.request, "project"));
  const auto& id = call.parameter("id");
  FW_CO_TRY(const auto changed, co_await parts.context.ledger.change<Project>([&](Work& work) -> Result<Project> {
    const auto* found = work.find<Project>(id);
    if (found == nullptr) return not_found("project", id);
    auto project = *found;
    FW_TRY_DO(fill_project(body, project));
    FW_TRY_DO(check_project(work.state(), project));
    work.put(project);
    return project;
  }));
  co_return rooted(200, "project", show(changed, parts.url()));
}

Task<Result<http::Response>> delete_project(IdentityParts parts, Call& call) {
  const auto& id = call.parameter("id");
  FW_CO_TRY_DO(co_await parts.context.ledger.change<bool>([&](Work& work) -> Result<bool> {
    if (work.find<Project>(id) == nullptr) return not_found("project", id);
    erase_all_of<RoleAssignment>(work, "project_id", id);
    erase_all_of<ApplicationCredential>(work, "project_id", id);
    work.erase<Project>(id);
    return true;
  }));
  co_return http::Response::empty(204);
}

Result<http::Response> show_project(const IdentityParts& parts, const Call& call) {
  const auto& state = parts.context.ledger.state();
  const auto& id = call.parameter("id");
  const auto* project = state.find<Project>(id);
  const bool own = project != nullptr && !granted_roles(state, call.caller.user_id, id).empty();
  if (!own && !allowed(call.caller, "identity:read_all")) {
    return fail(Errc::denied, "You are not authorized to perform the requested action: identity:get_project.");
  }
  if (project == nullptr) return not_found("project", id);
  return rooted(200, "project", show(*project, parts.url()));
}

template <class T>
std::vector<json::Object> show_all(const IdentityParts& parts) {
  std::vector<json::Object> shown;
  for (const auto& [id, row] : parts.context.ledger.state().table<T>().rows())
    shown.push_back(show(*row.object, parts.url()));
  return shown;
}

}  // namespace

void add_domain_routes(Routes& routes, IdentityParts parts) {
  routes.add_plain("GET", "/v3/domains", "identity:read", [parts](Call& call) {
    return keystone_list(call, "domains", show_all<Domain>(parts), {"id", "name", "enabled"},
                         parts.url() + "/domains");
  });
  routes.add_plain("GET", "/v3/domains/{id}", "identity:read", [parts](Call& call) -> Result<http::Response> {
    const auto* domain = parts.context.ledger.state().find<Domain>(call.parameter("id"));
    if (domain == nullptr) return not_found("domain", call.parameter("id"));
    return rooted(200, "domain", show(*domain, parts.url()));
  });
  routes.add("POST", "/v3/domains", "identity:write", [parts](Call& call) { return create_domain(parts, call); });
  routes.add("PATCH", "/v3/domains/{id}", "identity:write",
             [parts](Call& call) { return update_domain(parts, call); });
  routes.add("DELETE", "/v3/domains/{id}", "identity:write",
             [parts](Call& call) { return delete_domain(parts, call); });
}

void add_project_routes(Routes& routes, IdentityParts parts) {
  routes.add_plain("GET", "/v3/projects", "identity:read", [parts](Call& call) {
    return keystone_list(call, "projects", show_all<Project>(parts),
                         {"id", "name", "domain_id", "enabled", "parent_id"}, parts.url() + "/projects");
  });
  routes.add_plain("GET", "/v3/projects/{id}", "identity:own",
                   [parts](Call& call) { return show_project(parts, call); });
  routes.add("POST", "/v3/projects", "identity:write", [parts](Call& call) { return create_project(parts, call); });
  routes.add("PATCH", "/v3/projects/{id}", "identity:write",
             [parts](Call& call) { return update_project(parts, call); });
  routes.add("DELETE", "/v3/projects/{id}", "identity:write",
             [parts](Call& call) { return delete_project(parts, call); });
}

}  // namespace fairway::cloud::identity
