// The lab: a cluster like a Magnum bay's, in network namespaces on this machine. It uses only APIs: Neutron for the
// networks and its nodes' ports, Kubernetes for everything else.
//
// Hosts, pods and the rules of the nodes outlive this object; a new lab with the same state adopts them.
#pragma once

#include <memory>

#include "lab/config.h"
#include "runtime/env.h"

namespace fairway::lab {

class Lab {
 public:
  // Returns when the hosts stand and every node is registered. Waits for APIs that are still away. `context` and
  // `env` outlive it. Errors: the kubeconfig is wrong, a network is missing, the kernel refuses.
  [[nodiscard]] static Task<Result<std::unique_ptr<Lab>>> start(boost::asio::io_context& context, Env& env,
                                                                LabConfig config);
  virtual ~Lab() = default;
  // Ends agents and listeners; leaves hosts and pods as they are.
  virtual Task<> stop(Duration patience) = 0;
};

}  // namespace fairway::lab
