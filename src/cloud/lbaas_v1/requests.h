// What each request of LBaaS v1 may hold: one table for each object, with what Neutron's types cannot say checked
// beside it. Pure.
//
// Errors: invalid, with Neutron's types and texts; not_found for other providers than haproxy.
#pragma once

#include <optional>

#include "cloud/api/attributes.h"
#include "cloud/model/load_balancer.h"

namespace fairway::cloud::lbaas_v1 {

[[nodiscard]] const std::vector<AttributeRule>& vip_rules();
[[nodiscard]] const std::vector<AttributeRule>& pool_rules();
[[nodiscard]] const std::vector<AttributeRule>& member_rules();
[[nodiscard]] const std::vector<AttributeRule>& monitor_rules();
// Of {"health_monitor":{"id":…}}, which associates one with a pool.
[[nodiscard]] const std::vector<AttributeRule>& association_rules();

// A VIP's persistence; absent and null are none.
[[nodiscard]] Result<std::optional<SessionPersistence>> persistence_of(const json::Object& request);
// Only haproxy can be asked for.
[[nodiscard]] Result<> check_provider(const json::Object& request);
// Takes what the request says over into the monitor, and checks the whole of it.
[[nodiscard]] Result<> fill_monitor(HealthMonitor& monitor, const json::Object& request);

}  // namespace fairway::cloud::lbaas_v1
