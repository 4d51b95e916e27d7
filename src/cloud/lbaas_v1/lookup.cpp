#include "cloud/lbaas_v1/lookup.h"

#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/api/policy.h"
#include "cloud/load_balancer/transitions.h"
#include "cloud/network/quotas.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

struct Words {
  std::string_view title, missing, quota;
};

template <class T>
constexpr Words kWords{};
template <>
constexpr Words kWords<Listener>{.title = "Vip", .missing = "VipNotFound", .quota = "vip"};
template <>
constexpr Words kWords<Pool>{.title = "Pool", .missing = "PoolNotFound", .quota = "pool"};
template <>
constexpr Words kWords<Member>{.title = "Member", .missing = "MemberNotFound", .quota = "member"};
template <>
constexpr Words kWords<HealthMonitor>{
    .title = "Health_monitor", .missing = "HealthMonitorNotFound", .quota = "health_monitor"};

}  // namespace

Scope writable(const Caller& caller) { return scope_for(caller, "load_balancer:admin"); }

template <class T>
Result<const T*> find(const State& state, const Scope& scope, std::string_view id) {
  const auto* object = state.find<T>(id);
  if (object != nullptr && scope.sees(object->project_id)) return object;
  return fault(Errc::not_found, kWords<T>.missing, fmt::format("{} {} could not be found", kWords<T>.title, id));
}

template Result<const Listener*> find<Listener>(const State&, const Scope&, std::string_view);
template Result<const Pool*> find<Pool>(const State&, const Scope&, std::string_view);
template Result<const Member*> find<Member>(const State&, const Scope&, std::string_view);
template Result<const HealthMonitor*> find<HealthMonitor>(const State&, const Scope&, std::string_view);

template <class T>
Result<> check_limits(const Work& work, std::string_view project_id) {
  FW_TRY_DO(check_quota<T>(work.state(), project_id, kWords<T>.quota));
  if (!check_quota<T>(work, project_id)) return over_quota(kWords<T>.quota);
  return {};
}

template Result<> check_limits<Listener>(const Work&, std::string_view);
template Result<> check_limits<Pool>(const Work&, std::string_view);
template Result<> check_limits<Member>(const Work&, std::string_view);
template Result<> check_limits<HealthMonitor>(const Work&, std::string_view);

Result<> lock_balancer(const Decision& decision, const std::string& load_balancer_id) {
  const auto* balancer = decision.work.find<LoadBalancer>(load_balancer_id);
  if (balancer == nullptr || decision.work.has_changed<LoadBalancer>(load_balancer_id)) return {};
  if (balancer->provisioning_status != kActive) {
    return fault(
        Errc::conflict, "StateInvalid",
        fmt::format("Invalid state {} of Loadbalancer resource {}", balancer->provisioning_status, load_balancer_id));
  }
  return lock_for_listener(decision.work, decision.env, load_balancer_id);
}

Result<> lock_pools(const Decision& decision, const std::vector<std::string>& pool_ids) {
  for (const auto& id : pool_ids) {
    Pool pool = *decision.work.find<Pool>(id);
    if (pool.load_balancer_id.empty()) continue;
    FW_TRY_DO(lock_balancer(decision, pool.load_balancer_id));
    mark_listeners_of(decision.work, decision.env, id);
    pool.provisioning_status = kPendingUpdate;
    pool.updated_at = stamp(decision.env);
    decision.work.put(std::move(pool));
  }
  return {};
}

std::string_view status_at_first(std::string_view load_balancer_id) {
  return load_balancer_id.empty() ? kActive : kPendingCreate;
}

std::string_view status_after_change(std::string_view load_balancer_id) {
  return load_balancer_id.empty() ? kActive : kPendingUpdate;
}

void let_go(const Decision& decision, const std::string& pool_id) {
  Pool pool = *decision.work.find<Pool>(pool_id);
  const auto* balancer = decision.work.find<LoadBalancer>(pool.load_balancer_id);
  if (pool.subnet_id.empty() && balancer != nullptr) pool.subnet_id = balancer->vip_subnet_id;
  pool.load_balancer_id.clear();
  pool.session_persistence.reset();  // the VIP's, in this view
  pool.provisioning_status = kActive;
  pool.error_reason.clear();
  pool.updated_at = stamp(decision.env);
  decision.work.put(std::move(pool));
}

}  // namespace fairway::cloud::lbaas_v1
