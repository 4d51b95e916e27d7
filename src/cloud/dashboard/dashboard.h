// The dashboard: pages for people, under /dashboard. Floating IPs, load balancers with the way of each, clusters.
//
// Login is the cloud's own (POST /v3/auth/tokens), and every change goes through the cloud's own API in this process,
// as the session's user: the dashboard has no rules of its own. What it shows follows the ledger and the gateways'
// facts by server-sent events.
#pragma once

#include <memory>

#include "cloud/api/context.h"
#include "cloud/container_infra/drivers.h"
#include "cloud/load_balancer/gateways.h"
#include "http/router.h"

namespace fairway::cloud::dashboard {

// All of them outlive the routes' last request. `router` also serves the APIs that changes go through.
void add_routes(http::Router& router, ApiContext& context, Gateways& gateways, container_infra::Drivers& drivers);

}  // namespace fairway::cloud::dashboard
