// plan(): from the load balancer that should exist and what LBaaS v1 shows to the API calls that lie between, in the
// order of the plugin of old: pool, members, health monitor, VIP. Pure.
//
// What cannot be changed (a VIP's port, a pool's subnet) is made anew; a VIP that is in the way goes first, since a
// pool has one at most. What nobody wants any more goes last. Objects are the Service's when they have its name, and
// members and monitors when they are in a pool of it; a monitor that another pool has too is somebody else's. A monitor
// is made switched off, and switched on in its pool: so one that was left between the two is told from anybody's
// (spare_monitors.h).
#pragma once

#include "controller/desired.h"
#include "controller/lbaas_v1/observed.h"
#include "controller/neutron/step.h"

namespace fairway::controller::lbaas_v1 {

inline constexpr std::string_view kVips = "/v2.0/lb/vips";
inline constexpr std::string_view kPools = "/v2.0/lb/pools";
inline constexpr std::string_view kMembers = "/v2.0/lb/members";
inline constexpr std::string_view kMonitors = "/v2.0/lb/health_monitors";

// `wanted` has one listener and its subnet; `name` is the Service's in this cloud.
[[nodiscard]] std::vector<neutron::Step> plan(const LoadBalancer& wanted, const std::string& name, const Seen& seen);

// Whether it asks as it should, on or off.
[[nodiscard]] bool has_values(const SeenMonitor& seen, const Monitor& wanted);
// Whether a monitor is made by these steps.
[[nodiscard]] bool makes_monitor(const std::vector<neutron::Step>& steps);

// VIPs, monitors, members, pools: until nothing has the name.
[[nodiscard]] std::vector<neutron::Step> plan_removal(const Seen& seen);

}  // namespace fairway::controller::lbaas_v1
