#include "cloud/lbaas_v1/views.h"

#include <map>

#include "cloud/load_balancer/transitions.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

json::Value or_null(const std::string& text) { return text.empty() ? json::Value(nullptr) : json::Value(text); }

// status and what it says, at the end of most objects.
void add_status(json::Object& shown, const LbAttributes& object, std::string_view status) {
  shown.emplace("admin_state_up", object.admin_state_up);
  shown.emplace("status", status);
  shown.emplace("status_description", or_null(object.error_reason));
}

json::Value show_persistence(const Pool* pool) {
  if (pool == nullptr || !pool->session_persistence) return nullptr;
  json::Object shown{{"type", pool->session_persistence->type}};
  if (pool->session_persistence->cookie_name) shown.emplace("cookie_name", *pool->session_persistence->cookie_name);
  return shown;
}

template <class T>
json::Array ids(const std::vector<const T*>& objects) {
  json::Array list;
  for (const auto* object : objects) list.emplace_back(object->id);
  return list;
}

const Listener* vip_of(const State& state, const Pool& pool) {
  const auto listeners = state.table<Listener>().find_by("default_pool_id", pool.id);
  return listeners.empty() ? nullptr : listeners.front();
}

}  // namespace

json::Object View::show(const Listener& vip) const {
  const auto* balancer = state.find<LoadBalancer>(vip.load_balancer_id);
  const LoadBalancer none;
  const auto& at = balancer == nullptr ? none : *balancer;
  json::Object shown{{"id", vip.id},
                     {"tenant_id", vip.project_id},
                     {"name", vip.name},
                     {"description", vip.description},
                     {"subnet_id", at.vip_subnet_id},
                     {"address", at.vip_address},
                     {"port_id", at.vip_port_id},
                     {"protocol_port", vip.protocol_port},
                     {"protocol", vip.protocol},
                     {"pool_id", or_null(vip.default_pool_id)},
                     {"session_persistence", show_persistence(state.find<Pool>(vip.default_pool_id))},
                     {"connection_limit", vip.connection_limit}};
  add_status(shown, vip, vip.provisioning_status);
  return shown;
}

json::Object View::show(const Pool& pool) const {
  const auto* vip = vip_of(state, pool);
  const auto* balancer = state.find<LoadBalancer>(pool.load_balancer_id);
  const auto subnet = pool.subnet_id.empty() && balancer != nullptr ? balancer->vip_subnet_id : pool.subnet_id;
  json::Array monitors, monitor_statuses;
  for (const auto& id : pool.health_monitor_ids) {
    const auto* monitor = state.find<HealthMonitor>(id);
    monitors.emplace_back(id);
    monitor_statuses.push_back(
        json::Object{{"monitor_id", id},
                     {"status", monitor == nullptr ? std::string(kActive) : monitor->provisioning_status},
                     {"status_description", nullptr}});
  }
  json::Object shown{{"id", pool.id},
                     {"tenant_id", pool.project_id},
                     {"vip_id", vip == nullptr ? json::Value(nullptr) : json::Value(vip->id)},
                     {"name", pool.name},
                     {"description", pool.description},
                     {"subnet_id", or_null(subnet)},
                     {"protocol", pool.protocol},
                     {"provider", "haproxy"},
                     {"lb_method", pool.lb_algorithm},
                     {"members", ids(state.table<Member>().find_by("pool_id", pool.id))},
                     {"health_monitors", std::move(monitors)},
                     {"health_monitors_status", std::move(monitor_statuses)}};
  add_status(shown, pool, pool.provisioning_status);
  return shown;
}

json::Object View::show(const Member& member) const {
  json::Object shown{
      {"id", member.id},           {"tenant_id", member.project_id},        {"pool_id", member.pool_id},
      {"address", member.address}, {"protocol_port", member.protocol_port}, {"weight", member.weight}};
  const bool down = member.provisioning_status == kActive && operating_status(state, facts, member) == kError;
  add_status(shown, member, down ? "INACTIVE" : member.provisioning_status);
  return shown;
}

json::Object View::show(const HealthMonitor& monitor) const {
  json::Object shown{{"id", monitor.id},           {"tenant_id", monitor.project_id},
                     {"type", monitor.type},       {"delay", monitor.delay},
                     {"timeout", monitor.timeout}, {"max_retries", monitor.max_retries}};
  if (monitor.type == "HTTP" || monitor.type == "HTTPS") {
    shown.emplace("http_method", monitor.http_method.value_or("GET"));
    shown.emplace("url_path", monitor.url_path.value_or("/"));
    shown.emplace("expected_codes", monitor.expected_codes.value_or("200"));
  }
  shown.emplace("admin_state_up", monitor.admin_state_up);
  json::Array pools;
  for (const auto* pool : state.table<Pool>().find_by("health_monitor_id", monitor.id)) {
    pools.push_back(json::Object{
        {"pool_id", pool->id}, {"status", monitor.provisioning_status}, {"status_description", nullptr}});
  }
  shown.emplace("pools", std::move(pools));
  return shown;
}

json::Object View::show_statistics(const Pool& pool) const {
  Statistics sum;
  for (const auto* vip : state.table<Listener>().find_by("default_pool_id", pool.id))
    sum += facts.statistics(vip->id);
  return {{"bytes_in", sum.bytes_in},
          {"bytes_out", sum.bytes_out},
          {"active_connections", sum.active_connections},
          {"total_connections", sum.total_connections}};
}

}  // namespace fairway::cloud::lbaas_v1
