// A cluster's private network: its own, with a router to the external network, or one that its wish names. Level-based:
// a second time it finds what is there and completes it.
#pragma once

#include <string>

#include "cluster_link/messages.h"
#include "openstack/client.h"

namespace fairway::cluster_driver {

struct ClusterNetwork {
  std::string network_id, subnet_id, cidr;
  std::string external_network_id;
};

// The wish names a network or a subnet, which is others' too.
[[nodiscard]] bool has_given_network(const cluster_link::ClusterWish& wish);

// Errors: not_found (a network that the wish names), invalid (the wish's address range), exhausted (a quota),
// unavailable.
[[nodiscard]] Task<Result<ClusterNetwork>> ensure_network(openstack::Client& cloud, cluster_link::ClusterWish wish);

// Takes away what ensure_network made; leaves a network that the wish names. Errors: conflict (somebody uses it: Neutron
// says what), unavailable.
[[nodiscard]] Task<Result<>> remove_network(openstack::Client& cloud, cluster_link::ClusterWish wish);

}  // namespace fairway::cluster_driver
