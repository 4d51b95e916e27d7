// Which nodes a cluster has: their numbers in each node group. A number that was given stays its node's for as long as
// it lives. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cluster_link/messages.h"

namespace fairway::cluster_driver {

// Numbers by the group's id, ascending.
using Members = std::map<std::string, std::vector<std::int64_t>>;

// `uuids`: of nodes that stand, by name, since a wish may name those that go first by uuid too. A group that grows
// continues after its highest number; one that shrinks loses those that the wish names, then the highest. Groups that
// the wish does not have lose all.
[[nodiscard]] Members plan_members(const Members& now, const cluster_link::ClusterWish& wish,
                                   const std::map<std::string, std::string>& uuids);

}  // namespace fairway::cluster_driver
