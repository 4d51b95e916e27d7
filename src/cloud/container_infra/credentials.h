// The credential that a cluster's own components log in with: an application credential of the cluster's user on its
// project, made by the cloud itself, without anybody's password. It holds no administrator's role and cannot make others.
#pragma once

#include <string>

#include "cloud/api/caller.h"
#include "cloud/container_infra/parts.h"
#include "cloud/model/identity.h"

namespace fairway::cloud::container_infra {

struct ClusterCredential {
  ApplicationCredential row;  // to put in the change that puts the cluster
  std::string secret;
};

// Of the caller, on `project_id`. A caller who came with a restricted application credential gets one as well: the
// cloud makes it, they never see it. Errors: denied (no role on the project).
Task<Result<ClusterCredential>> make_credential(InfraParts parts, Caller caller, std::string project_id,
                                                std::string cluster_id);

// Gives it to the cluster, in place of the one that it has. The caller puts the cluster.
void use_credential(Work& work, Cluster& cluster, const ClusterCredential& fresh);

// May components still log in with it: the row, its user and a role are there.
[[nodiscard]] bool credential_works(const State& state, const Cluster& cluster);

}  // namespace fairway::cloud::container_infra
