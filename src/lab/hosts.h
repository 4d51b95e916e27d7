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
  std::string uuid;  // the port's device_id; the providerID is openstack:///<uuid>
  bool control_plane = false;
  std::string pod_cidr;     // "10.100.1.0/24"
  std::string pod_gateway;  // "10.100.1.1": the node in its pods' eyes
};

struct Hosts {
  Host client;
  std::vector<Node> nodes;
};

// Asks the cloud for networks and ports, and makes the namespaces. Errors: a network does not exist (not_found), the
// cloud is away (unavailable), the kernel refuses.
[[nodiscard]] Task<Result<Hosts>> make_hosts(Env& env, openstack::Client& cloud, const LabConfig& config);

// The n-th /24 of the cluster's pod network. Pure.
[[nodiscard]] net::Prefix node_pod_network(const net::Prefix& cluster, std::size_t index);

}  // namespace fairway::lab
