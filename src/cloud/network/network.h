// Networking v2.0 (Neutron's API): networks, subnets, ports, routers, floating IPs, security groups, quotas, tags,
// extensions. Under /network. What others need of it in their own transactions is in ports.h and floating_ips.h.
#pragma once

#include "cloud/api/context.h"
#include "cloud/api/routes.h"
#include "http/router.h"

namespace fairway::cloud::network {

// context outlives the routes.
void add_routes(http::Router& router, ApiContext& context);

// What add_routes is made of, each in a file of its own.
void add_discovery_routes(Routes& routes, ApiContext& context);
void add_network_routes(Routes& routes, ApiContext& context);
void add_subnet_routes(Routes& routes, ApiContext& context);
void add_port_routes(Routes& routes, ApiContext& context);
void add_router_routes(Routes& routes, ApiContext& context);
void add_floating_ip_routes(Routes& routes, ApiContext& context);
void add_security_group_routes(Routes& routes, ApiContext& context);
void add_quota_routes(Routes& routes, ApiContext& context);

}  // namespace fairway::cloud::network
