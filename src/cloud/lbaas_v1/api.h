// LBaaS v1 (Neutron's extension "lbaas") under /network/v2.0/lb: another view of the load-balancing objects.
//
// A VIP is a listener with its port: the same id, the port of its load balancer. VIPs of one port share a load
// balancer, and the last of them takes it along. Pools live on without a VIP, monitors without a pool. Numbers may
// come as strings. A change waits for its turn where Load Balancing v2 refuses it with 409 (the load balancer is
// PENDING_*), and a delete is answered when the object is gone: the clients of this API neither poll nor try again.
#pragma once

#include "cloud/api/context.h"
#include "cloud/load_balancer/gateways.h"
#include "http/router.h"

namespace fairway::cloud::lbaas_v1 {

// router, context and gateways outlive the routes' last request. `patience`: how long a change waits for the load
// balancer to be free before it, and a delete for its end.
void add_routes(http::Router& router, ApiContext& context, Gateways& gateways,
                Duration patience = std::chrono::seconds(10));

}  // namespace fairway::cloud::lbaas_v1
