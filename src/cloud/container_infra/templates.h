// Cluster templates: what their two views, clustertemplates and baymodels, share.
#pragma once

#include "cloud/container_infra/parts.h"
#include "json/value.h"

namespace fairway::cloud::container_infra {

// From a body that template_rules() have checked. Errors: those of check_template(), denied (public, hidden).
Task<Result<ClusterTemplate>> make_template(InfraParts parts, Caller caller, json::Object checked);

// The one that the path names, which the caller may change. Errors: not_found, denied.
[[nodiscard]] Result<const ClusterTemplate*> find_own_template(const State& state, const Call& call);

// PATCH and DELETE of that one. Errors: those, and invalid (the patch; clusters were made from it).
Task<Result<ClusterTemplate>> change_template(InfraParts parts, Call& call);
Task<Result<>> delete_template(InfraParts parts, Call& call);

// Error: denied.
[[nodiscard]] Result<> check_may_publish(const Caller& caller);

}  // namespace fairway::cloud::container_infra
