// desired(): from a Service, the nodes, its endpoints and the configuration to the load balancer that should exist.
// Pure.
//
// Names, tags and descriptions are exactly those of OpenStack's cloud-controller-manager (OCCM), so that one can take
// over from the other and back without a traffic gap.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/abilities.h"
#include "controller/config.h"
#include "controller/nodes.h"
#include "controller/service.h"

namespace fairway::controller {

struct Member {
  std::string name, address, subnet_id;
  int port = 0;
  int monitor_port = 0;  // 0: as `port`
  friend bool operator==(const Member&, const Member&) = default;
};

struct Monitor {
  std::string name, type;
  std::int64_t delay = 5, timeout = 3, max_retries = 1, max_retries_down = 3;  // seconds; counts
  bool http = false;  // GET /healthz expecting 200, as kube-proxy answers on the health check node port
  friend bool operator==(const Monitor&, const Monitor&) = default;
};

struct Pool {
  std::string name, protocol, lb_algorithm;
  bool source_ip_persistence = false;
  std::vector<Member> members;
  std::optional<Monitor> monitor;
  friend bool operator==(const Pool&, const Pool&) = default;
};

struct Timeouts {
  std::int64_t client_data = 50'000, member_connect = 5'000, member_data = 50'000, tcp_inspect = 0;  // ms
  friend bool operator==(const Timeouts&, const Timeouts&) = default;
};

struct Listener {
  std::string name, protocol;
  int port = 0;
  std::int64_t connection_limit = -1;
  bool x_forwarded_for = false;
  std::string tls_container_ref;
  std::optional<Timeouts> timeouts;                       // absent where the provider has none
  std::optional<std::vector<std::string>> allowed_cidrs;  // sorted; absent where the provider has none
  Pool pool;
  friend bool operator==(const Listener&, const Listener&) = default;
};

struct FloatingIpWish {
  bool wanted = false;     // otherwise it is a person's to make and to associate
  std::string network_id;  // empty: found by itself
  std::string subnet_id;
  std::string address;  // asked for by the Service (loadBalancerIP)
  bool keep = false;    // when the load balancer goes
  std::string description;
  friend bool operator==(const FloatingIpWish&, const FloatingIpWish&) = default;
};

struct LoadBalancer {
  std::string name, description;
  std::string provider, flavor_id, availability_zone;
  std::string vip_port_id, vip_subnet_id, vip_network_id, vip_address;
  std::vector<std::string>
      tags;  // the first names the Service; the second the cluster, by an identity that no other has
  bool ipv6 = false;
  std::vector<Listener> listeners;
  FloatingIpWish floating_ip;
  friend bool operator==(const LoadBalancer&, const LoadBalancer&) = default;
};

// Said as a Warning event on the Service.
struct Notice {
  std::string reason, message;
  friend bool operator==(const Notice&, const Notice&) = default;
};

// What the cloud can do, and what was found there for what the configuration leaves open.
struct CloudFacts {
  Abilities can;
  std::string cluster_id;      // UID of the namespace kube-system
  std::string node_subnet_id;  // the subnet that the nodes are in; empty: not looked for
};

struct Inputs {
  const Service& service;
  const std::vector<Node>& nodes;
  const std::set<std::string>& nodes_with_endpoints;  // consulted for externalTrafficPolicy Local only
  const ControllerConfig& config;
  const CloudFacts& facts;
};

struct Desired {
  LoadBalancer load_balancer;
  std::vector<Notice> notices;
};

// Error: invalid (nothing but a change of the Service or the configuration helps), with what to change.
[[nodiscard]] Result<Desired> desired(const Inputs& inputs);

// Names that outlive a change of everything else.
[[nodiscard]] std::string load_balancer_name(const ControllerConfig& config, const Service& service);
// As Kubernetes named load balancers before its clouds did: `a` and the UID without dashes, 32 characters.
[[nodiscard]] std::string uid_name(std::string_view uid);
[[nodiscard]] std::string floating_ip_description(const ControllerConfig& config, const Service& service);
[[nodiscard]] std::string cluster_tag(std::string_view cluster_id);
inline constexpr std::string_view kFloatingIpMark = "Floating IP for Kubernetes external service ";

// status.loadBalancer for an address that serves.
[[nodiscard]] json::Value load_balancer_status(const ControllerConfig& config, const Service& service,
                                               const std::string& address);

// True when neither the Service nor the configuration says in which subnet members are: it is asked of the cloud.
[[nodiscard]] bool needs_node_subnet(const ControllerConfig& config, const Service& service);

}  // namespace fairway::controller
