// The lab: a cluster like a Magnum bay's, in network namespaces on this machine. It uses only APIs: Neutron for the
// networks and its nodes' ports, Kubernetes for everything else.
//
// Hosts, pods and the rules of the nodes outlive this object; a new lab with the same state adopts them. So a cluster is
// resized by stopping the lab and starting one with more or fewer nodes: those that are no longer named are emptied,
// taken from the API, the cloud and the machine in the background. Several labs of different clusters live side by side
// in one process: their nodes have different names, and each has a state directory of its own.
#pragma once

#include <memory>

#include "kube/client.h"
#include "lab/config.h"
#include "openstack/client.h"
#include "runtime/env.h"

namespace fairway::lab {

struct LabClients {
  std::unique_ptr<kube::Client> kube;
  std::unique_ptr<openstack::Client> cloud;
  std::string kube_server;  // its address, "https://127.0.0.1:6443", where config.api_port is set
};

class Lab {
 public:
  // Returns when the hosts stand and every node is registered. Waits for APIs that are still away. `context` and
  // `env` outlive it. Errors: the kubeconfig is wrong, a network is missing, the kernel refuses; then nothing of it runs.
  [[nodiscard]] static Task<Result<std::unique_ptr<Lab>>> start(boost::asio::io_context& context, Env& env,
                                                                LabConfig config);
  // With connections of the caller's own; config.kubeconfig and config.cloud are not read.
  [[nodiscard]] static Task<Result<std::unique_ptr<Lab>>> start(boost::asio::io_context& context, Env& env,
                                                                LabConfig config, LabClients clients);
  // Only after stop().
  virtual ~Lab() = default;
  // Ends agents and listeners; leaves hosts and pods as they are. When it returns, no coroutine of the lab runs any more.
  virtual Task<> stop(Duration patience) = 0;
  // How many nodes of an earlier configuration are still to be taken down.
  [[nodiscard]] virtual std::size_t nodes_leaving() const = 0;
};

}  // namespace fairway::lab
