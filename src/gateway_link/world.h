// What a gateway needs to know of the cloud: the objects that concern packets, and nothing else (no names of people,
// no passwords, no Kubernetes). Plain values; addresses are text as in the APIs ("10.0.0.5", "10.0.0.0/24").
//
// Every object has the revision of the cloud's store at which it last changed: its generation.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace fairway::gateway_link {

struct Network {
  std::string id;
  bool external = false;
  std::string segment;  // "" or the name of a machine's own bridge (a provider network)
  bool operator==(const Network&) const = default;
};
BOOST_DESCRIBE_STRUCT(Network, (), (id, external, segment))

struct Subnet {
  std::string id, network_id;
  std::string cidr, gateway_ip;  // gateway_ip may be empty
  bool operator==(const Subnet&) const = default;
};
BOOST_DESCRIBE_STRUCT(Subnet, (), (id, network_id, cidr, gateway_ip))

struct RouterLeg {
  std::string network_id, subnet_id, port_id;
  std::string address, mac;
  bool operator==(const RouterLeg&) const = default;
};
BOOST_DESCRIBE_STRUCT(RouterLeg, (), (network_id, subnet_id, port_id, address, mac))

struct Router {
  std::string id;
  bool admin_state_up = true;
  std::optional<RouterLeg> gateway;  // the leg on the external network
  bool snat = true;
  std::vector<RouterLeg> interfaces;
  bool operator==(const Router&) const = default;
};
BOOST_DESCRIBE_STRUCT(Router, (), (id, admin_state_up, gateway, snat, interfaces))

struct FloatingIp {
  std::string id, router_id;
  std::string floating_network_id;
  std::string floating_address, fixed_address;
  bool operator==(const FloatingIp&) const = default;
};
BOOST_DESCRIBE_STRUCT(FloatingIp, (), (id, router_id, floating_network_id, floating_address, fixed_address))

// A VIP: an address on a subnet, served in the namespace of the router that has an interface there (router_id empty:
// the subnet has no router, nothing can serve it yet).
struct LoadBalancer {
  std::string id, project_id, router_id;
  std::string vip_address, vip_subnet_id, vip_port_id, vip_mac;
  bool admin_state_up = true;
  bool operator==(const LoadBalancer&) const = default;
};
BOOST_DESCRIBE_STRUCT(LoadBalancer, (),
                      (id, project_id, router_id, vip_address, vip_subnet_id, vip_port_id, vip_mac, admin_state_up))

struct Listener {
  std::string id, load_balancer_id;
  bool admin_state_up = true;
  std::string protocol;  // TCP, HTTP, HTTPS (= TCP passthrough)
  std::uint16_t port = 0;
  std::string default_pool_id;  // may be empty
  std::int64_t connection_limit = -1;
  std::int64_t timeout_client_data_ms = 50'000, timeout_member_connect_ms = 5'000, timeout_member_data_ms = 50'000,
               timeout_tcp_inspect_ms = 0;
  std::vector<std::string> allowed_cidrs;             // empty: everyone
  std::map<std::string, std::string> insert_headers;  // HTTP only
  bool operator==(const Listener&) const = default;
};
BOOST_DESCRIBE_STRUCT(Listener, (),
                      (id, load_balancer_id, admin_state_up, protocol, port, default_pool_id, connection_limit,
                       timeout_client_data_ms, timeout_member_connect_ms, timeout_member_data_ms,
                       timeout_tcp_inspect_ms, allowed_cidrs, insert_headers))

struct Member {
  std::string id, address;
  std::uint16_t port = 0;
  int weight = 1;
  bool backup = false;
  bool admin_state_up = true;
  std::string monitor_address;     // empty: as address
  std::uint16_t monitor_port = 0;  // 0: as port
  bool operator==(const Member&) const = default;
};
BOOST_DESCRIBE_STRUCT(Member, (), (id, address, port, weight, backup, admin_state_up, monitor_address, monitor_port))

struct HealthMonitor {
  std::string id, type;  // TCP, HTTP, HTTPS, PING, TLS-HELLO
  bool admin_state_up = true;
  int delay_s = 5, timeout_s = 3, max_retries = 1, max_retries_down = 3;
  std::string http_method = "GET", url_path = "/", expected_codes = "200", http_version, domain_name;
  bool operator==(const HealthMonitor&) const = default;
};
BOOST_DESCRIBE_STRUCT(HealthMonitor, (),
                      (id, type, admin_state_up, delay_s, timeout_s, max_retries, max_retries_down, http_method,
                       url_path, expected_codes, http_version, domain_name))

struct SessionPersistence {
  std::string type;  // SOURCE_IP, HTTP_COOKIE, APP_COOKIE
  std::string cookie_name;
  bool operator==(const SessionPersistence&) const = default;
};
BOOST_DESCRIBE_STRUCT(SessionPersistence, (), (type, cookie_name))

struct Pool {
  std::string id, load_balancer_id;
  bool admin_state_up = true;
  std::string protocol, algorithm;  // TCP/HTTP/HTTPS/PROXY/PROXYV2; ROUND_ROBIN, LEAST_CONNECTIONS, SOURCE_IP
  std::optional<SessionPersistence> persistence;
  std::vector<Member> members;  // by id
  std::optional<HealthMonitor> monitor;
  // LBaaS v1: a member is up when all of its pool's monitors say so (monitors.h). Of its own, so that peers who know
  // one monitor carry out that one.
  std::vector<HealthMonitor> more_monitors{};
  bool operator==(const Pool&) const = default;
};
BOOST_DESCRIBE_STRUCT(Pool, (),
                      (id, load_balancer_id, admin_state_up, protocol, algorithm, persistence, members, monitor,
                       more_monitors))

// All of it, by id. `revision` is the cloud's store revision that it shows.
struct World {
  std::int64_t revision = 0;
  std::map<std::string, Network> networks;
  std::map<std::string, Subnet> subnets;
  std::map<std::string, Router> routers;
  std::map<std::string, FloatingIp> floating_ips;
  std::map<std::string, LoadBalancer> load_balancers;
  std::map<std::string, Listener> listeners;
  std::map<std::string, Pool> pools;
  bool operator==(const World&) const = default;
};
BOOST_DESCRIBE_STRUCT(World, (),
                      (revision, networks, subnets, routers, floating_ips, load_balancers, listeners, pools))

}  // namespace fairway::gateway_link
