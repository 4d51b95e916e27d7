#include "cloud/lbaas_v1/decisions.h"

#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/load_balancer/transitions.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

template <class T>
constexpr std::string_view kWord = "";
template <>
constexpr std::string_view kWord<Listener> = "Vip";
template <>
constexpr std::string_view kWord<Pool> = "Pool";
template <>
constexpr std::string_view kWord<Member> = "Member";
template <>
constexpr std::string_view kWord<HealthMonitor> = "Health_monitor";

template <class T>
constexpr std::string_view kNotFound = "";
template <>
constexpr std::string_view kNotFound<Listener> = "VipNotFound";
template <>
constexpr std::string_view kNotFound<Pool> = "PoolNotFound";
template <>
constexpr std::string_view kNotFound<Member> = "MemberNotFound";
template <>
constexpr std::string_view kNotFound<HealthMonitor> = "HealthMonitorNotFound";

std::unexpected<Error> state_invalid(std::string_view status, std::string_view id) {
  return fault(Errc::conflict, "StateInvalid",
               fmt::format("Invalid state {} of Loadbalancer resource {}", status, id));
}

// v2's refusal of a locked load balancer, in v1's words.
Result<> lock_for(Work& work, Env& env, const std::string& load_balancer_id) {
  const auto* balancer = work.find<LoadBalancer>(load_balancer_id);
  if (balancer == nullptr) return {};
  if (balancer->provisioning_status != kActive) return state_invalid(balancer->provisioning_status, load_balancer_id);
  return lock_for_listener(work, env, load_balancer_id);
}

template <class T>
void mark_deleted(Work& work, Env& env, T object) {
  object.provisioning_status = kPendingDelete;
  object.updated_at = stamp(env);
  work.put(std::move(object));
}

// The pools outlive their load balancer: they show their subnet and serve nobody.
void let_go_of_pools(Work& work, Env& env, const LoadBalancer& balancer) {
  std::vector<Pool> pools;
  for (const auto* pool : work.table<Pool>().find_by("load_balancer_id", balancer.id)) pools.push_back(*pool);
  for (auto& pool : pools) {
    if (pool.subnet_id.empty()) pool.subnet_id = balancer.vip_subnet_id;
    pool.load_balancer_id.clear();
    pool.updated_at = stamp(env);
    work.put(std::move(pool));
  }
}

void erase_members(Work& work, std::string_view pool_id) {
  std::vector<std::string> ids;
  for (const auto* member : work.table<Member>().find_by("pool_id", pool_id)) ids.push_back(member->id);
  for (const auto& id : ids) work.erase<Member>(id);
}

}  // namespace

template <class T>
Result<const T*> find(const State& state, const Scope& scope, std::string_view id) {
  const auto* object = state.find<T>(id);
  if (object != nullptr && scope.sees(object->project_id)) return object;
  return fault(Errc::not_found, kNotFound<T>, fmt::format("{} {} could not be found", kWord<T>, id));
}

template Result<const Listener*> find<Listener>(const State&, const Scope&, std::string_view);
template Result<const Pool*> find<Pool>(const State&, const Scope&, std::string_view);
template Result<const Member*> find<Member>(const State&, const Scope&, std::string_view);
template Result<const HealthMonitor*> find<HealthMonitor>(const State&, const Scope&, std::string_view);

std::string lock_of_vip(const State& state, std::string_view id) {
  const auto* vip = state.find<Listener>(id);
  return vip == nullptr ? "" : vip->load_balancer_id;
}

std::string lock_of_pool(const State& state, std::string_view id) {
  const auto* pool = state.find<Pool>(id);
  return pool == nullptr ? "" : pool->load_balancer_id;
}

std::string lock_of_member(const State& state, std::string_view id) {
  const auto* member = state.find<Member>(id);
  return member == nullptr ? "" : lock_of_pool(state, member->pool_id);
}

Result<> delete_vip(Work& work, Env& env, const Scope& scope, std::string_view id) {
  FW_TRY(const auto* found, find<Listener>(work.state(), scope, id));
  const Listener vip = *found;
  FW_TRY_DO(lock_for(work, env, vip.load_balancer_id));
  const bool last = work.table<Listener>().find_by("load_balancer_id", vip.load_balancer_id).size() == 1;
  if (!last) {
    mark_deleted(work, env, vip);
    return {};
  }
  const LoadBalancer balancer = *work.find<LoadBalancer>(vip.load_balancer_id);
  let_go_of_pools(work, env, balancer);
  mark_deleted(work, env, balancer);
  return {};
}

Result<> delete_pool(Work& work, Env& env, const Scope& scope, std::string_view id) {
  FW_TRY(const auto* found, find<Pool>(work.state(), scope, id));
  Pool pool = *found;
  if (!work.table<Listener>().find_by("default_pool_id", id).empty()) {
    return fault(Errc::conflict, "PoolInUse", fmt::format("Pool {} is still in use", id));
  }
  FW_TRY_DO(lock_for(work, env, pool.load_balancer_id));
  pool.health_monitor_ids.clear();
  if (!pool.load_balancer_id.empty()) {
    mark_deleted(work, env, std::move(pool));
    return {};
  }
  erase_members(work, id);
  work.erase<Pool>(pool.id);
  return {};
}

Result<> delete_member(Work& work, Env& env, const Scope& scope, std::string_view id) {
  FW_TRY(const auto* found, find<Member>(work.state(), scope, id));
  const Member member = *found;
  const auto load_balancer_id = lock_of_pool(work.state(), member.pool_id);
  if (load_balancer_id.empty()) {
    work.erase<Member>(member.id);
    return {};
  }
  const auto* balancer = work.find<LoadBalancer>(load_balancer_id);
  if (balancer->provisioning_status != kActive) return state_invalid(balancer->provisioning_status, load_balancer_id);
  FW_TRY_DO(lock_for_pool_content(work, env, member.pool_id));
  mark_deleted(work, env, member);
  return {};
}

Result<> delete_health_monitor(Work& work, const Scope& scope, std::string_view id) {
  FW_TRY(const auto* found, find<HealthMonitor>(work.state(), scope, id));
  const auto monitor_id = found->id;
  if (!work.table<Pool>().find_by("health_monitor_id", id).empty()) {
    return fault(Errc::conflict, "HealthMonitorInUse",
                 fmt::format("Health monitor {} still has associations with vips", id));
  }
  work.erase<HealthMonitor>(monitor_id);
  return {};
}

}  // namespace fairway::cloud::lbaas_v1
