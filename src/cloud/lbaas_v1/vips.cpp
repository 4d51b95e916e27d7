#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/lbaas_v1/decisions.h"
#include "cloud/lbaas_v1/lookup.h"
#include "cloud/lbaas_v1/requests.h"
#include "cloud/load_balancer/attributes.h"
#include "cloud/load_balancer/transitions.h"
#include "cloud/load_balancer/vip.h"
#include "cloud/network/ports.h"
#include "net/address.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

constexpr std::string_view kVipOwner = "neutron:LOADBALANCER";

Result<> check_free(const Work& work, std::string_view pool_id) {
  if (work.table<Listener>().find_by("default_pool_id", pool_id).empty()) return {};
  return fault(Errc::conflict, "VipExists", fmt::format("Another Vip already exists for pool {}", pool_id));
}

Result<> check_protocol(std::string_view vip, std::string_view pool) {
  if (vip == pool) return {};
  return fault(Errc::invalid, "ProtocolMismatch",
               fmt::format("Protocol {} does not match pool protocol {}", vip, pool));
}

// ---- where the VIP lives

Result<std::string> make_balancer(const Decision& decision, const Listener& vip, const json::Object& request) {
  const auto subnet_id = text_or(request, "subnet_id");
  const auto* subnet = find_usable_subnet(decision, subnet_id);
  if (subnet == nullptr)
    return fault(Errc::not_found, "SubnetNotFound", fmt::format("Subnet {} could not be found.", subnet_id));
  LoadBalancer balancer;
  fill_new(decision, balancer, vip.project_id, request);
  balancer.admin_state_up = true;  // the VIP's own switch is its listener's
  balancer.vip_subnet_id = subnet->id;
  balancer.vip_network_id = subnet->network_id;
  balancer.provider = kProvider;
  FW_TRY_DO(check_quota<LoadBalancer>(decision.work, vip.project_id));
  FW_TRY(const auto port,
         create_port(decision.work, decision.env,
                     {.project_id = vip.project_id,
                      .network_id = balancer.vip_network_id,
                      .name = "vip-" + vip.id,
                      .device_id = balancer.id,
                      .device_owner = std::string(kVipOwner),
                      .addresses = std::vector{AddressRequest{balancer.vip_subnet_id, text_or(request, "address")}},
                      .security_groups = std::vector<std::string>{}}));
  balancer.vip_port_id = port.id;
  balancer.vip_address = port.fixed_ips.front().ip_address;
  const auto id = balancer.id;
  decision.work.put(std::move(balancer));
  return id;
}

// A pool that Load Balancing v2 made stands on a load balancer already: a VIP for it can only live there.
Result<std::string> join_balancer(const Decision& decision, const Pool& pool, const json::Object& request) {
  const LoadBalancer balancer = *decision.work.find<LoadBalancer>(pool.load_balancer_id);
  const auto address = text_or(request, "address", balancer.vip_address);
  if (text_or(request, "subnet_id") != balancer.vip_subnet_id ||
      net::Address::parse(address) != net::Address::parse(balancer.vip_address)) {
    return fault(Errc::conflict, "VipNotPossible",
                 fmt::format("Pool {} is on load balancer {}: a VIP for it has the address {} of subnet {}.", pool.id,
                             balancer.id, balancer.vip_address, balancer.vip_subnet_id));
  }
  const auto port = integer_or(request, "protocol_port", 0);
  for (const auto* other : decision.work.table<Listener>().find_by("load_balancer_id", balancer.id)) {
    if (other->protocol_port != port) continue;
    return fault(Errc::conflict, "VipExists",
                 fmt::format("Vip {} uses port {} of {} already", other->id, port, balancer.vip_address));
  }
  FW_TRY_DO(lock_balancer(decision, balancer.id));
  return balancer.id;
}

// ---- the pool that a VIP has

// It serves the VIP from now on.
void take_pool(const Decision& decision, const std::string& pool_id, const std::string& load_balancer_id,
               const json::Object& request, std::optional<SessionPersistence> persistence) {
  Pool pool = *decision.work.find<Pool>(pool_id);
  pool.load_balancer_id = load_balancer_id;
  if (pool.subnet_id.empty()) pool.subnet_id = text_or(request, "subnet_id");
  pool.session_persistence = std::move(persistence);
  pool.provisioning_status = kPendingUpdate;
  pool.updated_at = stamp(decision.env);
  decision.work.put(std::move(pool));
}

Result<> check_new_pool(const Decision& decision, const Listener& vip, std::string_view pool_id) {
  FW_TRY(const auto* pool, find_own<Pool>(decision, pool_id));
  FW_TRY_DO(check_free(decision.work, pool_id));
  FW_TRY_DO(check_protocol(vip.protocol, pool->protocol));
  if (pool->load_balancer_id.empty() || pool->load_balancer_id == vip.load_balancer_id) return {};
  return fault(Errc::conflict, "PoolInUse",
               fmt::format("Pool {} is still in use by load balancer {}", pool_id, pool->load_balancer_id));
}

