#include "cloud/network/views.h"

#include <algorithm>

namespace fairway::cloud::network {
namespace {

json::Array texts(const std::vector<std::string>& items) {
  json::Array array;
  for (const auto& item : items) array.emplace_back(item);
  return array;
}

json::Value or_null(const std::string& text) { return text.empty() ? json::Value(nullptr) : json::Value(text); }

json::Object common(const StandardAttributes& object) {
  return {{"id", object.id},
          {"name", object.name},
          {"tenant_id", object.project_id},
          {"project_id", object.project_id},
          {"description", object.description}};
}

void add_standard(json::Object& shown, const StandardAttributes& object) {
  shown.emplace("tags", texts(object.tags));
  shown.emplace("created_at", object.created_at);
  shown.emplace("updated_at", object.updated_at);
  shown.emplace("revision_number", object.revision_number);
}

json::Array addresses(const std::vector<FixedIp>& ips) {
  json::Array array;
  for (const auto& ip : ips)
    array.push_back(json::Object{{"subnet_id", ip.subnet_id}, {"ip_address", ip.ip_address}});
  return array;
}

json::Array routes(const std::vector<HostRoute>& items) {
  json::Array array;
  for (const auto& route : items)
    array.push_back(json::Object{{"destination", route.destination}, {"nexthop", route.nexthop}});
  return array;
}

json::Array pairs(const std::vector<AddressPair>& items) {
  json::Array array;
  for (const auto& pair : items)
    array.push_back(json::Object{{"ip_address", pair.ip_address}, {"mac_address", pair.mac_address}});
  return array;
}

json::Value port_details(const State& state, const FloatingIp& floating_ip) {
  const auto* port = state.find<Port>(floating_ip.port_id);
  if (port == nullptr) return nullptr;
  return json::Object{{"name", port->name},
                      {"network_id", port->network_id},
                      {"mac_address", port->mac_address},
                      {"admin_state_up", port->admin_state_up},
                      {"status", port->status},
                      {"device_id", port->device_id},
                      {"device_owner", port->device_owner}};
}

json::Value gateway_info(const State& state, const Router& router) {
  const auto* port = state.find<Port>(router.gateway_port_id);
  if (port == nullptr) return nullptr;
  return json::Object{{"network_id", router.gateway_network_id},
                      {"enable_snat", router.enable_snat},
                      {"external_fixed_ips", addresses(port->fixed_ips)}};
}

}  // namespace

json::Object show(const State& state, const Network& network, bool all) {
  auto shown = common(network);
  shown.emplace("admin_state_up", network.admin_state_up);
  shown.emplace("status", "ACTIVE");
  json::Array subnets;
  for (const auto* subnet : state.table<Subnet>().find_by("network_id", network.id)) subnets.emplace_back(subnet->id);
  shown.emplace("subnets", std::move(subnets));
  shown.emplace("shared", network.shared);
  shown.emplace("router:external", network.external);
  if (network.external) shown.emplace("is_default", false);
  shown.emplace("mtu", network.mtu);
  shown.emplace("port_security_enabled", network.port_security_enabled);
  shown.emplace("availability_zone_hints", json::Array{});
  shown.emplace("availability_zones", json::Array{"nova"});
  shown.emplace("ipv4_address_scope", nullptr);
  shown.emplace("ipv6_address_scope", nullptr);
  shown.emplace("qos_policy_id", nullptr);
  if (all) {
    shown.emplace("provider:network_type", network.segment.empty() ? "local" : "flat");
    shown.emplace("provider:physical_network", or_null(network.segment));
    shown.emplace("provider:segmentation_id", nullptr);
  }
  add_standard(shown, network);
  return shown;
}

json::Object show(const State&, const Subnet& subnet, bool) {
  auto shown = common(subnet);
  shown.emplace("network_id", subnet.network_id);
  shown.emplace("ip_version", subnet.ip_version);
  shown.emplace("cidr", subnet.cidr);
  shown.emplace("gateway_ip", subnet.gateway_ip ? json::Value(*subnet.gateway_ip) : json::Value(nullptr));
  json::Array pools;
  for (const auto& pool : subnet.allocation_pools)
    pools.push_back(json::Object{{"start", pool.start}, {"end", pool.end}});
  shown.emplace("allocation_pools", std::move(pools));
  shown.emplace("enable_dhcp", subnet.enable_dhcp);
  shown.emplace("dns_nameservers", texts(subnet.dns_nameservers));
  shown.emplace("host_routes", routes(subnet.host_routes));
  shown.emplace("ipv6_ra_mode", nullptr);
  shown.emplace("ipv6_address_mode", nullptr);
  shown.emplace("subnetpool_id", nullptr);
  shown.emplace("segment_id", nullptr);
  shown.emplace("service_types", json::Array{});
  shown.emplace("dns_publish_fixed_ip", false);
  add_standard(shown, subnet);
  return shown;
}

json::Object show(const State&, const Port& port, bool all) {
  auto shown = common(port);
  shown.emplace("network_id", port.network_id);
  shown.emplace("mac_address", port.mac_address);
  shown.emplace("admin_state_up", port.admin_state_up);
  shown.emplace("status", port.status);
  shown.emplace("device_id", port.device_id);
  shown.emplace("device_owner", port.device_owner);
  shown.emplace("fixed_ips", addresses(port.fixed_ips));
  shown.emplace("allowed_address_pairs", pairs(port.allowed_address_pairs));
  shown.emplace("extra_dhcp_opts", json::Array{});
  shown.emplace("security_groups", texts(port.security_groups));
  shown.emplace("port_security_enabled", port.port_security_enabled);
  shown.emplace("binding:vnic_type", "normal");
  shown.emplace("qos_policy_id", nullptr);
  shown.emplace("qos_network_policy_id", nullptr);
  shown.emplace("resource_request", nullptr);
  shown.emplace("ip_allocation", "immediate");
  if (all) {
    shown.emplace("binding:host_id", port.host_id);
    shown.emplace("binding:profile", json::Object{});
    shown.emplace("binding:vif_type", port.host_id.empty() ? "unbound" : "other");
    shown.emplace("binding:vif_details", json::Object{});
  }
  add_standard(shown, port);
  return shown;
}

json::Object show(const State& state, const Router& router, bool) {
  auto shown = common(router);
  shown.emplace("admin_state_up", router.admin_state_up);
  shown.emplace("status", "ACTIVE");
  shown.emplace("external_gateway_info", gateway_info(state, router));
  shown.emplace("routes", routes(router.routes));
  shown.emplace("distributed", false);
  shown.emplace("ha", false);
  shown.emplace("flavor_id", nullptr);
  shown.emplace("availability_zone_hints", json::Array{});
  shown.emplace("availability_zones", json::Array{"nova"});
  add_standard(shown, router);
  return shown;
}

json::Object show(const State& state, const FloatingIp& floating_ip, bool) {
  json::Object shown{{"id", floating_ip.id},
                     {"tenant_id", floating_ip.project_id},
                     {"project_id", floating_ip.project_id},
                     {"floating_ip_address", floating_ip.floating_ip_address},
                     {"floating_network_id", floating_ip.floating_network_id},
                     {"router_id", or_null(floating_ip.router_id)},
                     {"port_id", or_null(floating_ip.port_id)},
                     {"fixed_ip_address", or_null(floating_ip.fixed_ip_address)},
                     {"status", floating_ip.status},
                     {"description", floating_ip.description},
                     {"dns_name", floating_ip.dns_name},
                     {"dns_domain", floating_ip.dns_domain},
                     {"port_details", port_details(state, floating_ip)},
                     {"port_forwardings", json::Array{}},
                     {"qos_policy_id", nullptr}};
  add_standard(shown, floating_ip);
  return shown;
}

json::Object show_rule(const SecurityGroup& group, const SecurityGroupRule& rule) {
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? json::Value(*value) : json::Value(nullptr);
  };
  return {{"id", rule.id},
          {"security_group_id", group.id},
          {"tenant_id", group.project_id},
          {"project_id", group.project_id},
          {"direction", rule.direction},
          {"ethertype", rule.ethertype},
          {"protocol", or_null(rule.protocol)},
          {"port_range_min", number(rule.port_range_min)},
          {"port_range_max", number(rule.port_range_max)},
          {"remote_ip_prefix", or_null(rule.remote_ip_prefix)},
          {"remote_group_id", or_null(rule.remote_group_id)},
          {"remote_address_group_id", nullptr},
          {"normalized_cidr", or_null(rule.remote_ip_prefix)},
          {"description", rule.description},
          {"tags", json::Array{}},
          {"created_at", rule.created_at},
          {"updated_at", rule.created_at},
          {"revision_number", 0}};
}

json::Object show(const State&, const SecurityGroup& group, bool) {
  auto shown = common(group);
  shown.emplace("stateful", group.stateful);
  shown.emplace("shared", false);
  json::Array rules;
  for (const auto& rule : group.rules) rules.push_back(show_rule(group, rule));
  shown.emplace("security_group_rules", std::move(rules));
  add_standard(shown, group);
  return shown;
}

}  // namespace fairway::cloud::network
