// A node's way out of the cluster: load balancers are told, its pods end with their grace, and the API forgets it.
// What is on the machine and in the cloud then goes with remove_host() (lab/hosts.h).
#pragma once

#include "kube/client.h"
#include "kube/reflector.h"
#include "lab/kubelet.h"
#include "runtime/env.h"

namespace fairway::lab {

struct NodeRemoval {
  Env& env;
  kube::Client& kube;
  const kube::Reflector& pods;
  const Kubelet& kubelet;
  Duration linger;  // between telling load balancers and the end, at least
};

// Cordons the node, takes it from load balancers, deletes its pods and waits until the last process has ended. Tries
// again for as long as the API is away. What `removal` refers to outlives the task.
Task<> empty_node(NodeRemoval removal, std::string node);

// Takes Lease and Node from the API. Errors are the API's; what is gone already is none.
Task<Result<>> remove_node_objects(kube::Client& kube, std::string node);

}  // namespace fairway::lab