bool has_other_listener(const Work& work, const Pool& pool, std::string_view vip_id) {
  const auto users = work.table<Listener>().find_by("default_pool_id", pool.id);
  return std::ranges::any_of(users, [&](const auto* listener) { return listener->id != vip_id; });
}

// The pool that a VIP leaves behind, unless another one uses it.
void leave_pool(const Decision& decision, const Listener& vip) {
  const auto* pool = decision.work.find<Pool>(vip.default_pool_id);
  if (pool != nullptr && !has_other_listener(decision.work, *pool, vip.id)) let_go(decision, vip.default_pool_id);
}

Result<> delete_with_balancer(const Decision& decision, const std::string& load_balancer_id) {
  if (decision.work.find<LoadBalancer>(load_balancer_id)->provisioning_status == kError) {
    FW_TRY_DO(lock_for_delete(decision.work, decision.env, load_balancer_id));
  } else {
    FW_TRY_DO(lock_balancer(decision, load_balancer_id));
  }
  std::vector<std::string> pools;
  for (const auto* pool : decision.work.table<Pool>().find_by("load_balancer_id", load_balancer_id))
    pools.push_back(pool->id);
  for (const auto& id : pools) let_go(decision, id);
  mark_deleted(decision, *decision.work.find<LoadBalancer>(load_balancer_id));
  return {};
}

}  // namespace

std::vector<std::string> locks_of_vip(const State& state, std::string_view id) {
  const auto* vip = state.find<Listener>(id);
  if (vip == nullptr) return {};
  return {vip->load_balancer_id};
}

Result<std::string> create_vip(const Decision& decision, const json::Object& request) {
  FW_TRY(const auto* found, find_own<Pool>(decision, text_or(request, "pool_id")));
  const Pool pool = *found;
  FW_TRY_DO(check_free(decision.work, pool.id));
  Listener vip;
  fill_new(decision, vip, pool.project_id, request);
  vip.protocol = text_or(request, "protocol");
  FW_TRY_DO(check_protocol(vip.protocol, pool.protocol));
  FW_TRY(auto persistence, persistence_of(request));
  FW_TRY_DO(check_limits<Listener>(decision.work, pool.project_id));
  vip.protocol_port = integer_or(request, "protocol_port", 0);
  vip.connection_limit = integer_or(request, "connection_limit", -1);
  vip.default_pool_id = pool.id;
  FW_TRY(vip.load_balancer_id, pool.load_balancer_id.empty() ? make_balancer(decision, vip, request)
                                                             : join_balancer(decision, pool, request));
  take_pool(decision, pool.id, vip.load_balancer_id, request, std::move(persistence));
  const auto id = vip.id;
  decision.work.put(std::move(vip));
  return id;
}

Result<std::string> update_vip(const Decision& decision, std::string_view id, const json::Object& request) {
  FW_TRY(const auto* found, find_own<Listener>(decision, id));
  Listener vip = *found;
  FW_TRY(auto persistence, persistence_of(request));
  const auto pool_id = text_or(request, "pool_id", vip.default_pool_id);
  if (pool_id != vip.default_pool_id) FW_TRY_DO(check_new_pool(decision, vip, pool_id));
  if (persistence && pool_id.empty()) {
    return fault(Errc::invalid, "HTTPBadRequest",
                 fmt::format("Vip {} has no pool, and so no session_persistence; give it a pool_id", id));
  }
  FW_TRY_DO(lock_balancer(decision, vip.load_balancer_id));
  if (pool_id != vip.default_pool_id) leave_pool(decision, vip);
  if (!pool_id.empty()) take_pool(decision, pool_id, vip.load_balancer_id, request, std::move(persistence));
  vip.default_pool_id = pool_id;
  vip.connection_limit = integer_or(request, "connection_limit", vip.connection_limit);
  fill_changed(decision, vip, request);
  const auto vip_id = vip.id;
  decision.work.put(std::move(vip));
  return vip_id;
}

Result<> delete_vip(const Decision& decision, std::string_view id) {
  FW_TRY(const auto* found, find_own<Listener>(decision, id));
  const Listener vip = *found;
  const auto listeners = decision.work.table<Listener>().find_by("load_balancer_id", vip.load_balancer_id);
  if (listeners.size() == 1) return delete_with_balancer(decision, vip.load_balancer_id);
  FW_TRY_DO(lock_balancer(decision, vip.load_balancer_id));
  leave_pool(decision, vip);
  mark_deleted(decision, vip);
  return {};
}

}  // namespace fairway::cloud::lbaas_v1
