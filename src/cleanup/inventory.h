// What a project's cloud shows of load balancers and what belongs to them, read into values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/lbaas_v1/observed.h"
#include "openstack/client.h"

namespace fairway::cleanup {

struct Balancer {
  std::string id, name, description, provisioning_status;
  std::string vip_address, vip_port_id, vip_network_id;
  std::vector<std::string> tags;
  // Addresses of all members; read only where nothing else says whose it is.
  std::vector<std::string> members;
};

struct Listener {
  std::string id, load_balancer_id, default_pool_id;
  std::vector<std::string> tags;
};

struct FloatingIp {
  std::string id, address, port_id, description;
};

struct SecurityGroup {
  std::string id, name, description;
};

struct Port {
  std::string id, name, network_id, device_owner;
  std::vector<std::string> addresses, subnet_ids;
};

struct Inventory {
  std::vector<Balancer> balancers;
  std::vector<Listener> listeners;  // those of load balancers that several share
  std::vector<FloatingIp> floating_ips;
  std::vector<SecurityGroup> security_groups;
  std::vector<Port> ports;  // of the cluster's network
  controller::lbaas_v1::Seen v1;
};

[[nodiscard]] Balancer read_balancer(const json::Value& object);

// The login's project alone, whatever else it may see. `network_id`: the cluster's; empty: no ports are read. A cloud
// without Load Balancing v2, or without LBaaS v1, has none of it. Errors: the API's own; nothing is half read.
[[nodiscard]] Task<Result<Inventory>> read_inventory(openstack::Client& cloud, std::string network_id);

}  // namespace fairway::cleanup
