#include "cloud/api/policy.h"

#include <algorithm>
#include <array>

namespace fairway::cloud {
namespace {

// A row's roles: any of them is enough. "*" is everybody with a token. The role admin is told by Caller::is_admin,
// and implied roles (admin > member > reader) are in the Caller already, so a row names the least role only.
struct Row {
  std::string_view action;
  std::array<std::string_view, 5> roles;
};

constexpr std::array kTable{
    // Identity: people see themselves; administrators see and change the rest.
    Row{"identity:own", {"*"}},
    Row{"identity:read", {"admin"}},
    Row{"identity:write", {"admin"}},
    Row{"identity:read_all", {"admin"}},

    Row{"network:read", {"reader", "member", "admin"}},
    Row{"network:write", {"member", "admin"}},
    Row{"network:read_all", {"admin"}},
    Row{"network:admin", {"admin"}},  // external, shared and provider networks, routers' external addresses, quotas

    Row{"load_balancer:read",
        {"reader", "member", "load-balancer_observer", "load-balancer_member", "load-balancer_global_observer"}},
    Row{"load_balancer:write", {"member", "load-balancer_member", "load-balancer_admin", "admin"}},
    Row{"load_balancer:read_all", {"load-balancer_global_observer", "load-balancer_admin", "admin"}},
    Row{"load_balancer:admin", {"load-balancer_admin", "admin"}},
    Row{"load_balancer:read_quota",
        {"reader", "member", "load-balancer_quota_admin", "load-balancer_observer", "load-balancer_member"}},
    Row{"load_balancer:write_quota", {"load-balancer_quota_admin", "load-balancer_admin", "admin"}},

    Row{"container_infra:read", {"reader", "member", "admin"}},
    Row{"container_infra:write", {"member", "admin"}},
    Row{"container_infra:read_all", {"admin"}},
    Row{"container_infra:admin", {"admin"}},  // quotas, public templates, services
};

bool holds(const Caller& caller, std::string_view role) {
  return role == "*" ? !caller.user_id.empty() : !role.empty() && caller.has_role(role);
}

}  // namespace

bool allowed(const Caller& caller, std::string_view action) {
  const auto row = std::ranges::find(kTable, action, &Row::action);
  if (row == kTable.end()) return false;
  return (caller.is_admin && !caller.user_id.empty()) ||
         std::ranges::any_of(row->roles, [&](auto role) { return holds(caller, role); });
}

Scope scope_for(const Caller& caller, std::string_view read_all) {
  return {.all = allowed(caller, read_all), .project_id = caller.project_id};
}

}  // namespace fairway::cloud
