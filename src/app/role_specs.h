// One description for each role; each stands in a file of its own, with what it wires.
#pragma once

#include "app/role.h"

namespace fairway::app {

[[nodiscard]] RoleSpec cloud_role();
[[nodiscard]] RoleSpec kube_api_role();
[[nodiscard]] RoleSpec gateway_role();
[[nodiscard]] RoleSpec controller_role();
[[nodiscard]] RoleSpec lab_role();

}  // namespace fairway::app
