#include "gateway/probes.h"

#include <algorithm>

#include "gateway_link/monitors.h"

namespace fairway::gateway {
namespace {

using gateway_link::HealthMonitor;
using gateway_link::Member;
using gateway_link::Pool;

dataplane::ping::Target to_target(const Pool& pool, const HealthMonitor& monitor, const Member& member) {
  dataplane::ping::Target target;
  target.pool_id = pool.id;
  target.member_id = member.id;
  target.monitor_id = monitor.id;
  target.address = member.monitor_address.empty() ? member.address : member.monitor_address;
  target.delay = std::chrono::seconds(std::max(1, monitor.delay_s));
  target.timeout = std::chrono::seconds(std::max(1, monitor.timeout_s));
  target.limits = {std::max(1, monitor.max_retries), std::max(1, monitor.max_retries_down)};
  return target;
}

}  // namespace

std::vector<dataplane::ping::Target> to_targets(const forwarding::RouterTable& router) {
  std::vector<dataplane::ping::Target> targets;
  for (const auto& [id, pool] : router.pools) {
    for (const auto* monitor : gateway_link::pings_of(pool)) {
      for (const auto& member : pool.members) targets.push_back(to_target(pool, *monitor, member));
    }
  }
  return targets;
}

void lay_over(Services& services, const forwarding::RouterTable& router, const ProbeHealth& health) {
  for (auto& [listener, service] : services) {
    const auto pool = router.pools.find(service.pool_id);
    if (pool == router.pools.end() || gateway_link::pings_of(pool->second).empty()) continue;
    for (auto& [member, server] : service.servers)
      server.probe = dataplane::ping::to_word(health(service.pool_id, member));
  }
}

}  // namespace fairway::gateway
