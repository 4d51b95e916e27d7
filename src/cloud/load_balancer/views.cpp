#include "cloud/load_balancer/views.h"

namespace fairway::cloud {
namespace {

json::Value or_null(const std::string& text) { return text.empty() ? json::Value(nullptr) : json::Value(text); }

template <class T>
json::Value or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

json::Array list(const std::vector<std::string>& texts) {
  json::Array items;
  for (const auto& text : texts) items.emplace_back(text);
  return items;
}

json::Value or_null(const std::optional<std::vector<std::string>>& texts) {
  return texts ? json::Value(list(*texts)) : json::Value(nullptr);
}

template <class T>
json::Array ids(const std::vector<const T*>& objects) {
  json::Array items;
  for (const auto* object : objects) items.push_back(json::Object{{"id", object->id}});
  return items;
}

json::Array one_id(const std::string& id) {
  json::Array items;
  if (!id.empty()) items.push_back(json::Object{{"id", id}});
  return items;
}

// created_at and what every object ends with.
void add_times(json::Object& shown, const LbAttributes& object) {
  shown.emplace("created_at", object.created_at);
  shown.emplace("updated_at", or_null(object.updated_at));
}

void add_tenant(json::Object& shown, const LbAttributes& object) {
  shown.emplace("tenant_id", object.project_id);
  if (!object.error_reason.empty()) shown.emplace("error_reason", object.error_reason);
}

json::Value show_persistence(const std::optional<SessionPersistence>& persistence) {
  if (!persistence) return nullptr;
  return json::Object{{"type", persistence->type},
                      {"cookie_name", or_null(persistence->cookie_name)},
                      {"persistence_timeout", or_null(persistence->persistence_timeout)},
                      {"persistence_granularity", or_null(persistence->persistence_granularity)}};
}

void add_pool_tls(json::Object& shown, const Pool& pool) {
  shown.emplace("tags", list(pool.tags));
  shown.emplace("tls_container_ref", nullptr);
  shown.emplace("ca_tls_container_ref", nullptr);
  shown.emplace("crl_container_ref", nullptr);
  shown.emplace("tls_enabled", false);
  shown.emplace("tls_ciphers", or_null(pool.tls_ciphers));
  shown.emplace("tls_versions", or_null(pool.tls_versions));
  shown.emplace("alpn_protocols", or_null(pool.alpn_protocols));
  add_tenant(shown, pool);
}

void add_listener_settings(json::Object& shown, const Listener& listener) {
  shown.emplace("timeout_client_data", listener.timeout_client_data);
  shown.emplace("timeout_member_connect", listener.timeout_member_connect);
  shown.emplace("timeout_member_data", listener.timeout_member_data);
  shown.emplace("timeout_tcp_inspect", listener.timeout_tcp_inspect);
  shown.emplace("tags", list(listener.tags));
  shown.emplace("client_ca_tls_container_ref", nullptr);
  shown.emplace("client_authentication", "NONE");
  shown.emplace("client_crl_container_ref", nullptr);
  shown.emplace("allowed_cidrs", or_null(listener.allowed_cidrs));
  shown.emplace("tls_ciphers", or_null(listener.tls_ciphers));
  shown.emplace("tls_versions", or_null(listener.tls_versions));
  shown.emplace("alpn_protocols", or_null(listener.alpn_protocols));
  add_tenant(shown, listener);
}

json::Object insert_headers(const Listener& listener) {
  json::Object headers;
  for (const auto& [name, value] : listener.insert_headers) headers.emplace(name, value);
  return headers;
}

// The pools that belong under a listener in the status tree.
const Pool* pool_of(const State& state, const Listener& listener) {
  return state.find<Pool>(listener.default_pool_id);
}

const HealthMonitor* monitor_of(const State& state, const Pool& pool) {
  return pool.health_monitor_ids.empty() ? nullptr : state.find<HealthMonitor>(pool.health_monitor_ids.front());
}

}  // namespace

json::Object View::show(const LoadBalancer& balancer) const {
  json::Object shown{{"id", balancer.id},
                     {"name", balancer.name},
                     {"description", balancer.description},
                     {"provisioning_status", balancer.provisioning_status},
                     {"operating_status", operating_status(state, facts, balancer)},
                     {"admin_state_up", balancer.admin_state_up},
                     {"project_id", balancer.project_id}};
  add_times(shown, balancer);
  shown.emplace("vip_address", balancer.vip_address);
  shown.emplace("vip_port_id", balancer.vip_port_id);
  shown.emplace("vip_subnet_id", balancer.vip_subnet_id);
  shown.emplace("vip_network_id", balancer.vip_network_id);
  shown.emplace("additional_vips", json::Array{});
  shown.emplace("listeners", ids(state.table<Listener>().find_by("load_balancer_id", balancer.id)));
  shown.emplace("pools", ids(state.table<Pool>().find_by("load_balancer_id", balancer.id)));
  shown.emplace("provider", balancer.provider);
  shown.emplace("flavor_id", or_null(balancer.flavor_id));
  shown.emplace("vip_qos_policy_id", or_null(balancer.vip_qos_policy_id));
  shown.emplace("tags", list(balancer.tags));
  shown.emplace("availability_zone", or_null(balancer.availability_zone));
  add_tenant(shown, balancer);
  return shown;
}

json::Object View::show(const Listener& listener) const {
  json::Object shown{{"id", listener.id},
                     {"name", listener.name},
                     {"description", listener.description},
                     {"provisioning_status", listener.provisioning_status},
                     {"operating_status", operating_status(state, facts, listener)},
                     {"admin_state_up", listener.admin_state_up},
                     {"protocol", listener.protocol},
                     {"protocol_port", listener.protocol_port},
                     {"connection_limit", listener.connection_limit},
                     {"default_tls_container_ref", nullptr},
                     {"sni_container_refs", json::Array{}},
                     {"project_id", listener.project_id},
                     {"default_pool_id", or_null(listener.default_pool_id)},
                     {"l7policies", json::Array{}},
                     {"insert_headers", insert_headers(listener)}};
  add_times(shown, listener);
  shown.emplace("loadbalancers", one_id(listener.load_balancer_id));
  add_listener_settings(shown, listener);
  return shown;
}

json::Object View::show(const Pool& pool) const {
  json::Object shown{{"id", pool.id},
                     {"name", pool.name},
                     {"description", pool.description},
                     {"provisioning_status", pool.provisioning_status},
                     {"operating_status", operating_status(state, facts, pool)},
                     {"admin_state_up", pool.admin_state_up},
                     {"protocol", pool.protocol},
                     {"lb_algorithm", pool.lb_algorithm},
                     {"session_persistence", show_persistence(pool.session_persistence)},
                     {"project_id", pool.project_id},
                     {"loadbalancers", one_id(pool.load_balancer_id)},
                     {"listeners", ids(state.table<Listener>().find_by("default_pool_id", pool.id))}};
  add_times(shown, pool);
  if (!pool.health_monitor_ids.empty()) shown.emplace("healthmonitor_id", pool.health_monitor_ids.front());
  shown.emplace("members", ids(state.table<Member>().find_by("pool_id", pool.id)));
  add_pool_tls(shown, pool);
  return shown;
}

json::Object View::show(const Member& member) const {
  json::Object shown{{"id", member.id},
                     {"name", member.name},
                     {"operating_status", operating_status(state, facts, member)},
                     {"provisioning_status", member.provisioning_status},
                     {"admin_state_up", member.admin_state_up},
                     {"address", member.address},
                     {"protocol_port", member.protocol_port},
                     {"weight", member.weight},
                     {"backup", member.backup},
                     {"subnet_id", or_null(member.subnet_id)},
                     {"project_id", member.project_id}};
  add_times(shown, member);
  shown.emplace("monitor_address", or_null(member.monitor_address));
  shown.emplace("monitor_port", or_null(member.monitor_port));
  shown.emplace("tags", list(member.tags));
  add_tenant(shown, member);
  return shown;
}

json::Object View::show(const HealthMonitor& monitor) const {
  json::Object shown{{"id", monitor.id},
                     {"name", monitor.name},
                     {"type", monitor.type},
                     {"delay", monitor.delay},
                     {"timeout", monitor.timeout},
                     {"max_retries", monitor.max_retries},
                     {"max_retries_down", monitor.max_retries_down},
                     {"http_method", or_null(monitor.http_method)},
                     {"url_path", or_null(monitor.url_path)},
                     {"expected_codes", or_null(monitor.expected_codes)},
                     {"admin_state_up", monitor.admin_state_up},
                     {"project_id", monitor.project_id},
                     {"pools", ids(state.table<Pool>().find_by("health_monitor_id", monitor.id))},
                     {"provisioning_status", monitor.provisioning_status},
                     {"operating_status", operating_status(monitor)}};
  add_times(shown, monitor);
  shown.emplace("tags", list(monitor.tags));
  shown.emplace("http_version", or_null(monitor.http_version));
  shown.emplace("domain_name", or_null(monitor.domain_name));
  add_tenant(shown, monitor);
  return shown;
}

json::Object View::show_full(const LoadBalancer& balancer) const {
  json::Array listeners;
  for (const auto* listener : state.table<Listener>().find_by("load_balancer_id", balancer.id)) {
    auto shown = show(*listener);
    shown.erase("loadbalancers");
    listeners.push_back(std::move(shown));
  }
  json::Array pools;
  for (const auto* pool : state.table<Pool>().find_by("load_balancer_id", balancer.id)) {
    auto shown = show(*pool);
    shown.erase("loadbalancers");
    shown.erase("healthmonitor_id");
    json::Array members;
    for (const auto* member : state.table<Member>().find_by("pool_id", pool->id)) members.push_back(show(*member));
    shown["members"] = std::move(members);
    const auto* monitor = monitor_of(state, *pool);
    json::Object monitor_shown = monitor == nullptr ? json::Object() : show(*monitor);
    monitor_shown.erase("pools");
    shown.emplace("healthmonitor", monitor == nullptr ? json::Value(nullptr) : json::Value(std::move(monitor_shown)));
    pools.push_back(std::move(shown));
  }
  auto full = show(balancer);
  full["listeners"] = std::move(listeners);
  full["pools"] = std::move(pools);
  return full;
}

json::Object View::show_branch(const Pool& pool) const {
  json::Object shown{{"id", pool.id},
                     {"name", pool.name},
                     {"provisioning_status", pool.provisioning_status},
                     {"operating_status", operating_status(state, facts, pool)}};
  if (const auto* monitor = monitor_of(state, pool)) {
    shown.emplace("health_monitor", json::Object{{"id", monitor->id},
                                                 {"name", monitor->name},
                                                 {"type", monitor->type},
                                                 {"provisioning_status", monitor->provisioning_status},
                                                 {"operating_status", operating_status(*monitor)}});
  }
  json::Array members;
  for (const auto* member : state.table<Member>().find_by("pool_id", pool.id)) {
    members.push_back(json::Object{{"id", member->id},
                                   {"name", member->name},
                                   {"operating_status", operating_status(state, facts, *member)},
                                   {"provisioning_status", member->provisioning_status},
                                   {"address", member->address},
                                   {"protocol_port", member->protocol_port}});
  }
  shown.emplace("members", std::move(members));
  return shown;
}

json::Object View::show_status_tree(const LoadBalancer& balancer) const {
  json::Array listeners;
  for (const auto* listener : state.table<Listener>().find_by("load_balancer_id", balancer.id)) {
    json::Array pools;
    if (const auto* pool = pool_of(state, *listener)) pools.push_back(show_branch(*pool));
    listeners.push_back(json::Object{{"id", listener->id},
                                     {"name", listener->name},
                                     {"operating_status", operating_status(state, facts, *listener)},
                                     {"provisioning_status", listener->provisioning_status},
                                     {"pools", std::move(pools)}});
  }
  return {{"loadbalancer", json::Object{{"id", balancer.id},
                                        {"name", balancer.name},
                                        {"operating_status", operating_status(state, facts, balancer)},
                                        {"provisioning_status", balancer.provisioning_status},
                                        {"listeners", std::move(listeners)}}}};
}

json::Object show(const Statistics& statistics) {
  return {{"bytes_in", statistics.bytes_in},
          {"bytes_out", statistics.bytes_out},
          {"active_connections", statistics.active_connections},
          {"total_connections", statistics.total_connections},
          {"request_errors", statistics.request_errors}};
}

}  // namespace fairway::cloud
