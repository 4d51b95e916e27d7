// What LBaaS v1 decides in its own way: pools before VIPs, monitors beside pools, and what goes with what. Pure on one
// decision's Work; the requests are ones that read_neutron_body has checked (requests.h), a create returns the id.
//
// A VIP is a listener with a load balancer and a port of its own. Its pool joins that load balancer, and leaves it
// with the VIP. What serves nobody is ACTIVE at once; the rest is PENDING_* until a gateway has acknowledged it.
//
// Errors are Neutron's: VipNotFound, PoolNotFound, MemberNotFound, HealthMonitorNotFound, SubnetNotFound,
// PoolMonitorAssociationNotFound (404); PoolInUse, HealthMonitorInUse, VipExists, MemberExists,
// PoolMonitorAssociationExists, OverQuota, StateInvalid (409); ProtocolMismatch, DelayOrTimeoutInvalid (400).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/load_balancer/decision.h"
#include "json/value.h"

namespace fairway::cloud::lbaas_v1 {

// The load balancers whose locks a change of these objects needs.
[[nodiscard]] std::vector<std::string> locks_of_vip(const State& state, std::string_view id);
[[nodiscard]] std::vector<std::string> locks_of_pool(const State& state, std::string_view id);
[[nodiscard]] std::vector<std::string> locks_of_member(const State& state, std::string_view id);
[[nodiscard]] std::vector<std::string> locks_of_monitor(const State& state, std::string_view id);

[[nodiscard]] Result<std::string> create_vip(const Decision& decision, const json::Object& request);
// Without session_persistence in the request there is none afterwards, as Neutron had it.
[[nodiscard]] Result<std::string> update_vip(const Decision& decision, std::string_view id,
                                             const json::Object& request);
// The last VIP of its port takes the load balancer along.
[[nodiscard]] Result<> delete_vip(const Decision& decision, std::string_view id);

[[nodiscard]] Result<std::string> create_pool(const Decision& decision, const json::Object& request);
[[nodiscard]] Result<std::string> update_pool(const Decision& decision, std::string_view id,
                                              const json::Object& request);
// Not while a VIP uses it. Its members go with it; its monitors stay.
[[nodiscard]] Result<> delete_pool(const Decision& decision, std::string_view id);

[[nodiscard]] Result<std::string> create_member(const Decision& decision, const json::Object& request);
[[nodiscard]] Result<std::string> update_member(const Decision& decision, std::string_view id,
                                                const json::Object& request);
[[nodiscard]] Result<> delete_member(const Decision& decision, std::string_view id);

[[nodiscard]] Result<std::string> create_health_monitor(const Decision& decision, const json::Object& request);
[[nodiscard]] Result<std::string> update_health_monitor(const Decision& decision, std::string_view id,
                                                        const json::Object& request);
// Not while a pool has it.
[[nodiscard]] Result<> delete_health_monitor(const Decision& decision, std::string_view id);
// Several monitors a pool and several pools a monitor. What gateways cannot carry out together is NotImplemented (501).
[[nodiscard]] Result<> associate(const Decision& decision, std::string_view pool_id, std::string_view monitor_id);
[[nodiscard]] Result<> disassociate(const Decision& decision, std::string_view pool_id, std::string_view monitor_id);
// That the caller may see both, and that they belong together. Error: PoolMonitorAssociationNotFound.
[[nodiscard]] Result<> check_association(const State& state, const Scope& scope, std::string_view pool_id,
                                         std::string_view monitor_id);

}  // namespace fairway::cloud::lbaas_v1
