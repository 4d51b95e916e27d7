// What a cluster driver is told of a cluster. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/model/state.h"
#include "cluster_link/messages.h"

namespace fairway::cloud::container_infra {

// `auth_url`: where components of the cluster log in. The cluster is there, and so is its template.
[[nodiscard]] cluster_link::ClusterWish wish_of(const State& state, const Cluster& cluster,
                                                std::string_view auth_url);

// Every cluster's, in the order of their ids.
[[nodiscard]] std::vector<cluster_link::ClusterWish> all_wishes(const State& state, std::string_view auth_url);

}  // namespace fairway::cloud::container_infra
