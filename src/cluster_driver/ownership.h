// By what a cluster's objects in the cloud are known, for their removal when nobody of the cluster answers any more.
#pragma once

#include <set>
#include <string>

#include "cleanup/belongings.h"
#include "cluster_link/messages.h"
#include "openstack/client.h"

namespace fairway::cluster_driver {

// `identities`: UIDs of its namespace kube-system. `with_services`: what its Services made counts as the cluster's.
// Asks the cloud for the cluster's network by name. Errors: the API's own.
[[nodiscard]] Task<Result<cleanup::Owner>> owner_of(openstack::Client& cloud, cluster_link::ClusterWish wish,
                                                    std::set<std::string> identities, bool with_services);

}  // namespace fairway::cluster_driver
