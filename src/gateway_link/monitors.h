// A pool's health monitors by how they are carried out. Load Balancing v2 knows one for a pool, LBaaS v1 several: a
// member is up when all of them say so. Pure.
//
// PING is the gateway's own business: each such monitor has its own rhythm. The others (TCP, HTTP, HTTPS, TLS-HELLO)
// are steps of the one check that HAProxy makes of a server, so they share a rhythm.
#pragma once

#include <string>
#include <vector>

#include "gateway_link/world.h"

namespace fairway::gateway_link {

// All, in their order. They point into the pool.
[[nodiscard]] std::vector<const HealthMonitor*> monitors_of(const Pool& pool);
// Those of type PING, and the others.
[[nodiscard]] std::vector<const HealthMonitor*> pings_of(const Pool& pool);
[[nodiscard]] std::vector<const HealthMonitor*> checks_of(const Pool& pool);

// Why one pool cannot have both, as a sentence with the remedy; empty: it can.
[[nodiscard]] std::string why_not_together(const HealthMonitor& one, const HealthMonitor& other);

}  // namespace fairway::gateway_link
