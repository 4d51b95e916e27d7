// One description for each role; each stands in a file of its own, with what it wires.
#pragma once

#include "app/role.h"

namespace fairway::app {

[[nodiscard]] RoleSpec controller_role();
[[nodiscard]] RoleSpec lab_role();

}  // namespace fairway::app
