// plan(): from the load balancer that should exist and the one that does to the API calls that lie between, in order.
// Pure.
//
// Order: what stands in the way goes first (a listener whose port another protocol is to take), then what is new is
// made from the back to the front (pool, members, monitor, listener), so that no port opens before it can serve; what
// nobody wants any more goes last.
#pragma once

#include "controller/octavia/observed.h"

namespace fairway::controller::octavia {

// One call to Octavia that locks the load balancer until it is done.
struct Step {
  std::string doing;  // "create pool for port 80/TCP", for errors and people
  std::string method, path;
  json::Value body;
  // Under this name ("$pool 80/TCP") later steps speak of what it makes; it is replaced by the id in path and body.
  std::string makes;
};

// The body of POST /v2.0/lbaas/loadbalancers; empty of listeners where the provider wants one call at a time.
[[nodiscard]] json::Value create_request(const LoadBalancer& wanted, bool with_listeners = true);

// `owner`: the whole load balancer is this Service's; else only what it has tagged in somebody else's.
// Error: conflict, when another's listener has the port.
[[nodiscard]] Result<std::vector<Step>> plan(const LoadBalancer& wanted, const Seen& seen, bool owner);

// Takes one Service's share out of a load balancer that stays, or empties one that may not be deleted by cascade.
[[nodiscard]] std::vector<Step> plan_removal(const std::string& name, const Seen& seen, bool owner);

// Fills in the ids of what was made.
void substitute(Step& step, const std::map<std::string, std::string>& made);

// "POST /v2.0/lbaas/pools {…}", one a line.
[[nodiscard]] std::string describe(const std::vector<Step>& steps);

}  // namespace fairway::controller::octavia
