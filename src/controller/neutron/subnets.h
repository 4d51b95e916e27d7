// Which subnets nodes and VIPs are in, as far as nobody has said. Errors: those of the cloud.
#pragma once

#include "controller/neutron/calls.h"
#include "controller/nodes.h"

namespace fairway::controller::neutron {

// The subnet of the first node whose port is found by its providerID; empty when none is.
Task<Result<std::string>> subnet_of_nodes(Calls& calls, std::vector<Node> nodes);

// The network's first IPv4 subnet. Error: not_found, when it has none that we may see.
Task<Result<std::string>> subnet_of_network(Calls& calls, std::string network_id);

}  // namespace fairway::controller::neutron
