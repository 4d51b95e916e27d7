// Security groups as objects: kept, shown and checked, so that clients work. The data plane does not filter by them;
// what a load balancer lets in is its listeners' allowed_cidrs.
#pragma once

#include <string_view>

#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud {

// The project's group "default", made when it is not there yet. Good until the work's next change of a group.
const SecurityGroup& ensure_default_group(Work& work, Env& env, std::string_view project_id);
[[nodiscard]] const SecurityGroup* find_default_group(const State& state, std::string_view project_id);

// A new group with the rules that let everything out (and, for the default group, its own members in).
[[nodiscard]] SecurityGroup new_security_group(Env& env, std::string_view project_id, std::string_view name,
                                               std::string_view description);

}  // namespace fairway::cloud
