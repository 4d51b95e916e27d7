// Who may do what: one table from action to roles, default deny. An action that the table does not list is nobody's.
#pragma once

#include <string_view>

#include "cloud/api/caller.h"

namespace fairway::cloud {

// action: "network:write", "load_balancer:read_all", … (policy.cpp has the table).
[[nodiscard]] bool allowed(const Caller& caller, std::string_view action);

// All projects for whom `read_all` allows, else the caller's own.
[[nodiscard]] Scope scope_for(const Caller& caller, std::string_view read_all);

}  // namespace fairway::cloud
