// What the oldest endpoints of this API need of a cluster's own API: pods, services and replication controllers are
// made from manifests, shown and deleted. The program wires in who does it; the cloud itself speaks no Kubernetes.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "runtime/task.h"

namespace fairway::cloud::container_infra {

// Where a cluster's API is, and who we are to it: a certificate that the cloud has issued for this one call.
struct ClusterEndpoint {
  std::string api_address, ca_pem, certificate_pem, key_pem;
};

enum class Workload { pod, service, replication_controller };

// Errors: those of the cluster's API; unavailable, when it does not answer. Threads: the loop's.
class KubernetesAccess {
 public:
  virtual ~KubernetesAccess() = default;
  // `manifest`: YAML or JSON, one object of this kind. Error: invalid (no manifest, another kind).
  virtual Task<Result<json::Value>> create(ClusterEndpoint endpoint, Workload kind, std::string manifest) = 0;
  // Of all namespaces.
  virtual Task<Result<std::vector<json::Value>>> list(ClusterEndpoint endpoint, Workload kind) = 0;
  // `object`: as list() gave it.
  virtual Task<Result<>> remove(ClusterEndpoint endpoint, Workload kind, json::Value object) = 0;
};

}  // namespace fairway::cloud::container_infra
