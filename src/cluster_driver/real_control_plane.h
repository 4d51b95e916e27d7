// A real control plane on a cluster's master: which programs, and how they are started. Kubernetes 1.36; the flags are
// those of https://kubernetes.io/docs/reference/command-line-tools-reference/. All three stand in the master's
// namespace, on the cluster's etcd.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "cluster_driver/master_files.h"

namespace fairway::cluster_driver {

// The programs for a cluster with the label control_plane=real, by absolute paths; empty for any other cluster. They are
// kube-apiserver, kube-controller-manager and kube-scheduler in `folder`, or the same without "kube-". Errors, with the
// remedy: unsupported (no folder is configured, a cluster without TLS), not_found (the folder lacks one).
[[nodiscard]] Result<RealControlPlane> real_control_plane(const cluster_link::ClusterWish& wish,
                                                          const std::string& folder);

// What signs the tokens of service accounts, <folder>/service-accounts.key, and what they are checked by, its .crt: made
// once, so that tokens stay good when certificates are made anew.
[[nodiscard]] Result<> ensure_account_key(const std::string& folder, const Clock& clock);

[[nodiscard]] std::vector<std::string> api_server_arguments(const MasterPlan& plan);
[[nodiscard]] std::vector<std::string> controller_manager_arguments(const MasterPlan& plan);
[[nodiscard]] std::vector<std::string> scheduler_arguments(const MasterPlan& plan);

}  // namespace fairway::cluster_driver
