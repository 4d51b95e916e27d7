// The load balancers in front of a cluster's API servers and etcd, as Heat's templates make them, and the API's floating
// IP. Level-based; an object is found again by its name and the owner's mark in its description.
#pragma once

#include <cstdint>
#include <string>

#include "cluster_link/messages.h"
#include "openstack/client.h"

namespace fairway::cluster_driver {

struct BalancerPlan {
  std::string role;               // "api_pool", "etcd_pool"
  std::string protocol;           // "HTTP", or "TCP" where it carries TLS
  std::uint16_t port = 0;         // of the listener and of the member
  std::string member, subnet_id;  // the master's address, and where
};

struct Balancer {
  std::string id, vip_address, vip_port_id, provisioning_status;
};

// Made if need be; it may still be PENDING_CREATE. One in ERROR is made anew. Errors: the API's own.
[[nodiscard]] Task<Result<Balancer>> ensure_balancer(openstack::Client& cloud, cluster_link::ClusterWish wish,
                                                     BalancerPlan plan);

// The address of the floating IP that is associated with this port; made if need be. Errors: exhausted, not_found.
[[nodiscard]] Task<Result<std::string>> ensure_floating_ip(openstack::Client& cloud, cluster_link::ClusterWish wish,
                                                           std::string external_network_id, std::string port_id);

}  // namespace fairway::cluster_driver
