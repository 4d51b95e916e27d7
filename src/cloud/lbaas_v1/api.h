// LBaaS v1 (Neutron's extension "lbaas") under /network/v2.0/lb: another view of the load-balancing objects.
//
// A VIP is a listener with its port: the same id, the port of its load balancer. VIPs of one port share a load
// balancer, and the last of them takes it along. Pools live on without a VIP, monitors without a pool. Numbers may
// come as strings.
#pragma once

#include "cloud/api/context.h"
#include "cloud/load_balancer/gateways.h"
#include "http/router.h"

namespace fairway::cloud::lbaas_v1 {

// router, context and gateways outlive the routes' last request.
void add_routes(http::Router& router, ApiContext& context, Gateways& gateways);

}  // namespace fairway::cloud::lbaas_v1
