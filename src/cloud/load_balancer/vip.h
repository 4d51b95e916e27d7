// Where a load balancer's VIP lives: from what the request says to a network, a subnet, an address and a port.
#pragma once

#include <string>

#include "cloud/load_balancer/decision.h"
#include "json/value.h"

namespace fairway::cloud {

// The rules of Octavia: a port decides all; a network its subnet (the one that holds the address, or the first with a
// free one, IPv4 before IPv6); a subnet its network. Fills vip_* of `balancer`, whose id and project stand already,
// makes the port (or takes the user's own), all in this decision. Errors: Octavia's validation texts; Neutron's for
// the address.
[[nodiscard]] Result<> give_vip(const Decision& decision, LoadBalancer& balancer, const json::Object& request);

// A subnet that this caller may use: of the project's own, a shared or an external network; else null.
[[nodiscard]] const Subnet* find_usable_subnet(const Decision& decision, std::string_view subnet_id);

}  // namespace fairway::cloud
