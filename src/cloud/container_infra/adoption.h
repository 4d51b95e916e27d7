// Clusters that are there already and run by somebody else. Magnum knows their state, ADOPT_COMPLETE, and no request
// for it; here it is
//
//   POST /v1/clusters/adopt {"name": …, "fixed_network": …, "fixed_subnet": …, "external_network_id": …, "labels": …}
//
// 202 {"uuid": …}, as for a cluster that is made, and its opposite, which is a delete that refuses any other cluster:
//
//   POST /v1/clusters/{cluster}/actions/release
//
// 202 {"uuid": …}. The kubeconfig by which the cluster is reached is a secret between
// the person and the driver (fairway cluster adopt) and never comes here.
#pragma once

#include "cloud/container_infra/parts.h"

namespace fairway::cloud::container_infra {

// The cluster, its groups, its credential, and a template that goes with it, since every cluster has one: one change of
// the ledger. From a body that adoption_rules() have checked. Errors: invalid (a network, a label), unsupported (no
// driver), exhausted (the quota), denied.
Task<Result<Cluster>> adopt_cluster(InfraParts parts, Caller caller, json::Object checked);

// Error: unsupported: the cluster's certificates are not ours to give.
[[nodiscard]] Result<> check_has_authority(const Cluster& cluster);

}  // namespace fairway::cloud::container_infra
