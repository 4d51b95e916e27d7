// Subnets: their pools and gateways, checked against each other. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/model/state.h"
#include "net/address.h"

namespace fairway::cloud {

// The host addresses of the prefix without the gateway: one pool, or two around it.
[[nodiscard]] std::vector<AllocationPool> default_pools(const net::Prefix& cidr,
                                                        const std::optional<std::string>& gateway_ip);
[[nodiscard]] std::string default_gateway(const net::Prefix& cidr);

// Errors: InvalidAllocationPool, OutOfBoundsAllocationPool (400), OverlappingAllocationPools,
// GatewayConflictWithAllocationPools (409), InvalidInput (gateway not on the subnet).
[[nodiscard]] Result<> check_pools(const Subnet& subnet);
// Error: InvalidInput, when another subnet of the network has some of the addresses.
[[nodiscard]] Result<> check_overlap(const State& state, const Subnet& subnet);

}  // namespace fairway::cloud
