// Between health monitors of type PING, the probes that carry them out, and what HAProxy is told of it. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "dataplane/haproxy/service.h"
#include "dataplane/ping/pinger.h"
#include "forwarding/table.h"

namespace fairway::gateway {

using Services = std::map<std::string, dataplane::haproxy::Service>;  // by listener

// Whom to ask, each once however many listeners share its pool. Members that are switched off are asked too, so that
// their health is known when they are switched on.
[[nodiscard]] std::vector<dataplane::ping::Target> to_targets(const forwarding::RouterTable& router);

using ProbeHealth = std::function<dataplane::ping::Health(const std::string& pool_id, const std::string& member_id)>;

// Writes into the services of `router` what the probes say of their members.
void lay_over(Services& services, const forwarding::RouterTable& router, const ProbeHealth& health);

}  // namespace fairway::gateway
