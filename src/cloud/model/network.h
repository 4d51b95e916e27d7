// Networking's objects (Neutron v2.0): plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/describe.hpp>

namespace fairway::cloud {

using Indexed = std::vector<std::pair<std::string_view, std::string>>;

// What every Neutron object has (standard attributes).
struct StandardAttributes {
  std::string id, project_id, name, description, created_at, updated_at;
  std::int64_t revision_number = 0;
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(StandardAttributes, (),
                      (id, project_id, name, description, created_at, updated_at, revision_number, tags))

struct Network : StandardAttributes {
  static constexpr std::string_view kKind = "network";
  bool admin_state_up = true, shared = false, external = false, port_security_enabled = true;
  std::int64_t mtu = 1500;
  std::string segment;  // provider network: the name of the machine's own bridge
  [[nodiscard]] Indexed indexed() const { return {{"project_id", project_id}, {"name", name}}; }
};
BOOST_DESCRIBE_STRUCT(Network, (StandardAttributes),
                      (admin_state_up, shared, external, port_security_enabled, mtu, segment))

struct AllocationPool {
  std::string start, end;
};
BOOST_DESCRIBE_STRUCT(AllocationPool, (), (start, end))

struct HostRoute {
  std::string destination, nexthop;
};
BOOST_DESCRIBE_STRUCT(HostRoute, (), (destination, nexthop))

struct Subnet : StandardAttributes {
  static constexpr std::string_view kKind = "subnet";
  std::string network_id, cidr;
  int ip_version = 4;
  std::optional<std::string> gateway_ip;
  std::vector<AllocationPool> allocation_pools;
  bool enable_dhcp = true;
  std::vector<std::string> dns_nameservers;
  std::vector<HostRoute> host_routes;
  [[nodiscard]] Indexed indexed() const {
    return {{"network_id", network_id}, {"project_id", project_id}, {"name", name}};
  }
};
BOOST_DESCRIBE_STRUCT(Subnet, (StandardAttributes),
                      (network_id, cidr, ip_version, gateway_ip, allocation_pools, enable_dhcp, dns_nameservers,
                       host_routes))

struct FixedIp {
  std::string subnet_id, ip_address;
  bool operator==(const FixedIp&) const = default;
};
BOOST_DESCRIBE_STRUCT(FixedIp, (), (subnet_id, ip_address))

struct AddressPair {
  std::string ip_address, mac_address;
};
BOOST_DESCRIBE_STRUCT(AddressPair, (), (ip_address, mac_address))

struct Port : StandardAttributes {
  static constexpr std::string_view kKind = "port";
  std::string network_id, mac_address, device_id, device_owner, host_id;
  bool admin_state_up = true, port_security_enabled = true;
  std::string status = "DOWN";
  std::vector<FixedIp> fixed_ips;
  std::vector<AddressPair> allowed_address_pairs;
  std::vector<std::string> security_groups;
  [[nodiscard]] Indexed indexed() const {
    Indexed keys{{"network_id", network_id}, {"project_id", project_id}, {"device_id", device_id}};
    for (const auto& ip : fixed_ips) {
      keys.emplace_back("subnet_id", ip.subnet_id);
      keys.emplace_back("subnet_address", ip.subnet_id + "/" + ip.ip_address);
    }
    return keys;
  }
};
BOOST_DESCRIBE_STRUCT(Port, (StandardAttributes),
                      (network_id, mac_address, device_id, device_owner, host_id, admin_state_up,
                       port_security_enabled, status, fixed_ips, allowed_address_pairs, security_groups))

struct Router : StandardAttributes {
  static constexpr std::string_view kKind = "router";
  bool admin_state_up = true;
  std::string gateway_network_id;  // empty: no external gateway
  std::string gateway_port_id;
  bool enable_snat = true;
  std::vector<HostRoute> routes;
  // Interfaces are the ports whose device_id is this router and whose owner is network:router_interface.
  [[nodiscard]] Indexed indexed() const {
    return {{"project_id", project_id}, {"name", name}, {"gateway_network_id", gateway_network_id}};
  }
};
BOOST_DESCRIBE_STRUCT(Router, (StandardAttributes),
                      (admin_state_up, gateway_network_id, gateway_port_id, enable_snat, routes))

struct SecurityGroupRule {
  std::string id, direction, ethertype, protocol;  // protocol empty: any
  std::optional<std::int64_t> port_range_min, port_range_max;
  std::string remote_ip_prefix, remote_group_id, description, created_at;
};
BOOST_DESCRIBE_STRUCT(SecurityGroupRule, (),
                      (id, direction, ethertype, protocol, port_range_min, port_range_max, remote_ip_prefix,
                       remote_group_id, description, created_at))

struct SecurityGroup : StandardAttributes {
  static constexpr std::string_view kKind = "security_group";
  bool stateful = true;
  std::vector<SecurityGroupRule> rules;
  [[nodiscard]] Indexed indexed() const {
    Indexed keys{{"project_id", project_id}, {"name", name}};
    for (const auto& rule : rules) keys.emplace_back("rule_id", rule.id);
    return keys;
  }
};
BOOST_DESCRIBE_STRUCT(SecurityGroup, (StandardAttributes), (stateful, rules))

// Limits of one project that differ from the defaults; id is the project's. -1: none.
struct NetworkQuota {
  static constexpr std::string_view kKind = "network_quota";
  std::string id;
  std::map<std::string, std::int64_t> limits;
};
BOOST_DESCRIBE_STRUCT(NetworkQuota, (), (id, limits))

struct FloatingIp : StandardAttributes {
  static constexpr std::string_view kKind = "floating_ip";
  std::string floating_network_id, floating_subnet_id, floating_ip_address, floating_port_id;
  std::string port_id, fixed_ip_address, router_id;  // empty: not associated
  std::string status = "DOWN";
  std::string dns_name, dns_domain;
  [[nodiscard]] Indexed indexed() const {
    return {{"project_id", project_id},
            {"port_id", port_id},
            {"floating_ip_address", floating_ip_address},
            {"router_id", router_id}};
  }
};
BOOST_DESCRIBE_STRUCT(FloatingIp, (StandardAttributes),
                      (floating_network_id, floating_subnet_id, floating_ip_address, floating_port_id, port_id,
                       fixed_ip_address, router_id, status, dns_name, dns_domain))

}  // namespace fairway::cloud
