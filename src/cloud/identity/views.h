// Identity's objects as Keystone shows them. `url` is ".../identity/v3".
#pragma once

#include <string_view>

#include "cloud/model/identity.h"
#include "cloud/model/state.h"
#include "json/value.h"

namespace fairway::cloud::identity {

[[nodiscard]] json::Object show(const Domain& domain, std::string_view url);
[[nodiscard]] json::Object show(const Project& project, std::string_view url);
[[nodiscard]] json::Object show(const User& user, std::string_view url);
[[nodiscard]] json::Object show(const Role& role, std::string_view url);
// Without the secret: that is in the answer to the create only.
[[nodiscard]] json::Object show(const ApplicationCredential& credential, const State& state, std::string_view url);
[[nodiscard]] json::Object show(const RoleAssignment& assignment, const State& state, bool include_names,
                                std::string_view url);

}  // namespace fairway::cloud::identity
