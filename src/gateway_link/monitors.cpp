#include "gateway_link/monitors.h"

#include <tuple>

#include <fmt/format.h>

namespace fairway::gateway_link {
namespace {

bool is_ping(const HealthMonitor& monitor) { return monitor.type == "PING"; }

auto rhythm_of(const HealthMonitor& monitor) {
  return std::tuple(monitor.delay_s, monitor.timeout_s, monitor.max_retries, monitor.max_retries_down);
}

std::string tell(const HealthMonitor& monitor) {
  return fmt::format("{} {} (every {} s, timeout {} s, {} retries)", monitor.type, monitor.id, monitor.delay_s,
                     monitor.timeout_s, monitor.max_retries_down);
}

std::vector<const HealthMonitor*> those(const Pool& pool, bool pings) {
  std::vector<const HealthMonitor*> found;
  for (const auto* monitor : monitors_of(pool)) {
    if (is_ping(*monitor) == pings) found.push_back(monitor);
  }
  return found;
}

}  // namespace

std::vector<const HealthMonitor*> monitors_of(const Pool& pool) {
  std::vector<const HealthMonitor*> all;
  if (pool.monitor) all.push_back(&*pool.monitor);
  for (const auto& monitor : pool.more_monitors) all.push_back(&monitor);
  return all;
}

std::vector<const HealthMonitor*> pings_of(const Pool& pool) { return those(pool, true); }
std::vector<const HealthMonitor*> checks_of(const Pool& pool) { return those(pool, false); }

std::string why_not_together(const HealthMonitor& one, const HealthMonitor& other) {
  if (is_ping(one) || is_ping(other)) return {};
  for (const auto* monitor : {&one, &other}) {
    if (monitor->type != "TLS-HELLO") continue;
    return fmt::format(
        "health monitor {} can share a pool with PING only; an HTTPS monitor can with HTTP and TCP too",
        tell(*monitor));
  }
  if (rhythm_of(one) == rhythm_of(other)) return {};
  return fmt::format(
      "health monitors {} and {} are asked together in one pool, and so need the same delay, timeout and "
      "max_retries; "
      "give both the same before they share a pool (PING monitors may have their own)",
      tell(one), tell(other));
}

}  // namespace fairway::gateway_link
