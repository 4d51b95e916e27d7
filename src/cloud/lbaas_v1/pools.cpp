#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/lbaas_v1/decisions.h"
#include "cloud/lbaas_v1/lookup.h"
#include "cloud/lbaas_v1/requests.h"
#include "cloud/load_balancer/attributes.h"
#include "cloud/load_balancer/transitions.h"
#include "cloud/load_balancer/vip.h"
#include "cloud/network/resource.h"
#include "net/address.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

void erase_members(Work& work, std::string_view pool_id) {
  std::vector<std::string> ids;
  for (const auto* member : work.table<Member>().find_by("pool_id", pool_id)) ids.push_back(member->id);
  for (const auto& id : ids) work.erase<Member>(id);
}

std::string load_balancer_of(const Decision& decision, std::string_view pool_id) {
  const auto* pool = decision.work.find<Pool>(pool_id);
  return pool == nullptr ? "" : pool->load_balancer_id;
}

Result<> check_place(const Work& work, const Member& member) {
  for (const auto* other : work.table<Member>().find_by("pool_id", member.pool_id)) {
    if (other->id == member.id || other->address != member.address || other->protocol_port != member.protocol_port)
      continue;
    return fault(Errc::conflict, "MemberExists",
                 fmt::format("Member with address {} and port {} already present in pool {}", member.address,
                             member.protocol_port, member.pool_id));
  }
  return {};
}

}  // namespace

std::vector<std::string> locks_of_pool(const State& state, std::string_view id) {
  const auto* pool = state.find<Pool>(id);
  if (pool == nullptr || pool->load_balancer_id.empty()) return {};
  return {pool->load_balancer_id};
}

std::vector<std::string> locks_of_member(const State& state, std::string_view id) {
  const auto* member = state.find<Member>(id);
  return member == nullptr ? std::vector<std::string>{} : locks_of_pool(state, member->pool_id);
}

// ---- pools

Result<std::string> create_pool(const Decision& decision, const json::Object& request) {
  FW_TRY(const auto project, network::project_for(decision.caller, request, "create_pool:tenant_id"));
  const auto subnet_id = text_or(request, "subnet_id");
  if (find_usable_subnet(decision, subnet_id) == nullptr)
    return fault(Errc::not_found, "SubnetNotFound", fmt::format("Subnet {} could not be found.", subnet_id));
  FW_TRY_DO(check_provider(request));
  FW_TRY_DO(check_limits<Pool>(decision.work, project));
  Pool pool;
  fill_new(decision, pool, project, request);
  pool.subnet_id = subnet_id;
  pool.protocol = text_or(request, "protocol");
  pool.lb_algorithm = text_or(request, "lb_method");
  pool.provisioning_status = kActive;
  const auto id = pool.id;
  decision.work.put(std::move(pool));
  return id;
}

Result<std::string> update_pool(const Decision& decision, std::string_view id, const json::Object& request) {
  FW_TRY(const auto* found, find_own<Pool>(decision, id));
  const auto pool_id = found->id;
  FW_TRY_DO(lock_pools(decision, {pool_id}));
  Pool pool = *decision.work.find<Pool>(pool_id);
  pool.lb_algorithm = text_or(request, "lb_method", pool.lb_algorithm);
  fill_changed(decision, pool, request);
  pool.provisioning_status = status_after_change(pool.load_balancer_id);
  decision.work.put(std::move(pool));
  return pool_id;
}

Result<> delete_pool(const Decision& decision, std::string_view id) {
  FW_TRY(const auto* found, find_own<Pool>(decision, id));
  Pool pool = *found;
  if (!decision.work.table<Listener>().find_by("default_pool_id", id).empty())
    return fault(Errc::conflict, "PoolInUse", fmt::format("Pool {} is still in use", id));
  FW_TRY_DO(lock_balancer(decision, pool.load_balancer_id));
  pool.health_monitor_ids.clear();
  if (pool.load_balancer_id.empty()) {
    erase_members(decision.work, id);
    decision.work.erase<Pool>(pool.id);
    return {};
  }
  mark_deleted(decision, std::move(pool));
  return {};
}

// ---- members

Result<std::string> create_member(const Decision& decision, const json::Object& request) {
  FW_TRY(const auto* found, find_own<Pool>(decision, text_or(request, "pool_id")));
  const Pool pool = *found;
  FW_TRY_DO(check_limits<Member>(decision.work, pool.project_id));
  Member member;
  fill_new(decision, member, pool.project_id, request);
  member.pool_id = pool.id;
  member.address = net::Address::parse(text_or(request, "address"))->text();
  member.protocol_port = integer_or(request, "protocol_port", 0);
  member.weight = integer_or(request, "weight", 1);
  member.provisioning_status = status_at_first(pool.load_balancer_id);
  FW_TRY_DO(check_place(decision.work, member));
  FW_TRY_DO(lock_pools(decision, {pool.id}));
  const auto id = member.id;
  decision.work.put(std::move(member));
  return id;
}

Result<std::string> update_member(const Decision& decision, std::string_view id, const json::Object& request) {
  FW_TRY(const auto* found, find_own<Member>(decision, id));
  Member member = *found;
  const auto before = member.pool_id;
  member.pool_id = text_or(request, "pool_id", before);
  FW_TRY(const auto* pool, find_own<Pool>(decision, member.pool_id));
  const auto load_balancer_id = pool->load_balancer_id;
  FW_TRY_DO(check_place(decision.work, member));
  FW_TRY_DO(lock_pools(decision, {before, member.pool_id}));
  member.weight = integer_or(request, "weight", member.weight);
  fill_changed(decision, member, request);
  member.provisioning_status = status_after_change(load_balancer_id);
  const auto member_id = member.id;
  decision.work.put(std::move(member));
  return member_id;
}

Result<> delete_member(const Decision& decision, std::string_view id) {
  FW_TRY(const auto* found, find_own<Member>(decision, id));
  Member member = *found;
  if (load_balancer_of(decision, member.pool_id).empty()) {
    decision.work.erase<Member>(member.id);
    return {};
  }
  FW_TRY_DO(lock_pools(decision, {member.pool_id}));
  mark_deleted(decision, std::move(member));
  return {};
}

}  // namespace fairway::cloud::lbaas_v1
