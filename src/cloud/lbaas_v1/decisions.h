// What LBaaS v1 decides differently from v2: what goes with what when it is deleted. Pure on one decision's Work.
//
// Errors are Neutron's: VipNotFound, PoolNotFound, MemberNotFound, HealthMonitorNotFound (404); PoolInUse,
// HealthMonitorInUse, StateInvalid (409).
#pragma once

#include <string>
#include <string_view>

#include "cloud/api/caller.h"
#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud::lbaas_v1 {

// The load balancer whose lock a change of this object needs; empty: none.
[[nodiscard]] std::string lock_of_vip(const State& state, std::string_view id);
[[nodiscard]] std::string lock_of_pool(const State& state, std::string_view id);
[[nodiscard]] std::string lock_of_member(const State& state, std::string_view id);

// The last VIP of its port takes the load balancer along; its pools stay, without one.
[[nodiscard]] Result<> delete_vip(Work& work, Env& env, const Scope& scope, std::string_view id);
// Not while a VIP uses it. Its members go with it; its monitors stay.
[[nodiscard]] Result<> delete_pool(Work& work, Env& env, const Scope& scope, std::string_view id);
[[nodiscard]] Result<> delete_member(Work& work, Env& env, const Scope& scope, std::string_view id);
// Not while a pool has it.
[[nodiscard]] Result<> delete_health_monitor(Work& work, const Scope& scope, std::string_view id);

// One of them that the scope sees. Error: …NotFound.
template <class T>
[[nodiscard]] Result<const T*> find(const State& state, const Scope& scope, std::string_view id);

}  // namespace fairway::cloud::lbaas_v1
