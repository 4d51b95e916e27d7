// Load balancing's objects (Octavia v2; LBaaS v1 is another view of the same): plain values.
//
// Edges are optional on purpose: a pool may have no load balancer, a monitor several pools (LBaaS v1).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/describe.hpp>

#include "cloud/model/network.h"

namespace fairway::cloud {

// What every load-balancing object has. operating_status is a fact: it is not stored with the wish (see facts.h
// there).
struct LbAttributes {
  std::string id, project_id, name, description, created_at, updated_at;
  std::vector<std::string> tags;
  std::string provisioning_status = "PENDING_CREATE";
  std::string error_reason;  // why the status is ERROR, in the gateway's words; else empty
  bool admin_state_up = true;
};
BOOST_DESCRIBE_STRUCT(LbAttributes, (),
                      (id, project_id, name, description, created_at, updated_at, tags, provisioning_status,
                       admin_state_up))

struct LoadBalancer : LbAttributes {
  static constexpr std::string_view kKind = "load_balancer";
  std::string vip_address, vip_port_id, vip_subnet_id, vip_network_id;
  bool owns_vip_port = true;  // we made the VIP's port, and delete it with the load balancer
  std::string provider, flavor_id, availability_zone, vip_qos_policy_id;
  [[nodiscard]] Indexed indexed() const {
    return {
        {"project_id", project_id}, {"name", name}, {"vip_port_id", vip_port_id}, {"vip_subnet_id", vip_subnet_id}};
  }
};
BOOST_DESCRIBE_STRUCT(LoadBalancer, (LbAttributes),
                      (vip_address, vip_port_id, vip_subnet_id, vip_network_id, owns_vip_port, provider, flavor_id,
                       availability_zone, vip_qos_policy_id))

struct Listener : LbAttributes {
  static constexpr std::string_view kKind = "listener";
  std::string load_balancer_id, protocol, default_pool_id;
  std::int64_t protocol_port = 0, connection_limit = -1;
  std::int64_t timeout_client_data = 50'000, timeout_member_connect = 5'000, timeout_member_data = 50'000,
               timeout_tcp_inspect = 0;
  std::optional<std::vector<std::string>> allowed_cidrs;
  std::map<std::string, std::string> insert_headers;
  // Kept and shown as they were given; without TLS they have no effect.
  std::optional<std::string> tls_ciphers;
  std::optional<std::vector<std::string>> tls_versions, alpn_protocols;
  [[nodiscard]] Indexed indexed() const {
    return {{"project_id", project_id}, {"load_balancer_id", load_balancer_id}, {"default_pool_id", default_pool_id}};
  }
};
BOOST_DESCRIBE_STRUCT(Listener, (LbAttributes),
                      (load_balancer_id, protocol, default_pool_id, protocol_port, connection_limit,
                       timeout_client_data, timeout_member_connect, timeout_member_data, timeout_tcp_inspect,
                       allowed_cidrs, insert_headers))

struct SessionPersistence {
  std::string type;
  std::optional<std::string> cookie_name;
  std::optional<std::int64_t> persistence_timeout;
  std::optional<std::string> persistence_granularity;
};
BOOST_DESCRIBE_STRUCT(SessionPersistence, (), (type, cookie_name, persistence_timeout, persistence_granularity))

struct Pool : LbAttributes {
  static constexpr std::string_view kKind = "pool";
  std::string load_balancer_id;  // may be empty (LBaaS v1)
  std::string subnet_id;         // LBaaS v1
  std::string protocol, lb_algorithm;
  std::optional<SessionPersistence> session_persistence;
  std::vector<std::string> health_monitor_ids;  // one in the v2 view; LBaaS v1 allows more
  // Kept and shown as they were given; without TLS they have no effect.
  std::optional<std::string> tls_ciphers;
  std::optional<std::vector<std::string>> tls_versions, alpn_protocols;
  [[nodiscard]] Indexed indexed() const {
    Indexed keys{{"project_id", project_id}, {"load_balancer_id", load_balancer_id}};
    for (const auto& monitor : health_monitor_ids) keys.emplace_back("health_monitor_id", monitor);
    return keys;
  }
};
BOOST_DESCRIBE_STRUCT(Pool, (LbAttributes),
                      (load_balancer_id, subnet_id, protocol, lb_algorithm, session_persistence, health_monitor_ids,
                       tls_ciphers, tls_versions, alpn_protocols))

struct Member : LbAttributes {
  static constexpr std::string_view kKind = "member";
  std::string pool_id, address, subnet_id;
  std::int64_t protocol_port = 0, weight = 1;
  bool backup = false;
  std::optional<std::string> monitor_address;
  std::optional<std::int64_t> monitor_port;
  [[nodiscard]] Indexed indexed() const { return {{"project_id", project_id}, {"pool_id", pool_id}}; }
};
BOOST_DESCRIBE_STRUCT(Member, (LbAttributes),
                      (pool_id, address, subnet_id, protocol_port, weight, backup, monitor_address, monitor_port))

struct HealthMonitor : LbAttributes {
  static constexpr std::string_view kKind = "health_monitor";
  std::string type;
  std::int64_t delay = 0, timeout = 0, max_retries = 0, max_retries_down = 3;
  std::optional<std::string> http_method, url_path, expected_codes, domain_name;
  std::optional<double> http_version;
  [[nodiscard]] Indexed indexed() const { return {{"project_id", project_id}}; }
};
BOOST_DESCRIBE_STRUCT(HealthMonitor, (LbAttributes),
                      (type, delay, timeout, max_retries, max_retries_down, http_method, url_path, expected_codes,
                       domain_name, http_version))

// A project's own limits; what is absent has the default (unlimited). -1: unlimited.
struct LoadBalancerQuota {
  static constexpr std::string_view kKind = "load_balancer_quota";
  std::string id;  // the project's
  std::optional<std::int64_t> load_balancer, listener, pool, member, health_monitor, l7policy, l7rule;
};
BOOST_DESCRIBE_STRUCT(LoadBalancerQuota, (),
                      (id, load_balancer, listener, pool, member, health_monitor, l7policy, l7rule))

// How far one gateway has counted a listener: totals of its ended epochs, and the last seen of the present one.
struct GatewayCount {
  std::string gateway, epoch;              // epoch: the engine's run that counts
  std::vector<std::uint64_t> ended, seen;  // bytes in, bytes out, total connections, request errors
};
BOOST_DESCRIBE_STRUCT(GatewayCount, (), (gateway, epoch, ended, seen))

// What is needed to go on counting after a restart, so that no sum ever falls.
struct ListenerCounters {
  static constexpr std::string_view kKind = "listener_counters";
  std::string id;  // the listener's
  std::vector<GatewayCount> gateways;
};
BOOST_DESCRIBE_STRUCT(ListenerCounters, (), (id, gateways))

}  // namespace fairway::cloud
