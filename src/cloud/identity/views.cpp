#include "cloud/identity/views.h"

#include <fmt/format.h>

namespace fairway::cloud::identity {
namespace {

json::Object self_link(std::string_view url, std::string_view collection, std::string_view id) {
  return {{"self", fmt::format("{}/{}/{}", url, collection, id)}};
}

json::Array texts(const std::vector<std::string>& items) {
  json::Array array;
  for (const auto& item : items) array.emplace_back(item);
  return array;
}

json::Value or_null(const std::string& text) { return text.empty() ? json::Value(nullptr) : json::Value(text); }

template <class T>
std::string name_of(const State& state, std::string_view id) {
  const auto* object = state.find<T>(id);
  return object == nullptr ? std::string() : object->name;
}

json::Object with_domain(const State& state, std::string_view id, const std::string& name,
                         std::string_view domain_id) {
  return {{"id", id},
          {"name", name},
          {"domain", json::Object{{"id", domain_id}, {"name", name_of<Domain>(state, domain_id)}}}};
}

}  // namespace

json::Object show(const Domain& domain, std::string_view url) {
  return {{"id", domain.id},
          {"name", domain.name},
          {"description", domain.description},
          {"enabled", domain.enabled},
          {"tags", json::Array{}},
          {"options", json::Object{}},
          {"links", self_link(url, "domains", domain.id)}};
}

json::Object show(const Project& project, std::string_view url) {
  return {{"id", project.id},
          {"name", project.name},
          {"domain_id", project.domain_id},
          {"description", project.description},
          {"enabled", project.enabled},
          {"parent_id", project.domain_id},
          {"is_domain", false},
          {"tags", texts(project.tags)},
          {"options", json::Object{}},
          {"links", self_link(url, "projects", project.id)}};
}

json::Object show(const User& user, std::string_view url) {
  json::Object shown{{"id", user.id},
                     {"name", user.name},
                     {"domain_id", user.domain_id},
                     {"enabled", user.enabled},
                     {"password_expires_at", nullptr},
                     {"options", json::Object{}},
                     {"links", self_link(url, "users", user.id)}};
  if (!user.default_project_id.empty()) shown.emplace("default_project_id", user.default_project_id);
  if (!user.description.empty()) shown.emplace("description", user.description);
  if (!user.email.empty()) shown.emplace("email", user.email);
  return shown;
}

json::Object show(const Role& role, std::string_view url) {
  return {{"id", role.id},
          {"name", role.name},
          {"domain_id", nullptr},
          {"description", or_null(role.description)},
          {"options", json::Object{}},
          {"links", self_link(url, "roles", role.id)}};
}

json::Object show(const ApplicationCredential& credential, const State& state, std::string_view url) {
  json::Array roles;
  for (const auto& id : credential.role_ids) {
    roles.push_back(json::Object{{"id", id}, {"name", name_of<Role>(state, id)}, {"domain_id", nullptr}});
  }
  return {
      {"id", credential.id},
      {"name", credential.name},
      {"description", or_null(credential.description)},
      {"user_id", credential.user_id},
      {"project_id", credential.project_id},
      {"system", nullptr},
      {"roles", std::move(roles)},
      {"expires_at", or_null(credential.expires_at)},
      {"unrestricted", credential.unrestricted},
      {"links", self_link(url, fmt::format("users/{}/application_credentials", credential.user_id), credential.id)}};
}

json::Object show(const RoleAssignment& assignment, const State& state, bool include_names, std::string_view url) {
  json::Object role{{"id", assignment.role_id}}, user{{"id", assignment.user_id}},
      project{{"id", assignment.project_id}};
  if (include_names) {
    role = {{"id", assignment.role_id}, {"name", name_of<Role>(state, assignment.role_id)}};
    if (const auto* found = state.find<User>(assignment.user_id))
      user = with_domain(state, found->id, found->name, found->domain_id);
    if (const auto* found = state.find<Project>(assignment.project_id)) {
      project = with_domain(state, found->id, found->name, found->domain_id);
    }
  }
  const auto link = fmt::format("{}/projects/{}/users/{}/roles/{}", url, assignment.project_id, assignment.user_id,
                                assignment.role_id);
  return {{"role", std::move(role)},
          {"user", std::move(user)},
          {"scope", json::Object{{"project", std::move(project)}}},
          {"links", json::Object{{"assignment", link}}}};
}

}  // namespace fairway::cloud::identity
