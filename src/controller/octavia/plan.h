// plan(): from the load balancer that should exist and the one that does to the API calls that lie between, in order.
// Pure.
//
// Order: what stands in the way goes first (a listener whose port another protocol is to take), then what is new is
// made from the back to the front (pool, members, monitor, listener), so that no port opens before it can serve; what
// nobody wants any more goes last.
#pragma once

#include "controller/neutron/step.h"
#include "controller/octavia/observed.h"

namespace fairway::controller::octavia {

// Each step locks the load balancer until it is done.
using neutron::Step;

// The body of POST /v2.0/lbaas/loadbalancers; empty of listeners where the provider wants one call at a time.
[[nodiscard]] json::Value create_request(const LoadBalancer& wanted, bool with_listeners = true);

// `owner`: the whole load balancer is this Service's; else only what it has tagged in somebody else's.
// Error: conflict, when another's listener has the port.
[[nodiscard]] Result<std::vector<Step>> plan(const LoadBalancer& wanted, const Seen& seen, bool owner);

// Takes one Service's share out of a load balancer that stays, or empties one that may not be deleted by cascade.
[[nodiscard]] std::vector<Step> plan_removal(const std::string& name, const Seen& seen, bool owner);

}  // namespace fairway::controller::octavia
