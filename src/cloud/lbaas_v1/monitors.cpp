#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/lbaas_v1/decisions.h"
#include "cloud/lbaas_v1/lookup.h"
#include "cloud/lbaas_v1/requests.h"
#include "cloud/load_balancer/attributes.h"
#include "cloud/load_balancer/projection.h"
#include "cloud/load_balancer/transitions.h"
#include "cloud/network/resource.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

std::vector<std::string> pools_of(const State& state, std::string_view monitor_id) {
  std::vector<std::string> ids;
  for (const auto* pool : state.table<Pool>().find_by("health_monitor_id", monitor_id)) ids.push_back(pool->id);
  return ids;
}

bool has_monitor(const Pool& pool, std::string_view monitor_id) {
  return std::ranges::find(pool.health_monitor_ids, monitor_id) != pool.health_monitor_ids.end();
}

std::unexpected<Error> not_associated(std::string_view pool_id, std::string_view monitor_id) {
  return fault(Errc::not_found, "PoolMonitorAssociationNotFound",
               fmt::format("Monitor {} is not associated with Pool {}", monitor_id, pool_id));
}

Result<> check_together(const State& state, const Pool& pool, const HealthMonitor& monitor) {
  const auto why = why_not_beside(state, pool, monitor);
  if (why.empty()) return {};
  return fault(Errc::unsupported, "NotImplemented", fmt::format("Pool {}: {}.", pool.id, why));
}

// Writes which monitors a locked pool has.
void put_monitors(const Decision& decision, std::string_view pool_id, std::vector<std::string> monitors) {
  Pool pool = *decision.work.find<Pool>(pool_id);
  pool.health_monitor_ids = std::move(monitors);
  pool.updated_at = stamp(decision.env);
  decision.work.put(std::move(pool));
}

}  // namespace

std::vector<std::string> locks_of_monitor(const State& state, std::string_view id) {
  std::vector<std::string> locks;
  for (const auto& pool : pools_of(state, id))
    std::ranges::copy(locks_of_pool(state, pool), std::back_inserter(locks));
  return locks;
}

Result<std::string> create_health_monitor(const Decision& decision, const json::Object& request) {
  FW_TRY(const auto project, network::project_for(decision.caller, request, "create_health_monitor:tenant_id"));
  HealthMonitor monitor;
  monitor.type = text_or(request, "type");
  FW_TRY_DO(fill_monitor(monitor, request));
  FW_TRY_DO(check_limits<HealthMonitor>(decision.work, project));
  fill_new(decision, monitor, project, request);
  monitor.provisioning_status = kActive;
  const auto id = monitor.id;
  decision.work.put(std::move(monitor));
  return id;
}

Result<std::string> update_health_monitor(const Decision& decision, std::string_view id,
                                          const json::Object& request) {
  FW_TRY(const auto* found, find_own<HealthMonitor>(decision, id));
  HealthMonitor monitor = *found;
  FW_TRY_DO(fill_monitor(monitor, request));
  for (const auto* pool : decision.work.table<Pool>().find_by("health_monitor_id", id))
    FW_TRY_DO(check_together(decision.work.state(), *pool, monitor));
  const auto locks = locks_of_monitor(decision.work.state(), id);
  FW_TRY_DO(lock_pools(decision, pools_of(decision.work.state(), id)));
  fill_changed(decision, monitor, request);
  monitor.provisioning_status = locks.empty() ? kActive : kPendingUpdate;
  const auto monitor_id = monitor.id;
  decision.work.put(std::move(monitor));
  return monitor_id;
}

Result<> delete_health_monitor(const Decision& decision, std::string_view id) {
  FW_TRY(const auto* found, find_own<HealthMonitor>(decision, id));
  const auto monitor_id = found->id;
  if (!pools_of(decision.work.state(), id).empty()) {
    return fault(Errc::conflict, "HealthMonitorInUse",
                 fmt::format("Health monitor {} still has associations with vips", id));
  }
  decision.work.erase<HealthMonitor>(monitor_id);
  return {};
}

Result<> associate(const Decision& decision, std::string_view pool_id, std::string_view monitor_id) {
  FW_TRY(const auto* found, find_own<Pool>(decision, pool_id));
  FW_TRY(const auto* monitor, find_own<HealthMonitor>(decision, monitor_id));
  const auto id = monitor->id;
  auto monitors = found->health_monitor_ids;
  if (has_monitor(*found, id)) {
    return fault(Errc::conflict, "PoolMonitorAssociationExists",
                 fmt::format("health_monitor {} is already associated with pool {}", id, pool_id));
  }
  FW_TRY_DO(check_together(decision.work.state(), *found, *monitor));
  FW_TRY_DO(lock_pools(decision, {found->id}));
  monitors.push_back(id);
  put_monitors(decision, pool_id, std::move(monitors));
  return {};
}

Result<> disassociate(const Decision& decision, std::string_view pool_id, std::string_view monitor_id) {
  FW_TRY_DO(check_association(decision.work.state(), writable(decision.caller), pool_id, monitor_id));
  const Pool pool = *decision.work.find<Pool>(pool_id);
  FW_TRY_DO(lock_pools(decision, {pool.id}));
  auto monitors = pool.health_monitor_ids;
  std::erase(monitors, monitor_id);
  put_monitors(decision, pool_id, std::move(monitors));
  return {};
}

Result<> check_association(const State& state, const Scope& scope, std::string_view pool_id,
                           std::string_view monitor_id) {
  FW_TRY(const auto* pool, find<Pool>(state, scope, pool_id));
  return has_monitor(*pool, monitor_id) ? Result<>{} : not_associated(pool_id, monitor_id);
}

}  // namespace fairway::cloud::lbaas_v1
