// The Load Balancing API v2 (Octavia 2.26) under /load-balancer: load balancers, listeners, pools, members, health
// monitors, quotas; providers, flavors and what else clients look for is answered with what there is of it.
#pragma once

#include "cloud/api/context.h"
#include "cloud/load_balancer/gateways.h"
#include "http/router.h"

namespace fairway::cloud {

// router, context and gateways outlive the routes' last request.
void add_load_balancer_routes(http::Router& router, ApiContext& context, Gateways& gateways);

}  // namespace fairway::cloud
