// Where the load balancers of a cluster that stands already have their members, and their floating IPs: found from the
// addresses of its nodes and from what the project has of networks, or chosen where that says too little.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cluster_driver/node_view.h"
#include "net/address.h"
#include "openstack/client.h"

namespace fairway::cluster_driver {

struct SubnetView {
  std::string id, name, network_id;
  net::Prefix prefix;
};

// A router's leg on a subnet, and where the router's gateway is.
struct Outlet {
  std::string subnet_id, router_id, router_name;
  std::string external_network_id;  // empty: it leads nowhere
};

struct Outside {
  std::string id, name;
};

struct ProjectNetworks {
  std::string project_id;
  std::vector<SubnetView> subnets;  // IPv4, the project's own and shared ones; none of an external network
  std::vector<Outlet> outlets;
  std::vector<Outside> outside;
  std::map<std::string, std::set<std::string>> ports;  // an address, and the subnets where a port has it
};

// By id or name; empty: found.
struct PlacementChoice {
  std::string subnet, router, external_network;
  bool internal = false;  // no floating IPs: a way outside is not needed
};

struct Placement {
  SubnetView subnet;
  Outside outside;  // empty: there is none
};

// Pure. Errors name what was found and the option that chooses: not_found (a node is in no subnet, what is chosen is not
// there), invalid (several fit, the subnet has no way outside).
[[nodiscard]] Result<Placement> place(const std::vector<NodeView>& nodes, const ProjectNetworks& project,
                                      const PlacementChoice& choice);

// Why a cluster is as healthy as it is: "<node>.Ready": "True"; of a node in no subnet a word on that too. Pure.
[[nodiscard]] std::map<std::string, std::string> health_of(const std::vector<NodeView>& nodes,
                                                           const std::vector<SubnetView>& subnets);

// What the login sees, of networks and subnets only. Errors: the API's own.
[[nodiscard]] Task<Result<ProjectNetworks>> read_subnets(openstack::Client& cloud);
// Routers and ports too.
[[nodiscard]] Task<Result<ProjectNetworks>> read_project_networks(openstack::Client& cloud);

}  // namespace fairway::cluster_driver
