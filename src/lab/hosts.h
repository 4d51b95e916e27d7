// The lab's hosts: network namespaces plugged into the cloud's networks.
//
// The client stands on the public network, as the world outside does. Each node has a Neutron port on the private
// network whose device_id is the node's uuid, so that no VIP ever takes its address. Everything is level-based:
// a second time, or in a lab that was killed half way, it completes what is there.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "lab/config.h"
#include "net/address.h"
#include "net/fabric.h"
#include "openstack/client.h"
#include "runtime/env.h"

namespace fairway::lab {

struct Host {
  std::string name;
  std::string ns;       // its network namespace
  std::string address;  // "10.0.0.5"
};

struct Node : Host {
  std::string uuid;     // the port's device_id; the providerID is openstack:///<uuid>
  std::string port_id;  // of the port on the private network
  bool control_plane = false;
  std::string pod_cidr;            // "10.100.1.0/24"
  std::string pod_gateway;         // "10.100.1.1": the node in its pods' eyes
  std::uint16_t kubelet_port = 0;  // where an API server asks for logs (lab/kubelet_api.h); 0: nowhere
  bool leaving = false;  // no longer in the configuration: it is emptied and taken down (lab/node_removal.h)
  bool gone = false;     // taken down; what refers to it remains valid
};

struct Hosts {
  Host client;              // without a name when there is none
  std::vector<Node> nodes;  // those that leave stand behind
};

// Asks the cloud for networks and ports, makes the namespaces and the overlay, and notes the nodes in the state
// directory. Errors: a network does not exist (not_found), the cloud is away (unavailable), the kernel refuses.
// `config` outlives the task.
[[nodiscard]] Task<Result<Hosts>> make_hosts(Env& env, openstack::Client& cloud, const LabConfig& config);

// The end of one node on this machine and in the cloud: its port, its namespace with all that runs in it, its record.
// Error: the cloud is away; then everything but the port is gone, and a second time completes it.
[[nodiscard]] Task<Result<>> remove_host(openstack::Client& cloud, const LabConfig& config, std::string node_name);

// The end of all that this configuration and its state directory ever made: pods (at once, without their grace), nodes,
// client host, state. The network's bridge stays for who deletes the network (net::remove_bridge()). It asks no
// Kubernetes API, and a second time completes what an error left. No lab of this configuration may run. Error: the cloud
// is away; then ports are left, all else is gone.
[[nodiscard]] Task<Result<>> remove_all_hosts(Env& env, openstack::Client& cloud, const LabConfig& config);

// The n-th /24 of the cluster's pod network. Pure.
[[nodiscard]] net::Prefix node_pod_network(const net::Prefix& cluster, std::size_t index);

}  // namespace fairway::lab
