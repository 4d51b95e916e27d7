// One node in the Kubernetes API: the Node object, its status, its Lease.
#pragma once

#include "kube/client.h"
#include "lab/hosts.h"
#include "runtime/env.h"

namespace fairway::lab {

constexpr const char* kLeaseNamespace = "kube-node-lease";

// The Node as it is registered: labels, providerID, pod CIDR, and the taint that keeps pods off the control plane.
// Pure.
[[nodiscard]] json::Value node_object(const Node& node);
// Its status: addresses, capacity, conditions, nodeInfo, the kubelet's port where there is one. Conditions keep their lastTransitionTime from `before`.
// Pure.
[[nodiscard]] json::Value node_status(const Node& node, const json::Value& before, const std::string& now);

class NodeAgent {
 public:
  // All outlive this.
  NodeAgent(Env& env, kube::Client& kube, const Node& node, Duration heartbeat)
      : env_(env), kube_(kube), node_(node), heartbeat_(heartbeat) {}

  // Registers the node (again, if somebody deleted it) and says that it is ready. Errors are the API's.
  Task<Result<>> register_node();
  // Keeps the Lease and, every fifth time, the status; until cancelled.
  Task<> run();

 private:
  Task<Result<>> renew_lease();
  Task<Result<>> take_over(json::Value existing);

  Env& env_;
  kube::Client& kube_;
  const Node& node_;
  Duration heartbeat_;
};

}  // namespace fairway::lab
