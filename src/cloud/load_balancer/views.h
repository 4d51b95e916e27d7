// Objects as the Load Balancing API v2 shows them: the key sets and orders of Octavia 2.26. Pure.
//
// `error_reason`, which Octavia does not have, stands only on objects that have one: what a gateway said against
// them.
#pragma once

#include "cloud/load_balancer/facts.h"
#include "json/value.h"

namespace fairway::cloud {

struct View {
  const State& state;
  const Facts& facts;

  [[nodiscard]] json::Object show(const LoadBalancer& balancer) const;
  [[nodiscard]] json::Object show(const Listener& listener) const;
  [[nodiscard]] json::Object show(const Pool& pool) const;
  [[nodiscard]] json::Object show(const Member& member) const;
  [[nodiscard]] json::Object show(const HealthMonitor& monitor) const;

  // With all children in full, as the answer to a create has them.
  [[nodiscard]] json::Object show_full(const LoadBalancer& balancer) const;

  // A pool in the status tree, with what hangs on it.
  [[nodiscard]] json::Object show_branch(const Pool& pool) const;

  // {"loadbalancer": {…, "listeners": [{…, "pools": [{…, "health_monitor", "members"}]}]}}
  [[nodiscard]] json::Object show_status_tree(const LoadBalancer& balancer) const;
};

[[nodiscard]] json::Object show(const Statistics& statistics);

}  // namespace fairway::cloud
