// How LBaaS v1 finds its objects, refuses, and locks: what its decisions share. Pure on one decision's Work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/api/caller.h"
#include "cloud/load_balancer/decision.h"

namespace fairway::cloud::lbaas_v1 {

// Whose objects a caller may change.
[[nodiscard]] Scope writable(const Caller& caller);

// One that the scope sees. Error: VipNotFound, PoolNotFound, MemberNotFound, HealthMonitorNotFound.
template <class T>
[[nodiscard]] Result<const T*> find(const State& state, const Scope& scope, std::string_view id);

// One that the caller may change.
template <class T>
[[nodiscard]] Result<const T*> find_own(const Decision& decision, std::string_view id) {
  return find<T>(decision.work.state(), writable(decision.caller), id);
}

// One more T of the project: Neutron's limit, and Load Balancing v2's where that is lower. Error: OverQuota.
template <class T>
[[nodiscard]] Result<> check_limits(const Work& work, std::string_view project_id);

// The load balancer, for a change of what is on it; an absent one needs no lock, nor does one that this decision holds.
// Error: StateInvalid, while another change of it is under way, and in ERROR.
[[nodiscard]] Result<> lock_balancer(const Decision& decision, const std::string& load_balancer_id);
// The pools, the listeners that use them, and their load balancers; a pool without one needs no lock.
[[nodiscard]] Result<> lock_pools(const Decision& decision, const std::vector<std::string>& pool_ids);

// What an object is at first: ACTIVE where no gateway has a part in it.
[[nodiscard]] std::string_view status_at_first(std::string_view load_balancer_id);
// And after a change.
[[nodiscard]] std::string_view status_after_change(std::string_view load_balancer_id);

// The pool serves nobody any more: it shows its subnet and has no load balancer.
void let_go(const Decision& decision, const std::string& pool_id);

}  // namespace fairway::cloud::lbaas_v1
