// Clusters: what their views (clusters, bays), their actions and their node groups share.
#pragma once

#include <string>
#include <vector>

#include "cloud/container_infra/parts.h"
#include "json/value.h"

namespace fairway::cloud::container_infra {

// From a body that cluster_rules() have checked. The cluster, its two node groups and its credential are one change of
// the ledger. Errors: invalid, unsupported, denied, not_found (the template), exhausted (the quota).
Task<Result<Cluster>> make_cluster(InfraParts parts, Caller caller, json::Object checked, std::int64_t minor);

// Deleting again what is being deleted, or failed to be, begins anew. Error: not_found.
Task<Result<>> delete_cluster(InfraParts parts, Caller caller, std::string ident);

inline constexpr std::int64_t kDefaultClusters = 20;  // a project's, without a quota of its own

// How many nodes a group shall have.
struct Resize {
  std::int64_t node_count = 1;
  std::string node_group;                // name or id; empty: the workers that the cluster began with
  std::vector<std::string> nodes_first;  // that go first when the group shrinks
};
// Errors: not_found, invalid (out of the group's bounds), unsupported (the status, the master).
Task<Result<Cluster>> resize_cluster(InfraParts parts, Caller caller, std::string ident, Resize wanted);

// From a JSON patch, which may replace node_count. Error: invalid.
[[nodiscard]] Result<Resize> read_cluster_update(std::string_view body);

// ---- what making and adopting clusters share

// What stands in a host's name: lower case letters, digits and dashes; the last twelve are random.
[[nodiscard]] std::string make_stack_name(const std::string& name, Random& random);
// One of the two groups that a cluster begins with.
[[nodiscard]] NodeGroup default_group(const Cluster& cluster, const ClusterTemplate& from, std::string_view role,
                                      Env& env);
// Error: exhausted.
[[nodiscard]] Result<> check_quota(const State& state, const std::string& project_id);
// Error: unsupported, when no driver is configured.
[[nodiscard]] Result<> check_driver(const Drivers& drivers);

// Error: unsupported: 0 nodes before microversion 1.10.
[[nodiscard]] Result<> check_zero_nodes(std::int64_t node_count, std::int64_t minor);

}  // namespace fairway::cloud::container_infra
